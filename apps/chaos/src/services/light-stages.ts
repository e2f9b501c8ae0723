import { createHash } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  HEADERS,
  TOPICS,
  readHeader,
  type BlobRef,
  type DocumentClassified,
  type DocumentParsed,
  type ParsedDocument,
  type StageName,
} from '@docstream/contracts';
import {
  PoisonError,
  identifySubmission,
  ingestKind,
  packDocumentOf,
  packParsed,
  redeemParsed,
  unpackParsed,
  type ConsumedRecord,
  type StageDefinition,
} from '@docstream/core';
import { decodeEventRecord, identifyEvent, type StagePorts } from '@docstream/stage-service';
import { readBehaviour } from '../documents.js';

const RETRY = { maxAttempts: 3, initialDelayMs: 50, maxDelayMs: 500 };
const DEADLINE_MS = 60_000;
const CLASSIFICATION = {
  type: 'invoice',
  confidence: 0.99,
  margin: 0.9,
  runnerUp: null,
  model: 'light',
  head: 'light',
};

/** Work of a light stage: nothing, unless the document says otherwise. */
async function work(stage: StageName, text: string, isCured = false): Promise<void> {
  const { workMs = 0, worksIn = stage, poisons } = readBehaviour(text);
  if (workMs > 0 && worksIn === stage) await delay(workMs);
  if (poisons === stage && !isCured)
    throw new PoisonError('PDF_MALFORMED', 'this document poisons the stage');
}

interface Submission {
  readonly fileName: string | null;
  readonly content: Uint8Array | null;
  readonly blob: BlobRef;
}

function rawContent(record: ConsumedRecord): Uint8Array | null {
  return ingestKind(record.value) === 'pdf' ? record.value : null;
}

/** As the parser, without reading PDFs: the text is the bytes. */
export function lightParser({
  codec,
  blobStore,
}: StagePorts): StageDefinition<Submission, Uint8Array, ParsedDocument> {
  return {
    name: 'parser',
    consumes: TOPICS.ingest,
    retry: RETRY,
    deadlineMs: DEADLINE_MS,
    identify: (record) => identifySubmission(record, rawContent(record)),
    decode: async (record) => {
      const kind = ingestKind(record.value);
      if (kind === 'empty') throw new PoisonError('EMPTY_RECORD', 'the record has no value');
      if (kind === 'other') throw new PoisonError('NOT_A_PDF', 'neither a PDF nor an event');
      const raw = rawContent(record);
      const event = raw === null ? await codec.decode(TOPICS.ingest, record.value ?? new Uint8Array()) : null;
      const content = raw ?? event?.content ?? null;
      const blob = event?.blob ?? {
        sha256: createHash('sha256')
          .update(content ?? '')
          .digest('hex'),
        bytes: content?.byteLength ?? 0,
        mediaType: 'application/pdf',
      };
      const fileName = event?.fileName ?? readHeader(record.headers, HEADERS.fileName) ?? null;
      return { event: { fileName, content, blob }, identity: identifySubmission(record, content) };
    },
    load: async ({ content, blob }, { tenant }) => {
      if (content === null) return blobStore.redeem(tenant, blob);
      await blobStore.deposit(tenant, content, 'application/pdf');
      return content;
    },
    run: {
      inline: async (bytes) => {
        const text = new TextDecoder('latin1').decode(bytes.subarray(0, 4_096));
        await work('parser', text);
        return parsedText(text);
      },
    },
    save: async (document, { fileName, blob }, { tenant }, runMs) => [
      {
        topic: TOPICS.parsed,
        event: {
          fileName,
          blob,
          quality: 'complete',
          pageCount: 1,
          pagesWithText: 1,
          pagesFailed: 0,
          language: null,
          title: null,
          parser: document.parser,
          ...(await packParsed(blobStore, tenant, (await packDocumentOf(document)).parsed)),
          runMs,
        },
      },
    ],
  };
}

function parsedText(text: string): ParsedDocument {
  const box = [0, 0, 612, 792] as const;
  const line = { text, box, words: [{ text, box }], fontSize: 12, bold: false };
  const page = {
    number: 1,
    width: 612,
    height: 792,
    rotation: 0,
    state: 'text',
    blocks: [{ box, lines: [line] }],
  };
  return {
    version: 1,
    parser: 'light',
    quality: 'complete',
    metadata: {},
    attachments: [],
    pages: [page],
  } as ParsedDocument;
}

function textOf(document: ParsedDocument): string {
  return document.pages[0]?.blocks[0]?.lines[0]?.text ?? '';
}

/** As the classifier, without a model. Its function runs in a worker process with `--in-worker`, and refuses nothing with `--cured`. */
export function lightClassifier(
  { codec, blobStore }: StagePorts,
  mode: string | undefined,
): StageDefinition<DocumentParsed, string, typeof CLASSIFICATION> {
  return {
    name: 'classifier',
    consumes: TOPICS.parsed,
    retry: RETRY,
    deadlineMs: DEADLINE_MS,
    identify: identifyEvent,
    decode: (record) => decodeEventRecord(codec, TOPICS.parsed, record),
    load: async (event, { tenant }) =>
      textOf(await unpackParsed(await redeemParsed(blobStore, tenant, event))),
    run:
      mode === '--in-worker'
        ? { module: new URL('./worker.js', import.meta.url), export: 'classify' }
        : { inline: (text) => work('classifier', text, mode === '--cured').then(() => CLASSIFICATION) },
    save: async (
      classification,
      { fileName, blob, quality, pageCount, language, parsed, parsedBlob },
      _,
      runMs,
    ) => [
      {
        topic: TOPICS.classified,
        event: { fileName, blob, quality, pageCount, language, classification, parsed, parsedBlob, runMs },
      },
    ],
  };
}

/** As the extractor, without rules. */
export function lightExtractor({
  codec,
  blobStore,
}: StagePorts): StageDefinition<DocumentClassified, string, null> {
  return {
    name: 'extractor',
    consumes: TOPICS.classified,
    retry: RETRY,
    deadlineMs: DEADLINE_MS,
    identify: identifyEvent,
    decode: (record) => decodeEventRecord(codec, TOPICS.classified, record),
    load: async (event, { tenant }) =>
      textOf(await unpackParsed(await redeemParsed(blobStore, tenant, event))),
    run: { inline: (text) => work('extractor', text).then(() => null) },
    save: async (_nothing, { fileName, blob, quality, pageCount, language, classification }, _, runMs) => [
      {
        topic: TOPICS.extracted,
        event: {
          fileName,
          blob,
          quality,
          pageCount,
          language,
          classification,
          fields: [],
          extractor: 'light',
          runMs,
        },
      },
    ],
  };
}
