import {
  documentIdOf,
  runIdFrom,
  type EventName,
  type EventTypes,
  type Identity,
  type TopicContract,
} from '@docstream/contracts';
import { decodeEvent, encodeEvent } from '@docstream/contracts';
import {
  PoisonError,
  buildEventHeaders,
  type BlobStore,
  type Clock,
  type EventCodec,
  type Logger,
  type OutgoingRecord,
} from '@docstream/core';
import { createHash } from 'node:crypto';

export const silentLogger: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/** Real time, but waits of the code under test are cut to a few milliseconds. */
export const hurriedClock: Clock = {
  nowMs: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted === true) return resolve();
      const timer = setTimeout(resolve, Math.min(ms, 3));
      signal?.addEventListener(
        'abort',
        () => {
          clearTimeout(timer);
          resolve();
        },
        { once: true },
      );
    }),
};

/** Avro without a registry: the prefix of the wire format with schema id 1. */
export class MemoryCodec implements EventCodec {
  outage: Error | undefined;

  async encode<Name extends EventName>(
    topic: TopicContract<Name>,
    event: EventTypes[Name],
  ): Promise<Uint8Array> {
    if (this.outage !== undefined) throw this.outage;
    return Buffer.concat([Buffer.from([0, 0, 0, 0, 1]), encodeEvent(topic.event, event)]);
  }

  async decode<Name extends EventName>(
    topic: TopicContract<Name>,
    bytes: Uint8Array,
  ): Promise<EventTypes[Name]> {
    if (this.outage !== undefined) throw this.outage;
    try {
      if (bytes[0] !== 0) throw new TypeError('magic byte');
      return decodeEvent(topic.event, bytes.subarray(5));
    } catch (cause) {
      throw new PoisonError('UNDECODABLE', 'not in wire format', { cause });
    }
  }

  async checkHealth(): Promise<void> {
    if (this.outage !== undefined) throw this.outage;
  }
}

/** Content-addressed bytes in a map. */
export class MemoryBlobStore implements BlobStore {
  readonly blobs = new Map<string, Uint8Array>();
  /** Keys that were refreshed, in order. */
  readonly refreshed: string[] = [];
  outage: Error | undefined;

  async deposit(tenant: string, bytes: Uint8Array, mediaType: string) {
    if (this.outage !== undefined) throw this.outage;
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    this.blobs.set(`${tenant}/${sha256}`, bytes);
    return { sha256, bytes: bytes.byteLength, mediaType };
  }

  async depositStream(tenant: string, pieces: AsyncIterable<Uint8Array>, mediaType: string) {
    const all: Uint8Array[] = [];
    for await (const piece of pieces) all.push(piece);
    return this.deposit(tenant, Buffer.concat(all), mediaType);
  }

  async refresh(tenant: string, { sha256 }: { readonly sha256: string }): Promise<boolean> {
    if (this.outage !== undefined) throw this.outage;
    this.refreshed.push(`${tenant}/${sha256}`);
    return this.blobs.has(`${tenant}/${sha256}`);
  }

  async redeem(tenant: string, { sha256 }: { readonly sha256: string }): Promise<Uint8Array> {
    if (this.outage !== undefined) throw this.outage;
    const bytes = this.blobs.get(`${tenant}/${sha256}`);
    if (bytes === undefined) throw new PoisonError('BLOB_NOT_FOUND', `no blob ${sha256}`);
    return bytes;
  }

  async erase(tenant: string, sha256: string): Promise<boolean> {
    if (this.outage !== undefined) throw this.outage;
    return this.blobs.delete(`${tenant}/${sha256}`);
  }

  async checkHealth(): Promise<void> {
    if (this.outage !== undefined) throw this.outage;
  }
}

/** An identity of its own for each text. */
export function identityOf(text: string, timeMs = 1_700_000_000_000): Identity {
  const entropy = createHash('sha256').update(text).digest().subarray(0, 10);
  return {
    tenant: 'default',
    documentId: documentIdOf('default', Buffer.from(text)),
    run: runIdFrom(timeMs, entropy),
  };
}

/** A record with our headers, as a stage or the gateway would publish it. */
export function recordOf(topic: TopicContract, identity: Identity, value: Uint8Array | null): OutgoingRecord {
  return {
    topic: topic.name,
    key: Buffer.from(identity.documentId),
    value,
    headers: buildEventHeaders({
      identity,
      publisher: 'spec',
      event: topic.event ?? 'DocumentReceived',
      timeMs: 1_700_000_000_000,
    }),
  };
}
