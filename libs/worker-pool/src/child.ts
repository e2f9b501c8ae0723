// The child's side of the pool. Imports nothing but Node's own modules, so that it starts quickly and also runs from
// source. Ends with its parent: when the channel closes, and, where the event loop is blocked, by the watchdog thread.
import { once } from 'node:events';
import { serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { ErrorFacts, ToChild, ToParent } from './protocol.js';

// The main thread tells it when work begins and ends: memory is looked at often then, and not at all between.
const WATCHDOG = `
  const { parentPort } = require('node:worker_threads');
  const parent = process.ppid;
  const end = () => process.kill(process.pid, 'SIGKILL');
  setInterval(() => { if (process.ppid !== parent) end(); }, 500);
  let memoryTimer;
  parentPort.on('message', (limitBytes) => {
    clearInterval(memoryTimer);
    if (limitBytes === 0) return;
    memoryTimer = setInterval(() => {
      if (process.memoryUsage.rss() <= limitBytes) return;
      require('node:fs').writeSync(2, 'heap out of memory');
      end();
    }, 10);
  });
  parentPort.postMessage('watching');
`;
const watchdog = new Worker(WATCHDOG, { eval: true, env: {}, resourceLimits: { maxOldGenerationSizeMb: 8 } });
// A thread does not get going while the main one is blocked: no work before it watches.
const watching = once(watchdog, 'message');
watchdog.unref();
process.on('disconnect', () => process.exit(0));

type NamedExport = (input: unknown, context: unknown) => unknown;
let run: NamedExport | null = null;
let outputBytes = Infinity;
let memoryBytes = 0;
let currentCall: number | null = null;
let hasStrays = false;

function send(message: ToParent): void {
  process.send?.(message);
}

function factsOf(thrown: unknown): ErrorFacts {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  const { code, dependency, facts } = thrown as Error & Partial<Record<string, unknown>>;
  // Node's own errors have a code, too; only a DocstreamError has a class of failure.
  const isOurs = 'failureClass' in thrown && typeof code === 'string';
  return {
    name: thrown.name,
    message: thrown.message,
    ...(thrown.stack === undefined ? {} : { stack: thrown.stack }),
    ...(isOurs ? { code } : {}),
    ...(isOurs && typeof dependency === 'string' ? { dependency } : {}),
    ...(isOurs && facts !== null && typeof facts === 'object'
      ? { facts: { ...(facts as Record<string, string | number | boolean>) } }
      : {}),
  };
}

/**
 * In a sandbox: a thread may be started with permissions of its own, so from here on none may, unless the module needs them; and signals, which the
 * permission model leaves alone, could end the service. The watchdog is a thread with its own `process`.
 */
function giveUpPowers(threads: boolean): void {
  if (process.permission === undefined) return;
  if (!threads) process.permission.drop('worker');
  for (const name of ['kill', '_kill', '_debugProcess', '_debugEnd']) Reflect.deleteProperty(process, name);
}

async function start(message: Extract<ToChild, { type: 'start' }>): Promise<void> {
  try {
    await watching;
    giveUpPowers(message.threads);
    const module = (await import(message.module)) as Record<string, unknown>;
    const named = module[message.export];
    if (typeof named !== 'function') {
      throw new TypeError(`${message.module} has no function named ${message.export}`);
    }
    run = named as NamedExport;
    ({ outputBytes, memoryBytes } = message);
    const warmUp = module['warmUp'];
    if (typeof warmUp === 'function') await (warmUp as (value: unknown) => unknown)(message.warmUp);
    send({ type: 'ready' });
  } catch (thrown) {
    send({ type: 'start-failed', error: factsOf(thrown) });
  }
}

const stateOf = (call: number) => ({ call, residentBytes: process.memoryUsage.rss(), hasStrays });

async function answerOf({ call, input, context }: Extract<ToChild, { type: 'work' }>): Promise<ToParent> {
  try {
    if (run === null) throw new Error('The worker got work before it had started.');
    const output = serialize(await run(input, context));
    const bytes = output.byteLength;
    if (bytes > outputBytes) return { type: 'output-too-large', bytes, ...stateOf(call) };
    return { type: 'output', output, ...stateOf(call) };
  } catch (thrown) {
    return { type: 'error', error: factsOf(thrown), ...stateOf(call) };
  }
}

async function work(message: Extract<ToChild, { type: 'work' }>): Promise<void> {
  currentCall = message.call;
  send({ type: 'begun', call: message.call });
  watchdog.postMessage(memoryBytes);
  const answer = await answerOf(message);
  watchdog.postMessage(0);
  currentCall = null;
  send(answer);
}

process.on('uncaughtException', (thrown, origin) => {
  if (origin === 'unhandledRejection') {
    hasStrays = true;
  } else if (currentCall === null) {
    // A call may be on its way already: the pool hands it to another child, since this one never says that it has begun.
    process.exit(1);
  } else {
    // The function may wait for ever for what threw here.
    const answer: ToParent = { type: 'stray', error: factsOf(thrown), ...stateOf(currentCall) };
    process.send?.(answer, () => process.exit(1));
  }
});

process.on('message', (message: ToChild) => {
  void (message.type === 'start' ? start(message) : work(message));
});
