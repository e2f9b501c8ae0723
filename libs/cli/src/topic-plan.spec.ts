import { describe, expect, it } from '@jest/globals';
import { TOPICS } from '@docstream/contracts';
import type { TopicDescription } from '@docstream/core';
import { configsOf, planTopics } from './topic-plan.js';

const ingest = TOPICS.ingest.name;

function existing(change: Partial<TopicDescription> = {}): TopicDescription[] {
  return Object.values(TOPICS).map((topic) => ({
    name: topic.name,
    partitions: topic.cleanup === 'compact' ? 1 : 4,
    replicationFactor: 1,
    configs: { ...configsOf(topic, 1), 'flush.ms': '1' },
    ...(topic.name === ingest ? change : {}),
  }));
}

function actionOf(name: string, plan: ReturnType<typeof planTopics>) {
  return plan.find((action) => (action.kind === 'create' ? action.topic.name : action.name) === name);
}

describe('planTopics', () => {
  it('creates every topic with LogAppendTime, its retention and its record size', () => {
    const plan = planTopics([], 1, {});
    expect(plan).toHaveLength(Object.keys(TOPICS).length);
    expect(actionOf(ingest, plan)).toEqual({
      kind: 'create',
      topic: {
        name: ingest,
        partitions: 4,
        replicationFactor: 1,
        configs: {
          'message.timestamp.type': 'LogAppendTime',
          'cleanup.policy': 'delete',
          'retention.ms': '2592000000',
          'max.message.bytes': '10485760',
        },
      },
    });
  });

  it('gives compacted topics one partition whatever is asked for', () => {
    const action = actionOf(TOPICS.positions.name, planTopics([], 1, { partitions: 12 }));
    expect(action?.kind === 'create' && action.topic.partitions).toBe(1);
    expect(action?.kind === 'create' && action.topic.configs).toMatchObject({
      'cleanup.policy': 'compact',
      'segment.bytes': '67108864',
    });
  });

  it('takes three copies and two in sync where there are three brokers', () => {
    const action = actionOf(ingest, planTopics([], 3, {}));
    expect(action?.kind === 'create' && action.topic.replicationFactor).toBe(3);
    expect(action?.kind === 'create' && action.topic.configs['min.insync.replicas']).toBe('2');
  });

  it('keeps what is right, with configs of the operator beside it', () => {
    expect(planTopics(existing(), 1, {}).map(({ kind }) => kind)).toEqual(
      Object.keys(TOPICS).map(() => 'keep'),
    );
  });

  it('alters only the configs that differ', () => {
    const configs = { ...configsOf(TOPICS.ingest, 1), 'retention.ms': '60000' };
    expect(actionOf(ingest, planTopics(existing({ configs }), 1, {}))).toEqual({
      kind: 'alter',
      name: ingest,
      configs: { 'retention.ms': '2592000000' },
      partitions: null,
      notes: [],
    });
  });

  it('adds partitions when told to and never takes one away', () => {
    expect(actionOf(ingest, planTopics(existing(), 1, { partitions: 8 }))).toMatchObject({
      kind: 'alter',
      configs: {},
      partitions: 8,
    });
    expect(actionOf(ingest, planTopics(existing(), 1, { partitions: 2 }))).toEqual({
      kind: 'keep',
      name: ingest,
      notes: ['keeps its 4 partitions'],
    });
    expect(actionOf(ingest, planTopics(existing({ partitions: 2 }), 1, {}))?.kind).toBe('keep');
  });

  it('says that it leaves the replication factor', () => {
    const action = actionOf(ingest, planTopics(existing(), 3, { replicationFactor: 3 }));
    expect(action?.kind === 'keep' && action.notes[0]).toContain('keeps replication factor 1');
  });
});
