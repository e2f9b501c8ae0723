import {
  HEADERS,
  TOPICS,
  readHeader,
  runIdFrom,
  textHeader,
  type BlobRef,
  type RecordHeaders,
} from '@docstream/contracts';
import {
  DependencyError,
  OwnershipLostError,
  classifyError,
  deadLetterHeaders,
  identifySubmission,
  PoisonError,
  type Clock,
  type ConsumedRecord,
  type OutgoingRecord,
} from '@docstream/core';
import { MemoryBlobStore, MemoryBroker, MemoryCodec, MemoryRedriveLog, identityOf } from '@docstream/testing';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { foreignReason, readLetter, showHeader } from './letter.js';
import { planRedrive } from './plan.js';
import { redrive, type RedriveParts } from './redrive.js';
import { restoreOriginal } from './restore.js';
import { scanLetters } from './scan.js';

const { documentId, run } = identityOf('one');
const NEW_RUN = runIdFrom(1_800_000_000_000, new Uint8Array(10));
const LETTERS = TOPICS.classifierDeadLetter.name;
const AWAY = new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'gone');
const FIRST = `${LETTERS}/0/0`;

const codec = new MemoryCodec();
let broker: MemoryBroker;
let blobs: MemoryBlobStore;
let log: MemoryRedriveLog;
let nowMs: number;
let sentAtMs: number[];
/** Fails the next production: before or after the broker took it, or with a sequence that the broker does not know. */
let failure: 'before' | 'after' | 'lost' | null;

const clock: Clock = { nowMs: () => nowMs, sleep: async (ms) => void (nowMs += ms) };

function parts(): RedriveParts {
  return {
    admin: {
      logRanges: async (topic) => [
        { topic, partition: 0, range: await broker.logRange({ topic, partition: 0 }) },
      ],
    },
    reader: broker.reader(),
    producer: {
      produce: async (records) => {
        const failing = failure;
        failure = null;
        if (failing === 'before') throw AWAY;
        sentAtMs.push(nowMs);
        const sent = records.map((record) => ({
          topic: record.topic,
          partition: 0,
          offset: broker.append(record),
        }));
        if (failing === 'after') throw AWAY;
        if (failing === 'lost') throw new OwnershipLostError('DUPLICATE_SEQUENCE_NUMBER');
        return sent;
      },
      close: async () => undefined,
    },
    log,
    codec: () => codec,
    blobStore: () => blobs,
    clock,
    newRun: () => NEW_RUN,
  };
}

const originalHeaders: RecordHeaders = [
  textHeader('traceparent', '00-a-b-01'),
  textHeader(HEADERS.documentId, documentId),
  textHeader(HEADERS.run, run),
  textHeader(HEADERS.tenant, 'default'),
];

function letterOf(change: Partial<OutgoingRecord> = {}, offset = 7n): OutgoingRecord {
  const failed = classifyError(new PoisonError('SCHEMA_UNKNOWN', 'no schema 9'));
  const record = {
    topic: TOPICS.parsed.name,
    partition: 0,
    offset,
    key: null,
    value: null,
    headers: [],
    timestampMs: 5,
  };
  return {
    topic: LETTERS,
    key: Buffer.from('key'),
    value: Buffer.from('value'),
    headers: [...originalHeaders, ...deadLetterHeaders(record, { group: 'g', failure: failed, attempts: 1 })],
    ...change,
  };
}

const source = () => ({
  admin: { ...parts().admin, listTopics: async () => [LETTERS] },
  reader: broker.reader(),
});
const scan = (filter = {}) => scanLetters(source(), filter);

async function redriveAll(isAgain = false, ratePerSecond = 1_000) {
  const letters = await scan();
  const known = await log.find(letters.map(({ at }) => at));
  const planned = await planRedrive(letters, { known, isAgain, blobStore: () => blobs });
  return redrive(planned, parts(), { ratePerSecond, isAgain, onProgress: () => undefined });
}

const results = async (isAgain = false) => (await redriveAll(isAgain)).map(({ result }) => result);
const redriven = (): readonly ConsumedRecord[] => broker.records(TOPICS.parsed.name);

beforeEach(() => {
  broker = new MemoryBroker();
  blobs = new MemoryBlobStore();
  log = new MemoryRedriveLog();
  nowMs = 1_000_000;
  sentAtMs = [];
  failure = null;
});

describe('reading dead letters', () => {
  it('knows stage, code, document, origin and attempts of ours', async () => {
    broker.append(letterOf());
    expect(await scan()).toMatchObject([
      {
        at: FIRST,
        stage: 'classifier',
        code: 'SCHEMA_UNKNOWN',
        documentId,
        attempts: 1,
        origin: { topic: TOPICS.parsed.name, partition: 0, offset: 7n },
        text: 'no schema 9',
      },
    ]);
  });

  it.each([
    ['the code', { code: 'SCHEMA_UNKNOWN' }, 1],
    ['another code', { code: 'NOT_A_PDF' }, 0],
    ['the beginning of the document id', { document: documentId.slice(0, 6).toUpperCase() }, 1],
    ['another document', { document: '777777' }, 0],
    ['a time before it', { sinceMs: 1_600_000_000_000 }, 1],
    ['a time after it', { sinceMs: 1_800_000_000_000 }, 0],
    ['an end before it', { untilMs: 1_600_000_000_000 }, 0],
    ['another stage', { stage: 'parser' }, 0],
    ['its coordinates', { at: { topic: LETTERS, partition: 0, offset: 0n } }, 1],
    ['other coordinates', { at: { topic: LETTERS, partition: 0, offset: 3n } }, 0],
  ])('with %s as filter', async (_, filter, count) => {
    broker.append(letterOf());
    expect(await scan(filter)).toHaveLength(count);
  });

  it('understands the headers of Kafka Connect, and Spring numbers as text', async () => {
    const connect = ['topic', 'partition', 'offset'].map((name, index) =>
      textHeader(`__connect.errors.${name}`, [TOPICS.parsed.name, '0', '12'][index] ?? ''),
    );
    const spring = ['topic', 'partition', 'offset'].map((name, index) =>
      textHeader(`kafka_dlt-original-${name}`, [TOPICS.parsed.name, '2', '12345678'][index] ?? ''),
    );
    broker.append(letterOf({ headers: connect }));
    broker.append(letterOf({ headers: spring }));
    const origins = (await scan()).map(({ at, origin }) => [at, origin?.partition, origin?.offset]);
    expect(new Set(origins)).toEqual(
      new Set([
        [FIRST, 0, 12n],
        [`${LETTERS}/0/1`, 2, 12_345_678n],
      ]),
    );
  });

  it('shows binary numbers decoded, and what is no text as hexadecimal', () => {
    const { headers } = letterOf();
    const offset = headers.find(([name]) => name === 'kafka_dlt-original-offset');
    expect(showHeader(headers, 'kafka_dlt-original-offset', offset?.[1] ?? null)).toBe('7');
    expect(showHeader(headers, 'x', new Uint8Array([255, 0]))).toBe('0xff00');
  });

  it('says that a record without an origin, or from a topic that the stage does not read, is foreign', () => {
    const record = { ...letterOf({ headers: [] }), partition: 0, offset: 0n, timestampMs: 0 };
    const letter = readLetter(record);
    expect(letter === null ? null : foreignReason(letter)).toBe('no header says where it came from');
    const other =
      letter === null ? null : { ...letter, origin: { topic: 'orders', partition: 0, offset: 1n } };
    expect(other === null ? null : foreignReason(other)).toContain(
      'orders, which the classifier does not read',
    );
  });
});

describe('redrive', () => {
  it('puts back key, value and headers with a new run, and writes down where', async () => {
    broker.append(letterOf());
    expect(await redriveAll()).toMatchObject([
      { result: 'sent', run: NEW_RUN, documentId, to: { offset: 0n } },
    ]);
    const [record] = redriven();
    expect(record).toMatchObject({ key: Buffer.from('key'), value: Buffer.from('value') });
    expect(record?.headers.map(([name]) => name)).toEqual([
      'traceparent',
      HEADERS.documentId,
      HEADERS.tenant,
      HEADERS.run,
      HEADERS.redriveOf,
    ]);
    expect(readHeader(record?.headers ?? [], HEADERS.redriveOf)).toBe(FIRST);
    expect(log.rows).toMatchObject([{ state: 'sent', of: FIRST, run: NEW_RUN, sentTo: { offset: 0n } }]);
  });

  it('gives a raw submission the identity of its new run', async () => {
    const raw = { topic: TOPICS.ingest.name, partition: 0, offset: 4n, timestampMs: 5 };
    const failed = classifyError(new PoisonError('PDF_MALFORMED', 'damaged'));
    const reason = { group: 'g', failure: failed, attempts: 1 };
    const bare = { ...raw, key: null, value: null, headers: [] };
    const headers = [...originalHeaders, ...deadLetterHeaders(bare, reason)];
    const topic = TOPICS.parserDeadLetter.name;
    broker.append(letterOf({ topic, headers }));
    const from = { admin: { ...parts().admin, listTopics: async () => [topic] }, reader: broker.reader() };
    const letters = await scanLetters(from, {});
    const planned = await planRedrive(letters, {
      known: new Map(),
      isAgain: false,
      blobStore: () => blobs,
    });
    await redrive(planned, parts(), { ratePerSecond: 1, isAgain: false, onProgress: () => undefined });
    const identities = broker.records(raw.topic).map((record) => identifySubmission(record, record.value));
    expect(identities).toEqual([{ documentId, tenant: 'default', run: NEW_RUN }]);
    expect(NEW_RUN > run).toBe(true);
  });

  it('is refused a second time, unless asked for again', async () => {
    broker.append(letterOf());
    expect(await results()).toEqual(['sent']);
    expect(await redriveAll()).toMatchObject([
      { result: 'skipped', reason: expect.stringContaining('redriven already') },
    ]);
    expect(redriven()).toHaveLength(1);
    expect(await results(true)).toEqual(['sent']);
    expect(redriven()).toHaveLength(2);
  });

  it.each(['after', 'lost'] as const)(
    'does not send again what an interrupted one had sent: %s',
    async (how) => {
      broker.append(letterOf());
      failure = how;
      expect(await results()).toEqual(['interrupted']);
      expect(await results()).toEqual(['found']);
      expect(redriven()).toHaveLength(1);
      expect(log.rows).toMatchObject([{ state: 'sent', sentTo: { offset: 0n } }]);
    },
  );

  it('sends under the run that was written down what an interrupted one had not sent', async () => {
    broker.append(letterOf());
    broker.append(letterOf({}, 8n));
    failure = 'before';
    expect(await results()).toEqual(['interrupted', 'interrupted']);
    expect(await results()).toEqual(['sent', 'sent']);
    expect(redriven()).toHaveLength(2);
    expect(log.rows).toHaveLength(2);
  });

  it('sends no faster than the rate', async () => {
    for (let offset = 1n; offset <= 5n; offset += 1n) broker.append(letterOf({}, offset));
    await redriveAll(false, 2);
    expect(sentAtMs.map((time) => time - 1_000_000)).toEqual([0, 500, 1_000, 1_500, 2_000]);
  });

  it('leaves to another redrive what that works on', async () => {
    broker.append(letterOf());
    log.held.add(FIRST);
    expect(await results()).toEqual(['skipped']);
    expect(redriven()).toEqual([]);
  });

  it('sends nothing while the database is away', async () => {
    broker.append(letterOf());
    const planned = await planRedrive(await scan(), {
      known: new Map(),
      isAgain: false,
      blobStore: () => blobs,
    });
    log.outage = new DependencyError('DATABASE_UNAVAILABLE', 'database', 'gone');
    const outcomes = await redrive(planned, parts(), {
      ratePerSecond: 1,
      isAgain: false,
      onProgress: () => undefined,
    });
    expect(outcomes).toMatchObject([{ result: 'interrupted' }]);
    expect(redriven()).toEqual([]);
  });

  it('sends one of two copies of the same record', async () => {
    broker.append(letterOf());
    broker.append(letterOf());
    expect((await results()).toSorted()).toEqual(['sent', 'skipped']);
    expect(redriven()).toHaveLength(1);
  });
});

describe('what did not fit into the dead letter', () => {
  const spill = async (bytes: Uint8Array, type: string): Promise<RecordHeaders> => {
    const { sha256 } = await blobs.deposit('default', bytes, type);
    return [
      textHeader(HEADERS.blob, sha256),
      textHeader(HEADERS.blobType, type),
      textHeader(HEADERS.blobBytes, String(bytes.byteLength)),
    ];
  };

  it('comes back from the blob store', async () => {
    const { headers } = letterOf();
    const spilled = await spill(Buffer.from('large'), 'application/octet-stream');
    broker.append(letterOf({ value: null, headers: [...headers, ...spilled] }));
    expect(await results()).toEqual(['sent']);
    expect(Buffer.from(redriven()[0]?.value ?? []).toString()).toBe('large');
  });

  it('comes back with its headers where those lie there, too', async () => {
    const whole = {
      value: null,
      headers: [
        ['big', Buffer.from('header').toString('base64')],
        ['none', null],
      ],
    };
    const spilled = await spill(
      Buffer.from(JSON.stringify(whole)),
      'application/vnd.docstream.dead-letter+json',
    );
    broker.append(letterOf({ value: null, headers: [...letterOf().headers, ...spilled] }));
    expect(await results()).toEqual(['sent']);
    const [record] = redriven();
    expect(record?.value).toBeNull();
    expect(record?.headers.slice(0, 2)).toEqual([
      ['big', new Uint8Array(Buffer.from('header'))],
      ['none', null],
    ]);
    expect(readHeader(record?.headers ?? [], HEADERS.run)).toBe(NEW_RUN);
  });

  it('is an obstacle in the plan when the blob is gone, and an error when it is no dead letter', async () => {
    const spilled = await spill(Buffer.from('no JSON'), 'application/vnd.docstream.dead-letter+json');
    const record = {
      ...letterOf({ headers: [...letterOf().headers, ...spilled] }),
      partition: 0,
      offset: 0n,
      timestampMs: 0,
    };
    const letter = readLetter(record);
    if (letter === null) throw new Error('no letter');
    await expect(restoreOriginal(letter, record, () => blobs)).rejects.toMatchObject({
      code: 'BLOB_CORRUPT',
    });
    blobs.blobs.clear();
    const planned = await planRedrive([letter], { known: new Map(), isAgain: false, blobStore: () => blobs });
    expect(planned).toMatchObject([{ obstacle: 'blob', reason: expect.stringContaining('BLOB_NOT_FOUND') }]);
  });
});

describe('a redrive of a record that names a blob', () => {
  const text = Buffer.from('parsed text, zipped');
  const parsedValue = async (parsedBlob: BlobRef) =>
    codec.encode(TOPICS.parsed, {
      fileName: null,
      blob: parsedBlob,
      quality: 'complete',
      pageCount: 1,
      pagesWithText: 1,
      pagesFailed: 0,
      language: null,
      title: null,
      parser: 'spec 1.0.0',
      parsed: null,
      parsedBlob,
      runMs: 1,
    });

  it('refreshes it before it is sent', async () => {
    const blob = await blobs.deposit('default', text, 'application/gzip');
    broker.append(letterOf({ value: await parsedValue(blob) }));
    expect(await results()).toEqual(['sent']);
    expect(blobs.refreshed).toEqual([`default/${blob.sha256}`]);
  });

  it('is skipped, and not begun, when it is gone', async () => {
    const blob = await blobs.deposit('default', text, 'application/gzip');
    blobs.blobs.clear();
    broker.append(letterOf({ value: await parsedValue(blob) }));
    expect(await redriveAll()).toMatchObject([
      { result: 'skipped', run: null, reason: expect.stringContaining('BLOB_NOT_FOUND') },
    ]);
    expect(redriven()).toEqual([]);
  });

  it('is interrupted while the blob store is away', async () => {
    const blob = await blobs.deposit('default', text, 'application/gzip');
    broker.append(letterOf({ value: await parsedValue(blob) }));
    blobs.outage = new DependencyError('BLOB_STORE_UNAVAILABLE', 'blob-store', 'away');
    expect(await results()).toEqual(['interrupted']);
  });
});

describe("the store's dead letters", () => {
  it('go back under a new run, as those of a stage do', async () => {
    const letters = TOPICS.storeDeadLetter.name;
    broker.append(letterOf({ topic: letters }));
    const from = { admin: { ...parts().admin, listTopics: async () => [letters] }, reader: broker.reader() };
    const planned = await planRedrive(await scanLetters(from, {}), {
      known: new Map(),
      isAgain: false,
      blobStore: () => blobs,
    });
    await redrive(planned, parts(), { ratePerSecond: 1, isAgain: false, onProgress: () => undefined });
    expect(readHeader(redriven()[0]?.headers ?? [], HEADERS.run)).toBe(NEW_RUN);
  });
});
