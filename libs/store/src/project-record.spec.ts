import { describe, expect, it } from '@jest/globals';
import {
  HEADERS,
  TOPICS,
  documentIdOf,
  runIdOfRecord,
  textHeader,
  type RecordHeaders,
} from '@docstream/contracts';
import {
  DependencyError,
  classifyError,
  identifySubmission,
  mergeRunChanges,
  type ConsumedRecord,
  type RunChange,
} from '@docstream/core';
import { JOURNEY, MemoryCodec, identityOf, journeyRecord, type JourneyStep } from '@docstream/testing';
import fc from 'fast-check';
import { decodeRecord } from './decode-record.js';
import { projectDeadLetter, projectRecord } from './project-record.js';

const codec = new MemoryCodec();
const identity = identityOf('a document');
const NOW = 1_700_000_000_000;

async function project(record: ConsumedRecord) {
  return projectRecord(record, await decodeRecord(codec, record));
}

function raw(value: Uint8Array | null, headers: RecordHeaders = []): ConsumedRecord {
  return { topic: TOPICS.ingest.name, partition: 2, offset: 7n, key: null, value, headers, timestampMs: NOW };
}

describe('projectRecord', () => {
  it.each<[JourneyStep, string, number]>([
    ['received', 'accepted', 1],
    ['parsed', 'parsed', 2],
    ['classified', 'classified', 3],
    ['extracted', 'stored', 4],
    ['dead-lettered', 'dead-lettered', 0],
  ])('makes of %s the state %s and an entry of the timeline', async (step, state, detailRank) => {
    const { run, timeline } = await project(
      await journeyRecord(step, identity, { offset: 5n, partition: 1 }),
    );
    expect(run).toMatchObject({ ...identity, state, detailRank, stateAtMs: NOW });
    expect(timeline).toMatchObject({ ...identity, event: step, partition: 1, offset: 5n, atMs: NOW });
  });

  it('keeps the fields by name, best first, with their values parsed', async () => {
    const { run } = await project(await journeyRecord('extracted', identity, { offset: 1n }));
    expect(run.detail.fields?.['total']?.map(({ value }) => value)).toEqual([12.5, 12.05]);
  });

  it.each(['parsed', 'classified'] as const)('keeps the name of the blob of %s text', async (step) => {
    const parsedBlob = { sha256: 'cd'.repeat(32), bytes: 300_000, mediaType: 'application/gzip' };
    const { run } = await project(await journeyRecord(step, identity, { offset: 1n, parsedBlob }));
    expect(run.parsedSha256).toBe(parsedBlob.sha256);
    const result = await project(await journeyRecord('extracted', identity, { offset: 2n }));
    expect(mergeRunChanges(run, result.run)).toMatchObject({
      state: 'stored',
      parsedSha256: parsedBlob.sha256,
    });
  });

  it('identifies a raw PDF by its bytes and its place, and counts it as a submission', async () => {
    const pdf = Buffer.from('%PDF-1.7 raw');
    const record = raw(pdf, [textHeader(HEADERS.tenant, 'acme'), textHeader(HEADERS.fileName, 'scan.pdf')]);
    const { run, submission } = await project(record);
    expect(run).toMatchObject({
      tenant: 'acme',
      documentId: documentIdOf('acme', pdf),
      run: runIdOfRecord(record),
    });
    expect(run.detail).toMatchObject({ fileName: 'scan.pdf', bytes: 12, mediaType: 'application/pdf' });
    expect(run.detail.sha256).toMatch(/^[0-9a-f]{64}$/);
    expect(submission).toMatchObject({ source: 'docstream.ingest.v1/2', id: '7' });
  });

  it.each([
    ['nothing', null],
    ['an unreadable event', Buffer.from([0, 0, 0, 0, 9, 9])],
    ['a text', Buffer.from('hello')],
  ])('notes %s on the ingest topic as received: the parser judges it', async (_, value) => {
    const { run, timeline } = await project(raw(value));
    expect(run.state).toBe('accepted');
    expect(timeline.event).toBe('received');
  });

  it('notes what stands for an unreadable batch on the ingest topic as the parser identifies it, without the registry', async () => {
    const registryless = new MemoryCodec();
    registryless.outage = new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'away');
    const batch = raw(Buffer.from([0, 0, 0, 0, 9, 9]), [textHeader(HEADERS.undecodable, 'why')]);
    const { run } = projectRecord(batch, await decodeRecord(registryless, batch));
    expect(run).toMatchObject({ ...identifySubmission(batch, null), state: 'accepted' });
    const event = await journeyRecord('parsed', identity, { offset: 1n });
    const headers = [...event.headers, ...batch.headers];
    await expect(project({ ...event, headers })).rejects.toMatchObject({
      code: 'UNDECODABLE',
      message: 'why',
    });
  });

  it('waits for the registry instead of taking an event for unreadable', async () => {
    const registryless = new MemoryCodec();
    registryless.outage = new DependencyError('REGISTRY_UNAVAILABLE', 'schema-registry', 'away');
    const record = await journeyRecord('received', identity, { offset: 1n });
    await expect(decodeRecord(registryless, record)).rejects.toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  });

  it('refuses an event that does not say whose it is', async () => {
    const record = await journeyRecord('parsed', identity, { offset: 1n });
    await expect(project({ ...record, headers: [] })).rejects.toMatchObject({ code: 'UNDECODABLE' });
    await expect(project({ ...record, value: null })).rejects.toMatchObject({ code: 'EMPTY_RECORD' });
  });

  it('cleans texts that PostgreSQL would refuse, and times that no calendar has', async () => {
    const dirty = 'a\u0000b\ud800';
    const record = await journeyRecord('extracted', identity, { offset: 1n, variant: dirty });
    const { run } = await project({ ...record, timestampMs: Number.MAX_VALUE });
    expect(JSON.stringify(run)).not.toMatch(/\\u0000|\\ud800/);
    expect(new Date(run.stateAtMs).getUTCFullYear()).toBe(9999);
  });
});

describe('projectDeadLetter', () => {
  const failure = classifyError(new TypeError('a bug'));

  it('says that the store gave up', async () => {
    const record = await journeyRecord('parsed', identity, { offset: 1n });
    expect(projectDeadLetter(record, failure).run).toMatchObject({
      ...identity,
      state: 'dead-lettered',
      error: { stage: 'store', code: 'UNCLASSIFIED', message: 'a bug' },
    });
  });

  it('identifies a record without our headers as the stages do', async () => {
    const record = { ...(await journeyRecord('parsed', identity, { offset: 1n })), headers: [] };
    expect(projectDeadLetter(record, failure).run).toMatchObject(identifySubmission(record, null));
  });
});

describe('mergeRunChanges', () => {
  const changes = fc
    .array(
      fc.record({
        step: fc.constantFrom(...JOURNEY),
        partition: fc.nat(2),
        offset: fc.bigInt({ min: 0n, max: 12n }),
        timestampMs: fc.integer({ min: NOW, max: NOW + 3 }),
      }),
      { minLength: 2, maxLength: 8 },
    )
    .chain((steps) =>
      fc.record({
        steps: fc.constant(steps),
        order: fc.shuffledSubarray([...steps.keys()], { minLength: steps.length }),
        cut: fc.nat(steps.length),
      }),
    );

  it('gives the same row whatever the order and the batches', async () => {
    await fc.assert(
      fc.asyncProperty(changes, async ({ steps, order, cut }) => {
        const all = await Promise.all(
          steps.map(async ({ step, ...place }) => {
            const variant = `${step}${place.partition}${place.offset}`;
            const parsedBlob = { sha256: variant, bytes: 1, mediaType: 'application/gzip' };
            return (await project(await journeyRecord(step, identity, { ...place, variant, parsedBlob })))
              .run;
          }),
        );
        const expected = fold(all);
        const shuffled = order.flatMap((index) => all[index] ?? []);
        expect(fold(shuffled)).toEqual(expected);
        const halves = [shuffled.slice(0, cut), shuffled.slice(cut)]
          .filter((half) => half.length > 0)
          .map(fold);
        expect(fold([...halves, ...shuffled])).toEqual(expected);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps a result above a dead letter of the same run', async () => {
    const [stored, dead] = await Promise.all(
      (['extracted', 'dead-lettered'] as const).map(
        async (step, index) =>
          (await project(await journeyRecord(step, identity, { offset: 1n, timestampMs: NOW + index }))).run,
      ),
    );
    if (stored === undefined || dead === undefined) throw new Error('two changes');
    expect(mergeRunChanges(dead, stored)).toMatchObject({ state: 'stored', error: null });
  });
});

function fold(changes: readonly RunChange[]): RunChange {
  return changes.reduce(mergeRunChanges);
}
