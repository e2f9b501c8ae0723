import { createRequire } from 'node:module';
import { crc32c } from './crc32c.js';
import {
  measureRecord,
  sizeOfRecord,
  writeRecord,
  type RecordToEncode,
  type SizedRecord,
} from './record-encoder.js';

const require = createRequire(import.meta.url);
const REQUEST = 'kafkajs/src/protocol/requests/produce/v3/request.js';
/** Before the first record of a batch (format v2). */
const BATCH_HEADER_BYTES = 61;
const MAGIC = 2;
const TRANSACTIONAL = 16;

interface MessageToEncode extends RecordToEncode {
  readonly timestamp?: string | null;
}

/** What kafkajs asks its encoder of a produce request for. */
export interface ProduceToEncode {
  readonly acks: number;
  readonly timeout: number;
  readonly transactionalId?: string | null;
  readonly producerId?: unknown;
  readonly producerEpoch?: number;
  readonly compression?: number;
  readonly topicData: readonly {
    readonly topic: string;
    readonly partitions: readonly {
      readonly partition: number;
      readonly firstSequence?: number;
      readonly messages: readonly MessageToEncode[];
    }[];
  }[];
}

/** As much of kafkajs's Encoder as it asks of an encoded request. */
export interface EncodedRequest {
  readonly buf: Buffer;
  readonly buffer: Buffer;
}

interface ProduceRequest {
  encode(): Promise<EncodedRequest>;
}

interface Batch {
  readonly partition: number;
  readonly firstSequence: number;
  readonly records: readonly SizedRecord[];
  readonly bytes: number;
}

let isReplaced = false;

/**
 * Puts our encoder of produce requests in the place of kafkajs's, which takes a zeroed buffer for every header and
 * number, and copies a batch nine times through buffers of twice its size: a third of the time of a stage with small
 * records, and 150 MB for one of 9 MB [measured]. kafkajs loads its own with the first batch; its version is pinned.
 */
export function replaceProduceEncoder(): void {
  if (isReplaced) return;
  isReplaced = true;
  const original = require(REQUEST) as (request: ProduceToEncode) => ProduceRequest;
  const module = require.cache[require.resolve(REQUEST)];
  if (module === undefined) return;
  module.exports = (request: ProduceToEncode): ProduceRequest =>
    isPlain(request)
      ? { ...original(request), encode: async () => encodeProduce(request, Date.now()) }
      : original(request);
}

/** Compressed batches, and records with times of their own, are left to kafkajs: we produce neither. */
function isPlain({ compression = 0, topicData }: ProduceToEncode): boolean {
  return (
    compression === 0 &&
    topicData.every(({ partitions }) =>
      partitions.every(({ messages }) => messages.every(({ timestamp }) => timestamp == null)),
    )
  );
}

/** Produce request v3 (the body, which did not change up to v7): one batch a partition, in one buffer of its size. */
export function encodeProduce(request: ProduceToEncode, nowMs: number): EncodedRequest {
  const transactionalId = request.transactionalId ?? null;
  const topics = request.topicData.map(({ topic, partitions }) => ({
    topic,
    batches: partitions.map(({ partition, firstSequence = 0, messages }): Batch => {
      const records = messages.map(measureRecord);
      const bytes = records.reduce((sum, record) => sum + sizeOfRecord(record), BATCH_HEADER_BYTES);
      return { partition, firstSequence, records, bytes };
    }),
  }));
  let size = sizeOfText(transactionalId) + 10;
  for (const { topic, batches } of topics) {
    size += sizeOfText(topic) + 4;
    for (const { bytes } of batches) size += bytes + 8;
  }
  const into = Buffer.allocUnsafe(size);
  let at = writeText(into, 0, transactionalId);
  at = into.writeInt16BE(request.acks, at);
  at = into.writeInt32BE(request.timeout, at);
  at = into.writeInt32BE(topics.length, at);
  for (const { topic, batches } of topics) {
    at = writeText(into, at, topic);
    at = into.writeInt32BE(batches.length, at);
    for (const batch of batches) {
      at = into.writeInt32BE(batch.partition, at);
      at = into.writeInt32BE(batch.bytes, at);
      at = writeBatch(into, at, batch, request, nowMs);
    }
  }
  return { buf: into, buffer: into };
}

function writeBatch(
  into: Buffer,
  from: number,
  batch: Batch,
  request: ProduceToEncode,
  nowMs: number,
): number {
  let at = into.writeBigInt64BE(0n, from);
  at = into.writeInt32BE(batch.bytes - 12, at);
  at = into.writeInt32BE(0, at);
  at = into.writeInt8(MAGIC, at);
  const crcAt = at;
  const attributesAt = crcAt + 4;
  at = into.writeInt16BE(request.transactionalId ? TRANSACTIONAL : 0, attributesAt);
  at = into.writeInt32BE(batch.records.length - 1, at);
  at = into.writeBigInt64BE(BigInt(nowMs), at);
  at = into.writeBigInt64BE(BigInt(nowMs), at);
  at = into.writeBigInt64BE(BigInt(String(request.producerId ?? -1)), at);
  at = into.writeInt16BE(request.producerEpoch ?? 0, at);
  at = into.writeInt32BE(batch.firstSequence, at);
  at = into.writeInt32BE(batch.records.length, at);
  for (const record of batch.records) at = writeRecord(into, at, record);
  into.writeUInt32BE(crc32c(into, attributesAt, at), crcAt);
  return at;
}

function sizeOfText(text: string | null): number {
  return 2 + (text === null ? 0 : Buffer.byteLength(text));
}

function writeText(into: Buffer, from: number, text: string | null): number {
  if (text === null) return into.writeInt16BE(-1, from);
  const at = into.writeInt16BE(Buffer.byteLength(text), from);
  return at + into.write(text, at);
}
