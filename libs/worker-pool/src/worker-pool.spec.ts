import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { classifyError, type StageContext } from '@docstream/core';
import { createWorkerPool, type ReadyWorkerPool, type WorkerPoolOptions } from './worker-pool.js';

const FIXTURE = new URL('./fixtures/functions.mjs', import.meta.url);
const LIMITS = { memoryMb: 512, outputBytes: 1_000_000 };
const context: StageContext = { documentId: 'd', run: 'r', attempt: 1, deadlineMs: 30_000 };

interface Description {
  readonly pid: number;
  readonly warmth: string;
  readonly environment: readonly string[];
  readonly context: StageContext;
  readonly bytes?: number;
}

jest.setTimeout(60_000);

describe('worker pool', () => {
  const pools: { close(): Promise<void> }[] = [];
  let folder = '';

  function poolOf<Output>(
    name: string,
    options: Partial<WorkerPoolOptions> = {},
  ): ReadyWorkerPool<unknown, Output> {
    const pool = createWorkerPool<unknown, Output>({
      function: { module: FIXTURE, export: name },
      size: 1,
      limits: LIMITS,
      ...options,
    });
    pools.push(pool);
    return pool;
  }

  const failureOf = async (work: Promise<unknown>): Promise<ReturnType<typeof classifyError>> =>
    work.then(
      () => {
        throw new Error('it did not fail');
      },
      (error: unknown) => classifyError(error),
    );

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'docstream-pool-'));
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    rmSync(folder, { recursive: true, force: true });
  });

  it('starts no child before it is asked, where that is wanted', async () => {
    const pool = poolOf('describe', { startsWhenAsked: true });
    expect(pool.pids()).toEqual([]);
    await pool.ready();
    expect(pool.pids()).toHaveLength(1);
  });

  it('runs the function elsewhere, with nothing of this environment, and hands bytes over', async () => {
    const pool = poolOf<Description>('describe', { env: { MODEL: 'x' } });
    const { value: description } = await pool.run({ bytes: new Uint8Array(70_000) }, context);
    expect(description.pid).not.toBe(process.pid);
    expect(description.bytes).toBe(70_000);
    expect(description.context).toEqual(context);
    expect(description.environment.filter((name) => !name.startsWith('NODE_CHANNEL'))).toEqual(['MODEL']);
  });

  it('is ready when every child has warmed up', async () => {
    const pool = poolOf<Description>('describe', { size: 2, warmUp: 'model' });
    await pool.ready();
    expect(pool.pids()).toHaveLength(2);
    expect((await pool.run({}, context)).value.warmth).toBe('warm model');
  });

  it('says why it can not get ready when the warm-up fails', async () => {
    const pool = poolOf('echo', { warmUp: 'fail' });
    await expect(pool.ready()).rejects.toThrow('no model');
    await expect(pool.run({}, context)).rejects.toThrow('no model');
  });

  it('says so when the module has no such function', async () => {
    await expect(poolOf('absent').run({}, context)).rejects.toThrow('no function named absent');
  });

  it('brings errors back in their class, with code, facts and dependency', async () => {
    const pool = poolOf('fail');
    expect(await failureOf(pool.run({ how: 'PDF_ENCRYPTED' }, context))).toMatchObject({
      failureClass: 'poison',
      code: 'PDF_ENCRYPTED',
      message: 'says PDF_ENCRYPTED',
    });
    expect(await failureOf(pool.run({ how: 'BLOB_STORE_UNAVAILABLE' }, context))).toMatchObject({
      failureClass: 'transient',
      dependency: 'blob-store',
    });
    expect(await failureOf(pool.run({ how: 'CONFIGURATION_INVALID' }, context))).toMatchObject({
      failureClass: 'fatal',
    });
    await expect(pool.run({ how: 'PDF_ENCRYPTED' }, context)).rejects.toMatchObject({ facts: { pages: 3 } });
  });

  it('brings a bug back as one, with the stack of the child', async () => {
    const pool = poolOf('fail');
    const failure = await failureOf(pool.run({ how: 'bug' }, context));
    expect(failure).toMatchObject({ failureClass: 'unknown', code: 'UNCLASSIFIED' });
    expect(failure.stack).toContain('functions.mjs');
    expect(await failureOf(pool.run({ how: 'text' }, context))).toMatchObject({ message: 'a text' });
  });

  it('kills what hangs, twice, calls it poison and works on', async () => {
    const pool = poolOf('hang', { codes: { timeout: 'PARSE_TIMEOUT' } });
    await pool.ready();
    const [before] = pool.pids();
    expect(await failureOf(pool.run({}, { ...context, deadlineMs: 100 }))).toMatchObject({
      failureClass: 'poison',
      code: 'PARSE_TIMEOUT',
    });
    await pool.ready();
    expect(pool.pids()).not.toContain(before);
  });

  it('kills what takes too much CPU time, twice, and says that it was that', async () => {
    const pool = poolOf('hang', { limits: { ...LIMITS, cpuMs: 300 } });
    const failure = await failureOf(pool.run({}, context));
    expect(failure).toMatchObject({ failureClass: 'poison', code: 'WORK_TIMEOUT' });
    expect(failure.message).toContain('300 ms of CPU time');
  });

  it('counts the CPU time of each call for itself, and none for waiting', async () => {
    const pool = poolOf<Description>('burn', { limits: { ...LIMITS, cpuMs: 600 } });
    const pids: number[] = [];
    for (let call = 0; call < 4; call += 1) pids.push((await pool.run({ ms: 300 }, context)).value.pid);
    expect(new Set(pids).size).toBe(1);
    const idle = poolOf<Description>('rest', { limits: { ...LIMITS, cpuMs: 300 } });
    expect((await idle.run({ ms: 1_500 }, context)).value.pid).toBe(idle.pids()[0]);
  });

  it('tries once more on a fresh child, whose answer counts', async () => {
    const pool = poolOf<{ first: number; second: number }>('hangOnce', {
      limits: { ...LIMITS, wallMs: 1000 },
    });
    const { first, second } = (await pool.run({ mark: join(folder, 'mark') }, context)).value;
    expect(second).not.toBe(first);
  });

  it('calls what takes too much memory poison: resident and heap', async () => {
    const limits = { ...LIMITS, memoryMb: 160 };
    expect(await failureOf(poolOf('hogMemory', { limits }).run({}, context))).toMatchObject({
      failureClass: 'poison',
      code: 'WORK_OUT_OF_MEMORY',
    });
    const codes = { memory: 'PARSE_OUT_OF_MEMORY' } as const;
    expect(await failureOf(poolOf('hogHeap', { limits, codes }).run({}, context))).toMatchObject({
      code: 'PARSE_OUT_OF_MEMORY',
    });
  });

  it('refuses a result over the limit without killing the child', async () => {
    const pool = poolOf<Uint8Array>('produce', { limits: { ...LIMITS, outputBytes: 10_000 } });
    await pool.ready();
    const before = pool.pids();
    expect(await failureOf(pool.run({ bytes: 20_000 }, context))).toMatchObject({
      code: 'PARSE_OUTPUT_TOO_LARGE',
    });
    expect((await pool.run({ bytes: 5 }, context)).value).toHaveLength(5);
    expect(pool.pids()).toEqual(before);
  });

  it('lets a crash cost its own call only, and refills', async () => {
    const pool = poolOf('exit', { size: 2 });
    const failures = await Promise.all([1, 2, 3].map(() => failureOf(pool.run({}, context))));
    expect(failures.map((failure) => failure.code)).toEqual(Array(3).fill('WORKER_CRASHED'));
    await pool.ready();
    expect(pool.pids()).toHaveLength(2);
  });

  it('lets a promise that nobody waited for cost the child, not the call', async () => {
    const pool = poolOf<Description>('stray');
    const { pid } = (await pool.run({ how: 'rejection' }, context)).value;
    expect((await pool.run({}, context)).value.pid).not.toBe(pid);
  });

  it('ends a call that threw past everybody, twice, by the name that it was given', async () => {
    expect(await failureOf(poolOf('stray').run({ how: 'exception' }, context))).toMatchObject({
      code: 'UNCLASSIFIED',
      message: 'past everybody',
    });
    const named = poolOf('stray', { codes: { stray: 'PDF_MALFORMED' } });
    expect(await failureOf(named.run({ how: 'exception' }, context))).toMatchObject({
      failureClass: 'poison',
      code: 'PDF_MALFORMED',
    });
  });

  it.each(['throws', 'hangs'])(
    'lets no call pay for the one before, which %s after its answer',
    async (harm) => {
      const options = { limits: { ...LIMITS, wallMs: 500 }, retriesTimeouts: false };
      const pool = poolOf<Description>('leave', options);
      await pool.ready();
      for (let round = 0; round < 5; round += 1) {
        const [bad, good] = await Promise.all([
          pool.run({ harm }, context),
          pool.run({ mark: join(folder, 'mark') }, context),
        ]);
        expect(good.value.pid).not.toBe(bad.value.pid);
      }
      expect(readFileSync(join(folder, 'mark'), 'utf8')).toBe('xxxxx');
    },
  );

  it('runs a call again that was under way when the child ended which another had used', async () => {
    const pool = poolOf<Description>('leave');
    const [bad, good] = await Promise.all([
      pool.run({ harm: 'exits' }, context),
      pool.run({ harm: 'none, and waits' }, context),
    ]);
    expect(good.value.pid).not.toBe(bad.value.pid);
  });

  it('tries no more than twice what ends its child, once in a fresh one', async () => {
    const mark = join(folder, 'mark');
    const fresh = poolOf('exitCounted');
    expect(await failureOf(fresh.run({ mark }, context))).toMatchObject({ code: 'WORKER_CRASHED' });
    expect(readFileSync(mark, 'utf8')).toBe('x');
    const used = poolOf('echoOrExit');
    await used.run({}, context);
    expect(await failureOf(used.run({ mark }, context))).toMatchObject({ code: 'WORKER_CRASHED' });
    expect(readFileSync(mark, 'utf8')).toBe('xxx');
  });

  it('tries a call over its time once only, where that is wanted', async () => {
    const mark = join(folder, 'mark');
    const pool = poolOf('hangCounted', { retriesTimeouts: false, limits: { ...LIMITS, wallMs: 300 } });
    const failure = await failureOf(pool.run({ mark }, context));
    expect(failure).toMatchObject({ failureClass: 'poison', code: 'WORK_TIMEOUT' });
    expect(failure.message).toBe('The document took longer than 300 ms.');
    expect(readFileSync(mark, 'utf8')).toBe('x');
  });

  it('replaces a child that still holds much memory after a call', async () => {
    const pool = poolOf<Description>('keep', { limits: { ...LIMITS, memoryMb: 300 } });
    const { pid } = (await pool.run({ mb: 180 }, context)).value;
    expect((await pool.run({ mb: 1 }, context)).value.pid).not.toBe(pid);
  });

  it('works side by side, and first come, first served beyond its size', async () => {
    const pool = poolOf<string>('meet', { size: 2 });
    const [a, b] = [join(folder, 'a'), join(folder, 'b')];
    const met = await Promise.all([
      pool.run({ mine: a, other: b }, context),
      pool.run({ mine: b, other: a }, context),
    ]);
    expect(met.map(({ value }) => value)).toEqual(['met', 'met']);
    const single = poolOf<number>('echo');
    const order: number[] = [];
    await Promise.all([1, 2, 3, 4].map((n) => single.run(n, context).then(({ value }) => order.push(value))));
    expect(order).toEqual([1, 2, 3, 4]);
  });

  it('replaces a child after so many calls, by a warm one', async () => {
    const pool = poolOf<Description>('describe', { recycleAfter: 2, warmUp: 'model' });
    const pids: number[] = [];
    for (let call = 0; call < 5; call += 1) {
      const { pid, warmth } = (await pool.run({}, context)).value;
      expect(warmth).toBe('warm model');
      pids.push(pid);
    }
    expect(new Set(pids).size).toBe(3);
    expect(pids[0]).toBe(pids[1]);
    expect(pids[2]).toBe(pids[3]);
  });

  it('rejects what is pending when it is closed, and leaves no process', async () => {
    const pool = poolOf('hang');
    await pool.ready();
    const pids = pool.pids();
    const failures = [1, 2].map(() => failureOf(pool.run({}, context)));
    await pool.close();
    expect((await Promise.all(failures)).map((failure) => failure.failureClass)).toEqual(['lost', 'lost']);
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    expect(await failureOf(pool.run({}, context))).toMatchObject({ failureClass: 'lost' });
  });

  it('leaves no handle behind after it was closed, whatever its children were at', async () => {
    const handles = (): readonly string[] =>
      process.getActiveResourcesInfo().filter((kind) => ['ProcessWrap', 'PipeWrap'].includes(kind));
    const before = handles();
    const [starting, working, idle] = [poolOf('echo', { size: 2 }), poolOf('hang'), poolOf('echo')];
    const failure = failureOf(working.run({}, context));
    await Promise.all([working.ready(), idle.ready()]);
    const pids = [starting, working, idle].flatMap((pool) => pool.pids());
    await Promise.all([starting, working, idle].map((pool) => pool.close()));
    expect((await failure).failureClass).toBe('lost');
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const deadline = Date.now() + 10_000;
    while (handles().length > before.length && Date.now() < deadline) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(handles().length).toBeLessThanOrEqual(before.length);
  });

  it('leaves no child behind when its parent is killed, not even a hanging one', async () => {
    const host = fork(new URL('./fixtures/host.mjs', import.meta.url), {
      env: {},
      // Not the runner's own flags: they may tie a child to its standard input.
      execArgv: [],
    });
    const [pid] = (await once(host, 'message')) as [number];
    expect(() => process.kill(pid, 0)).not.toThrow();
    host.kill('SIGKILL');
    await once(host, 'exit');
    const isAlive = (): boolean => {
      try {
        return process.kill(pid, 0);
      } catch {
        return false;
      }
    };
    const deadline = Date.now() + 10_000;
    while (isAlive() && Date.now() < deadline) await new Promise((resolve) => setImmediate(resolve));
    const survived = isAlive();
    if (survived) process.kill(pid, 'SIGKILL');
    expect(survived).toBe(false);
  });
});
