// Runs one command to its end, as a shell's `exec` would: signals go to it, its exit code comes back, and it does not
// outlive us. Dependency-free and plain for any Node >= 20.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { fileURLToPath } from 'node:url';

const PARENT_POLL_MS = 500;
const endWithParent = fileURLToPath(new URL('./end-with-parent.mjs', import.meta.url));

/**
 * Starts Node with `args`; resolves with the exit code (128 + number for a signal). `onStart` gets the child.
 * The child gets SIGTERM when we die, however that happens, through the channel that end-with-parent.mjs watches.
 */
export function runNode(node, args, { env = process.env, onStart = () => undefined } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, ['--import', endWithParent, ...args], {
      env,
      stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
    });
    // In a terminal Ctrl-C reaches the child by itself too: a second signal of the same kind must do no harm.
    const forward = (signal) => child.kill(signal);
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    // Under `npm run` nobody but npm waits for us: when it was killed, this ends too.
    const parent = process.ppid;
    const watch = setInterval(() => {
      if (process.env.npm_lifecycle_event !== undefined && process.ppid !== parent) child.kill('SIGTERM');
    }, PARENT_POLL_MS);
    const settle = () => {
      clearInterval(watch);
      for (const signal of signals) process.removeListener(signal, forward);
    };
    child.once('error', (error) => {
      settle();
      reject(error);
    });
    child.once('exit', (code, signal) => {
      settle();
      if (child.connected) child.disconnect();
      resolve(code ?? 128 + constants.signals[signal]);
    });
    onStart(child);
  });
}
