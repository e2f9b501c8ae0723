import { describe, expect, it } from '@jest/globals';
import { decodeControl, encodeControl } from '@docstream/contracts';
import { MemoryTopic } from '@docstream/testing';
import { readPauses } from './control.js';
import type { CliPorts } from './ports.js';
import { runCaptured } from './run-captured.js';

async function run(topic: MemoryTopic, ...args: readonly string[]) {
  const ports = { producer: () => topic, close: async () => undefined } as unknown as CliPorts;
  return runCaptured(args, ports);
}

const pausesOf = (topic: MemoryTopic) => readPauses(topic.follower(), 1_000);
const WORD = { paused: true, reason: 'spec', at: '2026-11-25T06:00:00.000Z', by: 'member' };

describe('docstream pause and resume', () => {
  it('says on the control topic that a stage pauses, by whom and why', async () => {
    const topic = new MemoryTopic();
    const { exitCode, out } = await run(topic, 'pause', '--stage', 'classifier', '--reason', 'new model');
    expect(exitCode).toBe(0);
    expect(out).toContain('docstream resume --stage classifier');
    expect(await pausesOf(topic)).toMatchObject([
      {
        stage: 'classifier',
        source: 'operator',
        word: { paused: true, reason: 'new model', by: expect.stringContaining('@') },
      },
    ]);
  });

  it('ends the pause and closes the breaker', async () => {
    const topic = new MemoryTopic();
    await topic.produce([encodeControl({ stage: 'parser', source: 'breaker', word: WORD })]);
    await run(topic, 'pause', '--stage', 'parser');
    await run(topic, 'pause', '--stage', 'extractor');
    expect(await pausesOf(topic)).toHaveLength(3);
    const { exitCode, out } = await run(topic, 'resume', '--stage', 'parser', '--output', 'json');
    expect(exitCode).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ stage: 'parser', paused: false });
    expect((await pausesOf(topic)).map(({ stage }) => stage)).toEqual(['extractor']);
    expect(topic.records.slice(-2).map(({ key, value }) => decodeControl(key, value)?.source)).toEqual([
      'operator',
      'breaker',
    ]);
  });

  it.each([
    [['pause'], "required option '--stage <stage>' not specified"],
    [['resume', '--stage', 'store'], 'Allowed choices are parser, classifier, extractor'],
  ])('refuses %j with exit code 2', async (args, message) => {
    const topic = new MemoryTopic();
    const { exitCode, err } = await run(topic, ...args);
    expect(exitCode).toBe(2);
    expect(err).toContain(message);
    expect(topic.records).toEqual([]);
  });
});
