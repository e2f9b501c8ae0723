import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Writable } from 'node:stream';
import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from './platform-types.js';
import { livesGroup } from './process-groups.js';
import type { GuardedProcess, ProcessExit, ProcessSpec } from './supervisor-types.js';

const DEFAULT_STOP_WITHIN_MS = 10_000;
const GROUP_POLL_MS = 10;
const GROUP_GONE_WITHIN_MS = 3_000;

/**
 * The shell becomes the command; a copy of it stays behind in the same process group, reading the pipe from the
 * supervisor. At its end (the supervisor stops the process, or is dead) it signals the command, waits, and kills
 * whatever is left of the group, itself included. As the group lives as long as it does, its id cannot be given to
 * strangers meanwhile.
 */
const GUARD = `
signal=$1 tenths=$2; shift 2
leader=$$
lives() {
  kill -s 0 "$leader" || return 1
  [ -r "/proc/$leader/stat" ] || return 0
  read -r id name state rest <"/proc/$leader/stat"
  [ "$state" != Z ]
}
(
  trap '' TERM INT HUP
  read -r line <&3
  kill -s "$signal" "$leader"
  while [ "$tenths" -gt 0 ] && lives; do sleep 0.1; tenths=$((tenths - 1)); done
  kill -s KILL -- "-$leader"
) </dev/null >/dev/null 2>&1 3<&3 &
exec "$@" 3<&-
`;

/** Starts a process that cannot outlive this one. Fails with a PlatformError when nothing could be started. */
export async function startGuarded(spec: ProcessSpec): Promise<GuardedProcess> {
  mkdirSync(dirname(spec.logFile), { recursive: true });
  const log = openSync(spec.logFile, 'a');
  const stopWithinMs = spec.stopWithinMs ?? DEFAULT_STOP_WITHIN_MS;
  const signal = (spec.stopSignal ?? 'SIGTERM').slice('SIG'.length);
  const guard = ['-c', GUARD, spec.name, signal, String(Math.ceil(stopWithinMs / 100))];
  const child = spawn('/bin/sh', [...guard, spec.command, ...spec.args], {
    cwd: spec.cwd,
    env: spec.env,
    detached: true,
    stdio: ['ignore', log, log, 'pipe'],
    ...(spec.user === undefined ? {} : spec.user),
  });
  closeSync(log);
  const ended = new Promise<ProcessExit>((resolve) => {
    child.once('exit', (code, exitSignal) => resolve({ code, signal: exitSignal }));
  });
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (cause) =>
      reject(new PlatformError(`${spec.name} could not be started: ${cause.message}.`, { cause })),
    );
  });
  const { pid } = child;
  if (pid === undefined) throw new PlatformError(`${spec.name} could not be started.`);
  const pipe = child.stdio[3] as Writable;
  pipe.on('error', () => pipe.destroy());
  const exited = ended.then(async (exit) => {
    pipe.end();
    for (let waitedMs = 0; livesGroup(pid) && waitedMs < GROUP_GONE_WITHIN_MS; waitedMs += GROUP_POLL_MS)
      await delay(GROUP_POLL_MS);
    return exit;
  });
  return {
    pid,
    exited,
    stop() {
      pipe.end();
      return exited;
    },
  };
}
