import { Inject, Injectable } from '@nestjs/common';
import { TOPICS, type DocumentId, type TopicContract } from '@docstream/contracts';
import type { BlobStore, DocumentView } from '@docstream/core';
import { AcknowledgedDocuments } from './acknowledged-documents.js';
import { DocumentReader } from './document-reader.js';
import { GATEWAY_OPTIONS, type GatewayOptions } from './ports.js';

const DAY_MS = 86_400_000;

export interface RemainingRecords {
  readonly topic: string;
  readonly retentionDays: number;
  /** When Kafka has deleted the last record that there can be by now (ISO 8601). */
  readonly until: string;
}

/** What an erasure did, and what it can't reach. */
export interface Erasure {
  readonly documentId: DocumentId;
  readonly tenant: string;
  /** Rows, original bytes, and parsed text that had a blob of its own; false where there was nothing (left) to erase. */
  readonly erased: { readonly rows: boolean; readonly content: boolean; readonly parsedText: boolean };
  /** A tombstone without content (ids, end state, times, hashes) stays, so that late events restore nothing. */
  readonly tombstone: boolean;
  /** Records on Kafka's topics can't be deleted singly: they go with the topics' retention. */
  readonly remains: readonly RemainingRecords[];
}

/** Erases a document with all its runs: they share the bytes, each may have parsed text of its own. Safe to repeat. Errors: those of DocumentReader and BlobStore. */
@Injectable()
export class DocumentEraser {
  readonly #options: GatewayOptions;
  readonly #reader: DocumentReader;
  readonly #acknowledged: AcknowledgedDocuments;

  constructor(
    @Inject(GATEWAY_OPTIONS) options: GatewayOptions,
    @Inject(DocumentReader) reader: DocumentReader,
    @Inject(AcknowledgedDocuments) acknowledged: AcknowledgedDocuments,
  ) {
    this.#options = options;
    this.#reader = reader;
    this.#acknowledged = acknowledged;
  }

  async erase(tenant: string, idOrPrefix: string): Promise<Erasure> {
    const { documents, blobStore, clock } = this.#options.ports;
    const view = await this.#reader.read(tenant, idOrPrefix);
    await this.#writeMissingRow(view);
    // The rows first: tombstones keep the blobs' names, so that a failure in between can be repeated.
    const { rows, originals, parsedTexts } = await documents.erase(tenant, view.documentId);
    this.#acknowledged.forget(tenant, view.documentId);
    return {
      documentId: view.documentId,
      tenant,
      erased: {
        rows,
        content: await eraseBlobs(blobStore, tenant, originals),
        parsedText: await eraseBlobs(blobStore, tenant, parsedTexts),
      },
      tombstone: true,
      remains: remainingRecords(clock.nowMs()),
    };
  }

  /** Without a row there would be no tombstone, and the event on its way would bring the document back. */
  async #writeMissingRow(view: DocumentView): Promise<void> {
    const { documents } = this.#options.ports;
    const known = this.#reader.findAcknowledged(view.tenant, view.documentId);
    if (known === null || (await documents.find(view.tenant, view.documentId)) !== null) return;
    await documents.accept({
      ...known,
      submissionSource: '/docstream/gateway',
      submissionId: known.run,
      reprocess: false,
    });
  }
}

/** True when there was something to erase. */
async function eraseBlobs(blobStore: BlobStore, tenant: string, hashes: readonly string[]): Promise<boolean> {
  let erased = false;
  for (const sha256 of hashes) erased = (await blobStore.erase(tenant, sha256)) || erased;
  return erased;
}

function remainingRecords(nowMs: number): readonly RemainingRecords[] {
  return Object.values<TopicContract>(TOPICS)
    .filter((topic) => topic.cleanup === 'delete')
    .map(({ name, retentionMs }) => ({
      topic: name,
      retentionDays: retentionMs / DAY_MS,
      until: new Date(nowMs + retentionMs).toISOString(),
    }));
}
