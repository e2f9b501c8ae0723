import { beforeEach, describe, expect, it } from '@jest/globals';
import { CONSUMED_TOPICS, TOPICS, groupOf, schemaTopics } from '@docstream/contracts';
import { MemoryClusterAdmin, MemorySubjectRegistry } from '@docstream/testing';
import { applyTopics, type Applied } from './apply-topics.js';
import type { TopicOptions } from './topic-plan.js';

let admin: MemoryClusterAdmin;
let subjects: MemorySubjectRegistry;
const parser = groupOf('parser');
const ingest = TOPICS.ingest.name;

beforeEach(() => {
  admin = new MemoryClusterAdmin();
  subjects = new MemorySubjectRegistry();
});

async function apply(options: TopicOptions = {}): Promise<Applied[]> {
  const applied: Applied[] = [];
  await applyTopics(admin, subjects, options, (one) => applied.push(one));
  return applied;
}

describe('applyTopics', () => {
  it('creates all the first time and changes nothing the second time', async () => {
    const first = await apply();
    expect(new Set(first.map(({ result }) => result))).toEqual(new Set(['created']));
    expect(first.filter(({ kind }) => kind === 'topic')).toHaveLength(Object.keys(TOPICS).length);
    expect(new Set((await apply()).map(({ result }) => result))).toEqual(new Set(['unchanged']));
  });

  it('sets the compatibility of each subject before its first version', async () => {
    await apply();
    expect(subjects.calls).toHaveLength(2 * schemaTopics().length);
    expect(subjects.calls.slice(0, 2)).toEqual([
      `compatibility ${ingest}-value FULL_TRANSITIVE`,
      `register ${ingest}-value`,
    ]);
  });

  it('puts a weaker compatibility right without a new version', async () => {
    await apply();
    await subjects.setCompatibility(`${ingest}-value`, 'NONE');
    subjects.calls.length = 0;
    const changed = (await apply()).filter(({ result }) => result !== 'unchanged');
    expect(changed.map(({ name, result }) => [name, result])).toEqual([[`${ingest}-value`, 'changed']]);
    expect(subjects.calls).toEqual([`compatibility ${ingest}-value FULL_TRANSITIVE`]);
  });

  it("commits every group's first offset at the log's start", async () => {
    await apply();
    // The positions topic has one partition, every other four.
    const wanted = (Object.values(CONSUMED_TOPICS).flat().length - 1) * 4 + 1;
    expect(admin.positions.size).toBe(wanted);
    expect(admin.positions.get(`${parser}/${ingest}/3`)).toEqual({
      topic: ingest,
      partition: 3,
      offset: 0n,
      metadata: 'v1',
    });
  });

  it('begins at the start of what is kept, and leaves what is committed', async () => {
    await apply();
    admin.positions.clear();
    admin.setRange(ingest, 0, { start: 7n, end: 9n });
    admin.positions.set(`${parser}/${ingest}/1`, { topic: ingest, partition: 1, offset: 5n, metadata: 'v1' });
    await apply();
    expect(admin.positions.get(`${parser}/${ingest}/0`)?.offset).toBe(7n);
    expect(admin.positions.get(`${parser}/${ingest}/1`)?.offset).toBe(5n);
  });

  it('bootstraps partitions that were added', async () => {
    await apply();
    admin.setRange(TOPICS.positions.name, 0, { start: 0n, end: 50n });
    const applied = await apply({ partitions: 6 });
    expect(admin.positions.get(`${parser}/${ingest}/5`)?.offset).toBe(0n);
    expect(applied.find(({ name }) => name === parser)).toMatchObject({ result: 'created' });
  });

  it('lets the store read the positions from their beginning, also where there are some already', async () => {
    await apply();
    admin.setRange(TOPICS.positions.name, 0, { start: 0n, end: 50n });
    const position = `${groupOf('store')}/${TOPICS.positions.name}/0`;
    admin.positions.delete(position);
    expect((await apply()).every(({ result }) => result !== 'left')).toBe(true);
    expect(admin.positions.get(position)?.offset).toBe(0n);
  });

  it('leaves a partition alone whose offset may have expired', async () => {
    await apply();
    admin.setRange(TOPICS.positions.name, 0, { start: 0n, end: 50n });
    admin.setRange(ingest, 2, { start: 0n, end: 40n });
    admin.positions.delete(`${parser}/${ingest}/2`);
    const left = (await apply()).find(({ name }) => name === parser);
    expect(left?.result).toBe('left');
    expect(left?.detail).toContain(`${ingest}/2`);
    expect(admin.positions.has(`${parser}/${ingest}/2`)).toBe(false);
  });
});
