import { createHash, randomBytes } from 'node:crypto';
import {
  DEFAULT_TENANT,
  TOPICS,
  documentIdOf,
  runIdFrom,
  type DocumentId,
  type Identity,
  type RecordHeaders,
  type RunId,
} from '@docstream/contracts';
import {
  buildEventHeaders,
  type EventCodec,
  type OutgoingRecord,
  type RecordProducer,
} from '@docstream/core';
import { newDocument, type Behaviour } from './documents.js';

export function nameOfRun({
  documentId,
  run,
}: {
  readonly documentId: string;
  readonly run: string;
}): string {
  return `${documentId}/${run}`;
}

/** Changes the bytes of an encoded event, as if another version of the producer had written them. */
export type Rewrite = (value: Uint8Array) => Uint8Array;
const unchanged: Rewrite = (value) => value;

/**
 * What was promised: a submission is in here when Kafka (or the gateway) has acknowledged it. What failed on the way
 * may be on the topic or not: it is submitted again under another run.
 */
export class Ledger {
  readonly #producer: RecordProducer;
  readonly #codec: EventCodec;
  readonly #accepted = new Map<string, Identity>();

  constructor(producer: RecordProducer, codec: EventCodec) {
    this.#producer = producer;
    this.#codec = codec;
  }

  /** Acknowledged submissions, by document and run. */
  accepted(): ReadonlyMap<string, Identity> {
    return this.#accepted;
  }

  accept(identity: { readonly documentId: string; readonly run: string }): void {
    const { documentId, run } = identity as { documentId: DocumentId; run: RunId };
    this.#accepted.set(nameOfRun(identity), { documentId, run, tenant: DEFAULT_TENANT });
  }

  /** Submits new documents, in sends of at most 500; failures are repeated until `withinMs`. */
  async submit(
    count: number,
    behaviour: Behaviour = {},
    withinMs = 60_000,
    rewrite: Rewrite = unchanged,
  ): Promise<void> {
    const documents = Array.from({ length: count }, () => newDocument(behaviour));
    for (let begin = 0; begin < count; begin += 500)
      await this.submitAll(documents.slice(begin, begin + 500), withinMs, rewrite);
  }

  /** Submits these, one after the other on their topic; the same bytes again are one more run of the same document. */
  async submitAll(
    documents: readonly Uint8Array<ArrayBuffer>[],
    withinMs = 60_000,
    rewrite: Rewrite = unchanged,
  ): Promise<void> {
    const end = performance.now() + withinMs;
    for (;;) {
      const records = await Promise.all(documents.map((bytes) => this.#toRecord(bytes, rewrite)));
      try {
        // One request for each partition: one for each record would take its time on a slow network.
        const byPartition = records
          .map(({ identity, record }) => ({ ...record, partition: partitionOf(identity) }))
          .toSorted((a, b) => a.partition - b.partition);
        await this.#producer.produce(byPartition);
        for (const { identity } of records) this.accept(identity);
        return;
      } catch (error) {
        if (performance.now() > end) throw error;
      }
    }
  }

  /** As it is, without any headers of ours: the parser finds out what it is. */
  async submitRaw(values: readonly (Uint8Array | null)[], headers: RecordHeaders = []): Promise<void> {
    await this.#producer.produce(
      values.map((value) => ({ topic: TOPICS.ingest.name, key: null, value, headers })),
    );
  }

  async #toRecord(
    content: Uint8Array<ArrayBuffer>,
    rewrite: Rewrite,
  ): Promise<{ identity: Identity; record: OutgoingRecord }> {
    const documentId = documentIdOf(DEFAULT_TENANT, content);
    const identity = { documentId, run: runIdFrom(Date.now(), randomBytes(10)), tenant: DEFAULT_TENANT };
    const blob = {
      sha256: createHash('sha256').update(content).digest('hex'),
      bytes: content.byteLength,
      mediaType: 'application/pdf',
    };
    const value = await this.#codec.encode(TOPICS.ingest, {
      fileName: null,
      mediaType: 'application/pdf',
      content,
      blob,
      receivedAt: Date.now(),
    });
    const headers = buildEventHeaders({
      identity,
      publisher: 'chaos',
      event: 'DocumentReceived',
      timeMs: Date.now(),
    });
    return {
      identity,
      record: { topic: TOPICS.ingest.name, key: Buffer.from(documentId), value: rewrite(value), headers },
    };
  }
}

/** The same document always goes to the same partition. */
function partitionOf({ documentId }: Identity): number {
  return [...documentId].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 4;
}
