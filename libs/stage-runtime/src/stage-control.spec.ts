import { encodeControl, type ControlSource } from '@docstream/contracts';
import { DependencyError, PoisonError, classifyError, type Clock, type Failure } from '@docstream/core';
import { MemoryTopic, eventually, hurriedClock, silentLogger } from '@docstream/testing';
import { afterEach, describe, expect, it } from '@jest/globals';
import { StageAdmission } from './stage-admission.js';
import { StageControl } from './stage-control.js';

const BUG = classifyError(new TypeError('x is not a function'));
const POISON = classifyError(new PoisonError('PDF_MALFORMED', 'damaged'));

/** Time that stands until a test moves it; sleepers whose time has come wake then. */
class ManualClock implements Clock {
  #nowMs = 1_000_000;
  readonly #sleepers = new Set<{ readonly untilMs: number; readonly wake: () => void }>();

  nowMs(): number {
    return this.#nowMs;
  }

  sleep(ms: number): Promise<void> {
    return new Promise((resolve) => void this.#sleepers.add({ untilMs: this.#nowMs + ms, wake: resolve }));
  }

  async pass(ms: number): Promise<void> {
    this.#nowMs += ms;
    for (const sleeper of this.#sleepers) {
      if (sleeper.untilMs > this.#nowMs) continue;
      this.#sleepers.delete(sleeper);
      sleeper.wake();
    }
    await new Promise((resolve) => setImmediate(resolve));
  }
}

const topic = new MemoryTopic();
const stopped = new AbortController();
const clock = new ManualClock();
const controls: StageControl[] = [];
let serial = 0;

function newAdmission(): StageAdmission {
  const { signal } = stopped;
  const random = (): number => 1;
  return new StageAdmission({
    stage: 'parser',
    concurrency: 4,
    clock,
    random,
    logger: silentLogger,
    stopped: signal,
  });
}

async function join(by = `member-${(serial += 1)}`): Promise<StageAdmission> {
  const admission = newAdmission();
  const control = new StageControl({
    stage: 'parser',
    admission,
    follower: topic.follower(),
    producer: topic,
    clock: hurriedClock,
    random: () => 1,
    logger: silentLogger,
    by,
  });
  controls.push(control);
  await control.start();
  return admission;
}

async function say(
  paused: boolean,
  source: ControlSource = 'operator',
  stage: 'parser' | 'extractor' = 'parser',
) {
  const word = { paused, reason: 'spec', at: `2026-11-25T00:00:0${(serial += 1) % 10}.000Z`, by: 'ann' };
  await topic.produce([encodeControl({ stage, source, word })]);
}

function failDocuments(admission: StageAdmission, count: number, failure: Failure): void {
  for (let index = 0; index < count; index += 1) admission.report(`d${(serial += 1)}`, failure);
}

afterEach(async () => {
  await Promise.all(controls.splice(0).map((control) => control.stop(100)));
  topic.records.length = 0;
  topic.outage = undefined;
});

describe('StageAdmission', () => {
  it('lets so many in as there are slots, and nobody while it is paused, without throwing anybody out', async () => {
    const admission = newAdmission();
    const signal = new AbortController().signal;
    for (let taken = 0; taken < 4; taken += 1) expect(await admission.acquire(signal)).toBe(true);
    const fifth = admission.acquire(signal);
    admission.pause({ paused: true, reason: null, at: 'now', by: 'ann' });
    admission.release();
    admission.release();
    const first = await Promise.race([fifth, new Promise((resolve) => setImmediate(() => resolve('waits')))]);
    expect(first).toBe('waits');
    expect(admission.state()).toMatchObject({ inWork: 2, limit: 0, paused: { by: 'ann' } });
    admission.pause({ paused: false, reason: null, at: 'later', by: 'ann' });
    expect(await fifth).toBe(true);
  });

  it('lets go of a waiting record when its tenure ends', async () => {
    const admission = newAdmission();
    admission.pause({ paused: true, reason: null, at: 'now', by: 'ann' });
    const tenure = new AbortController();
    const waiting = admission.acquire(tenure.signal);
    tenure.abort();
    expect(await waiting).toBe(false);
    admission.pause({ paused: false, reason: null, at: 'later', by: 'ann' });
    expect(admission.state().inWork).toBe(0);
  });

  it('pauses at the 20th unexplained dead letter, probes with one record, and opens up when that succeeds', async () => {
    const admission = newAdmission();
    const signal = new AbortController().signal;
    failDocuments(admission, 30, POISON);
    failDocuments(admission, 20, BUG);
    expect(admission.state()).toMatchObject({ limit: 0, breaker: { kind: 'open' } });
    const entered: number[] = [];
    for (let record = 0; record < 3; record += 1)
      void admission.acquire(signal).then(() => entered.push(record));
    await clock.pass(29_999);
    expect(entered).toEqual([]);
    await clock.pass(1);
    expect(entered).toEqual([0]);
    admission.report('probe-1', BUG);
    admission.release();
    await clock.pass(59_999);
    expect(entered).toEqual([0]);
    await clock.pass(1);
    expect(entered).toEqual([0, 1]);
    admission.report('probe-2', null);
    await clock.pass(0);
    expect(entered).toEqual([0, 1, 2]);
    expect(admission.state()).toMatchObject({ limit: 4, breaker: { kind: 'closed' } });
  });

  it('gives the probe to the next record when the one that had it was lost', async () => {
    const admission = newAdmission();
    const signal = new AbortController().signal;
    failDocuments(admission, 20, BUG);
    const [lost, next] = [admission.acquire(signal), admission.acquire(signal)];
    await clock.pass(30_000);
    expect(await lost).toBe(true);
    admission.release();
    expect(await next).toBe(true);
  });
});

describe('StageControl', () => {
  it('hears the last of what was said before it came, and what is said later', async () => {
    await say(true);
    await say(false);
    await say(true);
    await say(false, 'operator', 'extractor');
    const admission = await join();
    expect(admission.state()).toMatchObject({ limit: 0, paused: { reason: 'spec' } });
    await say(false);
    expect(admission.state()).toMatchObject({ limit: 4, paused: null });
  });

  it('opens the breaker of all members, and a later one finds it open', async () => {
    const [first, second] = [await join(), await join()];
    failDocuments(first, 20, BUG);
    await eventually('it is said', () => topic.records.length === 1);
    expect(second.state()).toMatchObject({ limit: 0, breaker: { kind: 'open' } });
    const third = await join();
    expect(third.state().breaker.kind).toBe('open');
    await clock.pass(30_000);
    third.report('probe', null);
    await eventually('it is said', () => topic.records.length === 2);
    for (const admission of [first, second, third]) expect(admission.state().limit).toBe(4);
  });

  it("closes an open breaker at an operator's resume", async () => {
    const admission = await join();
    failDocuments(admission, 20, BUG);
    await say(false);
    await say(false, 'breaker');
    expect(admission.state()).toMatchObject({ limit: 4, breaker: { kind: 'closed' } });
  });

  it('says what holds as soon as the broker is back', async () => {
    const [first, second] = [await join(), await join()];
    topic.outage = new DependencyError('BROKER_UNAVAILABLE', 'kafka', 'away');
    failDocuments(first, 20, BUG);
    expect(first.state().limit).toBe(0);
    topic.outage = undefined;
    await eventually('the other one knows', () => second.state().breaker.kind === 'open');
  });

  it('ignores what is no word of ours', async () => {
    const admission = await join();
    await topic.produce([
      { topic: 'docstream.control.v1', key: Buffer.from('parser'), value: Buffer.from('?'), headers: [] },
    ]);
    expect(admission.state().limit).toBe(4);
  });
});
