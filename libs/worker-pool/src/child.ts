// The child's side of the pool. Imports nothing but Node's own modules, so that it starts quickly and also runs from
// source. Ends with its parent: when the channel closes, and, where the event loop is blocked, by the watchdog thread.
import { once } from 'node:events';
import { serialize } from 'node:v8';
import { Worker } from 'node:worker_threads';
import type { ErrorFacts, ToChild, ToParent } from './protocol.js';

const WATCHDOG = `
  const parent = process.ppid;
  setInterval(() => { if (process.ppid !== parent) process.kill(process.pid, 'SIGKILL'); }, 500);
  require('node:worker_threads').parentPort.postMessage('watching');
`;
const watchdog = new Worker(WATCHDOG, { eval: true, env: {}, resourceLimits: { maxOldGenerationSizeMb: 8 } });
// A thread does not get going while the main one is blocked: no work before it watches.
const watching = once(watchdog, 'message');
watchdog.unref();
process.on('disconnect', () => process.exit(0));

type NamedExport = (input: unknown, context: unknown) => unknown;
let run: NamedExport | null = null;
let outputBytes = Infinity;

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

async function start(message: Extract<ToChild, { type: 'start' }>): Promise<void> {
  try {
    await watching;
    const module = (await import(message.module)) as Record<string, unknown>;
    const named = module[message.export];
    if (typeof named !== 'function') {
      throw new TypeError(`${message.module} has no function named ${message.export}`);
    }
    run = named as NamedExport;
    outputBytes = message.outputBytes;
    const warmUp = module['warmUp'];
    if (typeof warmUp === 'function') await (warmUp as (value: unknown) => unknown)(message.warmUp);
    send({ type: 'ready' });
  } catch (thrown) {
    send({ type: 'start-failed', error: factsOf(thrown) });
  }
}

async function work(message: Extract<ToChild, { type: 'work' }>): Promise<void> {
  const { call, input, context } = message;
  try {
    if (run === null) throw new Error('The worker got work before it had started.');
    const output = serialize(await run(input, context));
    if (output.byteLength > outputBytes) send({ type: 'output-too-large', call, bytes: output.byteLength });
    else send({ type: 'output', call, output });
  } catch (thrown) {
    send({ type: 'error', call, error: factsOf(thrown) });
  }
}

process.on('message', (message: ToChild) => {
  void (message.type === 'start' ? start(message) : work(message));
});
