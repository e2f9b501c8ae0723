import { createHash } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { runIdFrom, type DocumentId, type EventState, type RunId } from '@docstream/contracts';
import {
  classifyError,
  type AcceptedDocument,
  type DocumentChange,
  type DocumentRepository,
  type EndStateWatcher,
  type RunDetail,
  type SinkDatabase,
} from '@docstream/core';
import { createTestDatabase, identityOf, type TestDatabase } from '@docstream/testing';
import { createDatabase, type Database } from './database.js';
import { createDocumentRepository } from './document-repository.js';
import { createEndStateWatcher } from './end-state-watcher.js';
import { migrateDatabase } from './migrations.js';
import { createSinkDatabase } from './sink-database.js';

const NOW = 1_700_000_000_000;
const DETAIL: RunDetail = {
  fileName: 'invoice.pdf',
  sha256: 'ab'.repeat(32),
  bytes: 1_000,
  mediaType: 'application/pdf',
  quality: 'complete',
  pageCount: 2,
  language: 'en',
  classification: { type: 'invoice', confidence: 0.9, margin: 0.5, runnerUp: null, model: 'm', head: 'h' },
  fields: {
    total: [
      { value: 12.5, page: 1, box: [1, 2, 3, 4], confidence: 1, raw: '12.50', rule: 'r', conflict: null },
    ],
  },
  extractor: '1',
};

let home: TestDatabase;
let database: Database;
let repository: DocumentRepository;
let sink: SinkDatabase<DocumentChange>;
let watcher: EndStateWatcher;
let offset = 0n;
let subject = 0;

beforeAll(async () => {
  home = await createTestDatabase();
  await migrateDatabase(home.url);
  database = createDatabase(home.url);
  repository = createDocumentRepository(database);
  sink = createSinkDatabase(database);
  watcher = createEndStateWatcher(database);
});

afterAll(async () => {
  await watcher.close();
  await database.close();
  await home.drop();
});

beforeEach(() => {
  subject += 1;
});

function run(minutes: number): RunId {
  return runIdFrom(NOW + minutes * 60_000, new Uint8Array(10).fill(subject));
}

function accepted(minutes = 0, facts: Partial<AcceptedDocument> = {}): AcceptedDocument {
  return {
    ...identityOf(`document ${subject}`),
    run: run(minutes),
    fileName: 'invoice.pdf',
    sha256: 'ab'.repeat(32),
    bytes: 1_000,
    mediaType: 'application/pdf',
    submissionSource: '/docstream/gateway',
    submissionId: `${minutes}`,
    acceptedAtMs: NOW + minutes * 60_000,
    reprocess: false,
    ...facts,
  };
}

const RANKS: Partial<Record<EventState, [string, number]>> = {
  accepted: ['received', 1],
  parsed: ['parsed', 2],
  classified: ['classified', 3],
  stored: ['extracted', 4],
  'dead-lettered': ['dead-lettered', 0],
};

/** What the store writes when an event of that state arrives. */
function change(
  state: EventState,
  { minutes = 0, atMs = NOW + 1_000, runMs = 5, parsed = null as string | null } = {},
): DocumentChange {
  const { documentId, tenant } = accepted();
  offset += 1n;
  const [event, detailRank] = RANKS[state] ?? ['', 0];
  const common = { documentId, run: run(minutes), tenant };
  const source = `spec/0/${offset}`;
  return {
    timeline: {
      ...common,
      event,
      topic: 'spec',
      partition: 0,
      offset,
      atMs,
      runMs: state === 'accepted' ? null : runMs,
    },
    run: {
      ...common,
      state,
      stateAtMs: atMs,
      stateSource: source,
      error: state === 'dead-lettered' ? { stage: 'parser', code: 'PDF_ENCRYPTED', message: 'locked' } : null,
      detailRank,
      detailAtMs: atMs,
      detailSource: source,
      detail: DETAIL,
      parsedSha256: parsed,
      acceptedAtMs: atMs,
      receivedAtMs: state === 'accepted' ? atMs : null,
      updatedAtMs: atMs,
    },
    submission: null,
  };
}

async function store(...changes: readonly DocumentChange[]): Promise<void> {
  const partition = { topic: `spec-${subject}-${offset}`, partition: 0 };
  const { epoch } = await sink.takeOver('g', partition);
  await sink.apply('g', partition, { epoch, from: null, to: 1n }, changes);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

async function count(table: string, documentId: DocumentId): Promise<number> {
  const { rows } = await database.query(
    `SELECT count(*)::integer AS n FROM docstream.${table} WHERE document_id = $1`,
    [documentId],
  );
  return Number(rows[0]?.['n']);
}

describe('find', () => {
  it.each([1, 2, 3])(
    'shows no state without its record when one is stored after statement %i',
    async (after) => {
      await store(change('accepted'), change('classified'));
      let statements = 0;
      const watched: Database = {
        ...database,
        query: async (text, values) => {
          const result = await database.query(text, values);
          statements += 1;
          if (statements === after) await store(change('stored'));
          return result;
        },
      };
      const view = await createDocumentRepository(watched).find('default', accepted().documentId);
      const events = view?.timeline.map(({ event }) => event) ?? [];
      expect(events).toEqual(expect.arrayContaining(['received', 'classified']));
      expect(events.includes('extracted') || view?.state === 'classified').toBe(true);
    },
  );
});

describe('accept', () => {
  it('begins a run and shows the document at once', async () => {
    const document = accepted();
    expect(await repository.accept(document)).toEqual({
      outcome: 'new-run',
      documentId: document.documentId,
      run: document.run,
      state: 'accepted',
    });
    expect(await repository.find('default', document.documentId)).toMatchObject({
      state: 'accepted',
      fileName: 'invoice.pdf',
      bytes: 1_000,
      fields: {},
      stagesMs: {},
      acceptedAt: new Date(NOW).toISOString(),
    });
  });

  it('returns the existing run for the same bytes in flight, and notes the submission', async () => {
    const document = accepted();
    await repository.accept(document);
    const again = await repository.accept(accepted(0.5));
    expect(again).toEqual({
      outcome: 'existing',
      documentId: document.documentId,
      run: document.run,
      state: 'accepted',
    });
    expect(await count('submissions', document.documentId)).toBe(2);
    expect(await count('runs', document.documentId)).toBe(1);
  });

  it('gives one run to two acceptors of the same bytes at the same time', async () => {
    const outcomes = await Promise.all(
      [0, 0.1, 0.2, 0.3].map((minutes) => repository.accept(accepted(minutes))),
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'new-run')).toHaveLength(1);
    expect(new Set(outcomes.map((outcome) => outcome.run)).size).toBe(1);
  });

  it('begins a new run after a dead letter, and when asked to reprocess', async () => {
    await repository.accept(accepted());
    await store(change('dead-lettered'));
    expect(await repository.accept(accepted(10))).toMatchObject({ outcome: 'new-run', run: run(10) });
    await store(change('stored', { minutes: 10 }));
    expect(await repository.accept(accepted(20))).toMatchObject({ outcome: 'existing', state: 'stored' });
    expect(await repository.accept(accepted(30, { reprocess: true }))).toMatchObject({
      outcome: 'new-run',
      run: run(30),
    });
  });

  it('does not wait for ever for an acceptance that no ingest record confirmed', async () => {
    await repository.accept(accepted());
    expect(await repository.accept(accepted(2))).toMatchObject({ outcome: 'new-run', run: run(2) });
    await store(change('accepted', { minutes: 2 }));
    expect(await repository.accept(accepted(60))).toMatchObject({ outcome: 'existing', run: run(2) });
  });
});

describe('withdraw', () => {
  it('takes back what Kafka did not take, and shows the former run again', async () => {
    await store(change('stored'));
    await repository.accept(accepted(5, { reprocess: true }));
    await repository.withdraw(accepted().documentId, run(5));
    expect(await repository.find('default', accepted().documentId)).toMatchObject({
      state: 'stored',
      run: run(0),
    });
  });

  it('leaves a run alone that is on the topic', async () => {
    await repository.accept(accepted());
    await store(change('accepted'));
    await repository.withdraw(accepted().documentId, run(0));
    expect(await repository.find('default', accepted().documentId)).toMatchObject({ state: 'accepted' });
  });
});

describe('find', () => {
  it('returns result, timeline and times of a stored document', async () => {
    await store(
      change('accepted', { atMs: NOW }),
      change('parsed', { atMs: NOW + 40, runMs: 30 }),
      change('classified', { atMs: NOW + 70, runMs: 20 }),
      change('stored', { atMs: NOW + 90, runMs: 10.5 }),
    );
    const view = await repository.find('default', accepted().documentId.slice(0, 8));
    expect(view).toMatchObject({
      state: 'stored',
      type: 'invoice',
      confidence: 0.9,
      quality: 'complete',
      pageCount: 2,
      stagesMs: { parser: 30, classifier: 20, extractor: 10.5, total: 90 },
      fields: { total: [{ value: 12.5, page: 1, box: [1, 2, 3, 4] }] },
      error: null,
      erasedAt: null,
    });
    expect(view?.timeline.map(({ event }) => event)).toEqual([
      'received',
      'parsed',
      'classified',
      'extracted',
    ]);
  });

  it('says why a document was dead-lettered, and keeps what is known of it', async () => {
    await store(change('dead-lettered'), change('parsed'));
    expect(await repository.find('default', accepted().documentId)).toMatchObject({
      state: 'dead-lettered',
      error: { stage: 'parser', code: 'PDF_ENCRYPTED', message: 'locked' },
      pageCount: 2,
    });
  });

  it('finds nothing of another tenant, and nothing by what is no id', async () => {
    await store(change('stored'));
    expect(await repository.find('other', accepted().documentId)).toBeNull();
    expect(await repository.find('default', '%'.repeat(8))).toBeNull();
    expect(await repository.find('default', 'abc')).toBeNull();
  });

  it('refuses a prefix of several documents', async () => {
    const clones = ['a', 'b'].map((last) => `zzzzzz${last.repeat(20)}` as DocumentId);
    for (const documentId of clones) await repository.accept(accepted(0, { documentId }));
    await expect(repository.find('default', 'zzzzzz')).rejects.toMatchObject({ code: 'AMBIGUOUS_ID' });
    expect(await repository.find('default', 'zzzzzza')).toMatchObject({ documentId: clones[0] });
  });
});

describe('list', () => {
  it('pages through documents, newest first, by state and type', async () => {
    const tenant = 'listed';
    for (let minutes = 0; minutes < 5; minutes += 1) {
      const documentId = identityOf(`listed ${minutes}`).documentId;
      await repository.accept(accepted(minutes, { documentId, tenant }));
    }
    const first = await repository.list({ tenant, limit: 2, state: 'accepted' });
    expect(first.documents.map((document) => document.run)).toEqual([run(4), run(3)]);
    const second = await repository.list({ tenant, limit: 2, cursor: first.nextCursor ?? '' });
    const third = await repository.list({ tenant, limit: 2, cursor: second.nextCursor ?? '' });
    expect(second.documents.map((document) => document.run)).toEqual([run(2), run(1)]);
    expect(third.documents.map((document) => document.run)).toEqual([run(0)]);
    expect(third.nextCursor).toBeNull();
    expect((await repository.list({ tenant, limit: 10, type: 'invoice' })).documents).toEqual([]);
    expect((await repository.list({ tenant, limit: 10, state: 'stored' })).documents).toEqual([]);
  });

  it('refuses a cursor that it did not give', async () => {
    const failure = await repository.list({ tenant: 'default', limit: 1, cursor: 'x' }).catch(classifyError);
    expect(failure).toMatchObject({ code: 'INVALID_REQUEST' });
  });
});

describe('erase', () => {
  it('leaves a tombstone without content, which late events do not bring back to life', async () => {
    const { documentId } = accepted();
    await repository.accept(accepted());
    await store(change('parsed'));
    expect(await repository.erase('default', documentId)).toMatchObject({ rows: true });
    await store(change('stored'), change('parsed', { minutes: -5 }));
    for (const table of ['documents', 'runs', 'submissions']) expect(await count(table, documentId)).toBe(0);
    const view = await repository.find('default', documentId);
    expect(view).toMatchObject({
      state: 'stored',
      fileName: null,
      sha256: null,
      fields: {},
      classification: null,
    });
    expect(view?.erasedAt).toMatch(/^20/);
    expect(view?.timeline.at(-1)?.event).toBe('erased');
    expect(await count('tombstones', documentId)).toBe(2);
  });

  it('lets a later submission of the same bytes begin anew', async () => {
    await store(change('stored'));
    await repository.erase('default', accepted().documentId);
    await repository.accept(accepted(5));
    await store(change('stored', { minutes: 5 }));
    expect(await repository.find('default', accepted().documentId)).toMatchObject({
      state: 'stored',
      erasedAt: null,
    });
  });

  it('says when there was no such document', async () => {
    expect(await repository.erase('default', accepted().documentId)).toEqual({
      rows: false,
      originals: [],
      parsedTexts: [],
    });
  });

  it('names the blobs of every run, whatever became of the run since, and again when repeated', async () => {
    const { documentId } = accepted();
    await store(change('parsed', { parsed: sha256('old') }), change('stored'));
    await store(change('classified', { minutes: 5, parsed: sha256('new') }));
    await store(change('dead-lettered', { minutes: 5 }));
    const erased = await repository.erase('default', documentId);
    expect({ ...erased, parsedTexts: erased.parsedTexts.toSorted() }).toEqual({
      rows: true,
      originals: [DETAIL.sha256],
      parsedTexts: [sha256('old'), sha256('new')].toSorted(),
    });
    expect(await repository.erase('default', documentId)).toEqual({ ...erased, rows: false });
  });

  it('names the blob of a text that was parsed after the document was erased', async () => {
    await repository.accept(accepted());
    await repository.erase('default', accepted().documentId);
    await store(change('parsed', { parsed: sha256('late') }));
    expect(await repository.erase('default', accepted().documentId)).toMatchObject({
      rows: false,
      parsedTexts: [sha256('late')],
    });
  });

  it('leaves a parsed text to the other document that has the same', async () => {
    const first = accepted().documentId;
    await store(change('parsed', { parsed: sha256('shared') }));
    subject += 1;
    await store(change('parsed', { parsed: sha256('shared') }));
    expect(await repository.erase('default', first)).toMatchObject({ rows: true, parsedTexts: [] });
    expect(await repository.erase('default', accepted().documentId)).toMatchObject({
      parsedTexts: [sha256('shared')],
    });
  });

  it('takes nothing for a blob that has no hash for a name', async () => {
    await store(change('parsed', { parsed: '../../elsewhere' }));
    expect(await repository.erase('default', accepted().documentId)).toMatchObject({
      rows: true,
      parsedTexts: [],
    });
  });
});

describe('waitForEnd', () => {
  it('is woken by the end of the run', async () => {
    await repository.accept(accepted());
    const waiting = watcher.waitForEnd(accepted().documentId, run(0), 20_000);
    await store(change('stored'));
    expect(await waiting).toBe(true);
  });

  it('sees an end that was reached before', async () => {
    await store(change('dead-lettered'));
    expect(await watcher.waitForEnd(accepted().documentId, run(0), 20_000)).toBe(true);
  });

  it('gives up after the time-out', async () => {
    await repository.accept(accepted());
    expect(await watcher.waitForEnd(accepted().documentId, run(0), 20)).toBe(false);
  });

  it('listens again after its connection was ended', async () => {
    await repository.accept(accepted());
    await watcher.waitForEnd(accepted().documentId, run(0), 1);
    const waiting = watcher.waitForEnd(accepted().documentId, run(0), 20_000);
    await database.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
       WHERE application_name = 'docstream-listen' AND datname = current_database()`,
    );
    await store(change('stored'));
    expect(await waiting).toBe(true);
  });
});

describe('a position', () => {
  const partition = { topic: 'positions', partition: 0 };

  it('moves together with the rows, and only for who holds it', async () => {
    const first = await sink.takeOver('p', partition);
    expect(first.nextOffset).toBeNull();
    await sink.apply('p', partition, { epoch: first.epoch, from: null, to: 10n }, [change('parsed')]);
    const second = await sink.takeOver('p', partition);
    expect(second).toEqual({ epoch: first.epoch + 1n, nextOffset: 10n });
    const zombie = sink.apply('p', partition, { epoch: first.epoch, from: 10n, to: 20n }, [change('stored')]);
    await expect(zombie).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' });
    expect(await repository.find('default', accepted().documentId)).toMatchObject({ state: 'parsed' });
  });

  it('is not moved twice by a repeated transaction', async () => {
    const { epoch, nextOffset } = await sink.takeOver('p', partition);
    const move = { epoch, from: nextOffset, to: 30n };
    await sink.apply('p', partition, move, []);
    await expect(sink.apply('p', partition, move, [])).rejects.toMatchObject({ code: 'OWNERSHIP_LOST' });
  });

  it('moves over a lost range, which is written down', async () => {
    const { epoch, nextOffset } = await sink.takeOver('p', partition);
    await sink.recordLoss('p', partition, { epoch, from: nextOffset ?? 0n, to: 50n });
    const { rows } = await database.query(`SELECT kind, from_offset, to_offset FROM docstream.audit`);
    expect(rows).toEqual([{ kind: 'lost', from_offset: 30n, to_offset: 50n }]);
    expect(await sink.readEpochs('p')).toEqual(new Map([['positions/0', epoch]]));
  });
});
