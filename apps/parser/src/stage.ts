import { createHash } from 'node:crypto';
import { HEADERS, TOPICS, documentIdOf, readHeader, type BlobRef } from '@docstream/contracts';
import {
  PoisonError,
  checkSize,
  identifySubmission,
  ingestKind,
  isPdf,
  packParsed,
  type ConsumedRecord,
  type PackedDocument,
  type StageDefinition,
} from '@docstream/core';
import type { StagePorts } from '@docstream/stage-service';
import { toParseInput } from './pool.js';
import type { ParseInput } from './worker.js';

/** A submission, whichever way it came: raw bytes, an event with inline content, or a claim check. */
interface Submission {
  readonly fileName: string | null;
  readonly content: Uint8Array | null;
  readonly blob: BlobRef;
}

const PDF = 'application/pdf';

/** PDF bytes → pages of positioned text. */
export function createParserStage({
  codec,
  blobStore,
  config,
}: StagePorts): StageDefinition<Submission, ParseInput, PackedDocument> {
  return {
    name: 'parser',
    consumes: TOPICS.ingest,
    retry: { maxAttempts: 3, initialDelayMs: 500, maxDelayMs: 10_000 },
    deadlineMs: config.parser.timeoutMs,
    identify: (record) => identifySubmission(record, rawPdf(record)),
    decode: async (record) => {
      const value = requireValue(record);
      const raw = rawPdf(record);
      const event = raw === null ? await codec.decode(TOPICS.ingest, value) : null;
      const content = raw ?? event?.content ?? null;
      const blob = event?.blob ?? (content === null ? null : referenceTo(content));
      if (blob === null)
        throw new PoisonError('EMPTY_RECORD', 'the event carries neither bytes nor a claim check');
      const fileName = event?.fileName ?? readHeader(record.headers, HEADERS.fileName) ?? null;
      return { event: { fileName, content, blob }, identity: identifySubmission(record, content) };
    },
    load: async ({ content, blob }, { tenant, documentId }) => {
      checkSize(blob.bytes, config.gateway.uploadLimitBytes);
      const bytes = content ?? (await blobStore.redeem(tenant, blob));
      if (bytes.byteLength === 0) throw new PoisonError('EMPTY_RECORD', 'the document has no bytes');
      if (!isPdf(bytes)) throw new PoisonError('NOT_A_PDF', 'there is no %PDF- within the first 1,024 bytes');
      if (documentIdOf(tenant, bytes) !== documentId) {
        throw new PoisonError('DOCUMENT_ID_MISMATCH', `the bytes are not those of document ${documentId}`);
      }
      // A raw record's bytes are nowhere else yet; of an inline copy nobody has proved that they are.
      if (content !== null) await blobStore.deposit(tenant, content, PDF);
      return toParseInput(config, bytes);
    },
    run: { module: new URL('./worker.js', import.meta.url), export: 'parsePdf' },
    save: async ({ parsed, imageOnlyPages: _, ...facts }, { fileName, blob }, { tenant }, runMs) => [
      {
        topic: TOPICS.parsed,
        event: { fileName, blob, ...facts, ...(await packParsed(blobStore, tenant, parsed)), runMs },
      },
    ],
  };
}

function requireValue(record: ConsumedRecord): Uint8Array {
  switch (ingestKind(record.value)) {
    case 'empty':
      throw new PoisonError('EMPTY_RECORD', 'the record has no value');
    case 'other':
      throw new PoisonError(
        'NOT_A_PDF',
        'there is no %PDF- within the first 1,024 bytes, and it is no Avro event',
      );
    case 'avro':
    case 'pdf':
      return record.value ?? new Uint8Array();
  }
}

function rawPdf(record: ConsumedRecord): Uint8Array | null {
  return ingestKind(record.value) === 'pdf' ? record.value : null;
}

function referenceTo(content: Uint8Array): BlobRef {
  return {
    sha256: createHash('sha256').update(content).digest('hex'),
    bytes: content.byteLength,
    mediaType: PDF,
  };
}
