import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from './platform-types.js';
import { messageOf } from './thrown.js';
import type { GuardedProcess, ProcessExit } from './supervisor-types.js';

const POLL_MS = 50;
const TAIL_BYTES = 4_096;
const TAIL_LINES = 15;

/** `exit code 1`, `SIGKILL`. */
export function describeExit({ code, signal }: ProcessExit): string {
  return signal ?? `exit code ${code}`;
}

/** The last lines of a log file; empty when there is none. */
export function tailOf(logFile: string): string {
  let file: number;
  try {
    file = openSync(logFile, 'r');
  } catch {
    return '';
  }
  try {
    const { size } = fstatSync(file);
    const bytes = Buffer.alloc(Math.min(size, TAIL_BYTES));
    readSync(file, bytes, 0, bytes.length, size - bytes.length);
    return bytes.toString('utf8').trimEnd().split('\n').slice(-TAIL_LINES).join('\n');
  } finally {
    closeSync(file);
  }
}

interface Wait {
  readonly name: string;
  /** True when it is up; false or a rejection: not yet. */
  readonly probe: () => Promise<boolean>;
  readonly withinMs: number;
  readonly logFile: string;
  /** When given, its end ends the wait. */
  readonly process?: GuardedProcess;
  readonly signal?: AbortSignal;
}

/** Resolves when the probe says so; rejects with the end of the log when the time is over or the process has ended. */
export async function waitUntilUp({ name, probe, withinMs, logFile, process, signal }: Wait): Promise<void> {
  const deadline = performance.now() + withinMs;
  let exit: ProcessExit | undefined;
  let reason = '';
  void process?.exited.then((ended) => (exit = ended));
  while (performance.now() < deadline) {
    if (exit !== undefined)
      throw new PlatformError(
        `${name} ended while it was starting (${describeExit(exit)}); its log is ${logFile}.`,
        {
          detail: tailOf(logFile),
        },
      );
    if (signal?.aborted === true) throw new PlatformError(`${name} was stopped while it was starting.`);
    try {
      if (await probe()) return;
    } catch (error) {
      reason = `: ${messageOf(error)}`;
    }
    await delay(POLL_MS);
  }
  throw new PlatformError(
    `${name} did not answer within ${Math.round(withinMs / 1_000)} s${reason}; its log is ${logFile}.`,
    { detail: tailOf(logFile) },
  );
}
