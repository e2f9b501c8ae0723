// Processes that are measured. Each ends with this one, however that ends: Node's by its channel, Java's by its stdin.
import { fork, spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { BenchError } from './bench-error.mjs';

const POLL_MS = 100;
const STOP_WITHIN_MS = 15_000;
const pathOf = (name) => fileURLToPath(new URL(`../children/${name}`, import.meta.url));

/** A running process with its peak of resident memory, in MiB; null where the system has no /proc. */
class Child {
  #process;
  #stop;
  #tail = '';
  #peakMb = null;
  #isStopping = false;

  constructor(child, stop) {
    this.#process = child;
    this.#stop = stop;
    child.stderr.on('data', (bytes) => (this.#tail = (this.#tail + bytes).slice(-2_000)));
    const timer = setInterval(() => this.#poll(), POLL_MS);
    this.exited = new Promise((resolve) => child.once('exit', resolve)).finally(() => clearInterval(timer));
  }

  /** Calls back with what the process tells. */
  onTold(listener) {
    this.#process.on('message', listener);
  }

  get peakMb() {
    this.#poll();
    return this.#peakMb;
  }

  /** Fails when the process ended by itself. */
  check() {
    if (this.#isStopping || (this.#process.exitCode === null && this.#process.signalCode === null)) return;
    throw new BenchError(
      `a measured process ended by itself: ${this.#tail.trim().split('\n').slice(-8).join('\n')}`,
    );
  }

  kill() {
    this.#isStopping = true;
    this.#process.kill('SIGKILL');
    return this.exited;
  }

  async stop() {
    if (this.#isStopping) return this.exited;
    this.#isStopping = true;
    const timer = setTimeout(() => this.#process.kill('SIGKILL'), STOP_WITHIN_MS);
    this.#stop(this.#process);
    await this.exited;
    clearTimeout(timer);
  }

  #poll() {
    // The kernel keeps the peak itself; it is gone with the process, hence the polling.
    const file = `/proc/${this.#process.pid}/status`;
    const peak = existsSync(file) ? /VmHWM:\s+(\d+) kB/.exec(readFileSync(file, 'utf8'))?.[1] : undefined;
    if (peak !== undefined) this.#peakMb = Number(peak) / 1_024;
  }
}

/** Starts children/`name`.mjs; `profile` is a folder for a CPU profile. */
export function startNode(name, settings, profile) {
  const execArgv = ['--disable-warning=TimeoutNegativeWarning'];
  if (profile !== undefined) execArgv.push('--cpu-prof', `--cpu-prof-dir=${profile}`);
  const child = fork(pathOf(`${name}.mjs`), [JSON.stringify(settings)], {
    execArgv,
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  });
  return new Child(child, () => child.connected && child.send('stop'));
}

/** Starts children/Copy.java with the jars of that folder. */
export function startStreams({ brokers, group, input, output, stateDir, jars }) {
  const java = process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java';
  const args = ['-cp', join(jars, '*'), pathOf('Copy.java'), brokers.join(), group, input, output, stateDir];
  const child = spawn(java, args, { stdio: ['pipe', 'ignore', 'pipe'] });
  return new Child(child, () => child.stdin.end());
}
