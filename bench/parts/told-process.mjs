// A process that is told a path a line and answers how long it took, one at a time.
import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { BenchError } from './bench-error.mjs';

const START_WITHIN_MS = 60_000;
const ANSWER_WITHIN_MS = 120_000;

/** Answers other than `ready`, `took …` and `failed …` are what a library prints: nobody listens. */
export class ToldProcess {
  #name;
  #child;
  #waiting = null;
  #stderr = '';

  constructor(name, command, args) {
    this.#name = name;
    this.#child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdin.on('error', () => this.#child.kill('SIGKILL'));
    this.#child.stderr.on('data', (bytes) => (this.#stderr = (this.#stderr + bytes).slice(-2_000)));
    createInterface({ input: this.#child.stdout }).on('line', (line) => {
      if (/^(ready|took|failed)\b/.test(line)) this.#waiting?.resolve(line);
    });
    const end = (how) =>
      this.#waiting?.reject(new BenchError(`${this.#name} ended (${how}): ${this.#stderr}`));
    this.#child.once('error', (error) => end(error.message));
    this.#child.once('close', (code, signal) => end(signal ?? code));
  }

  ready() {
    return this.#answer(START_WITHIN_MS);
  }

  /** Milliseconds for that file. */
  async run(path) {
    this.#child.stdin.write(`${path}\n`);
    const answer = await this.#answer(ANSWER_WITHIN_MS);
    if (!answer.startsWith('took ')) throw new BenchError(`${this.#name} could not read ${path}: ${answer}`);
    return Number(answer.slice('took '.length));
  }

  stop() {
    this.#child.kill('SIGKILL');
  }

  #answer(withinMs) {
    this.#waiting = Promise.withResolvers();
    const late = new BenchError(`${this.#name} did not answer within ${withinMs / 1_000} s`);
    const timer = setTimeout(() => this.#waiting?.reject(late), withinMs);
    return this.#waiting.promise.finally(() => {
      clearTimeout(timer);
      this.#waiting = null;
    });
  }
}
