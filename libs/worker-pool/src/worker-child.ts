import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { NamedFunction, StageContext } from '@docstream/core';
import type { Answer, ErrorFacts, ToChild, ToParent } from './protocol.js';
import { sandboxFlags, type Sandbox } from './sandbox.js';

// Beside this file: child.js when built, child.ts in tests (Node strips the types).
const ENTRY = new URL(import.meta.url.endsWith('.ts') ? './child.ts' : './child.js', import.meta.url);
const SCOPE = new URL('../package.json', import.meta.url);
const MEBIBYTE = 1_048_576;
const STDERR_KEPT = 4096;

export interface ChildOptions {
  readonly function: NamedFunction;
  readonly warmUp: unknown;
  readonly env: Readonly<Record<string, string>>;
  readonly execArgv: readonly string[];
  readonly sandbox?: Sandbox;
  /** Resident memory above which the child kills itself. */
  readonly memoryMb: number;
  readonly outputBytes: number;
}

export interface ChildListener {
  onReady(child: WorkerChild): void;
  onStartFailed(child: WorkerChild, error: ErrorFacts): void;
  onBegun(child: WorkerChild, call: number): void;
  onAnswer(child: WorkerChild, answer: Answer): void;
  /** Once, whatever ended it. */
  onEnd(child: WorkerChild, how: string, ranOutOfHeap: boolean): void;
}

/** One child process: empty environment, no standard input, nothing of its output kept but the end of stderr. */
export class WorkerChild {
  isReady = false;
  hasEnded = false;
  /** Calls given to it so far. */
  calls = 0;
  readonly ended: Promise<void>;
  private readonly process: ChildProcess;
  private stderr = '';

  constructor(options: ChildOptions, listener: ChildListener) {
    this.process = fork(fileURLToPath(ENTRY), [], {
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
      env: { ...options.env },
      execArgv: [
        `--max-old-space-size=${options.memoryMb}`,
        // A limit alone makes V8 collect early: a third more CPU for each PDF [measured]. More than this lets the heap of
        // large PDFs grow until the child counts as worn out and the next one begins cold: a fifth more time [measured].
        `--initial-old-space-size=${Math.floor(options.memoryMb / 4)}`,
        ...sandboxed(options),
        ...options.execArgv,
      ],
    });
    this.process.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.stderr = (this.stderr + text).slice(-STDERR_KEPT);
    });
    this.process.on('message', (message: ToParent) => {
      if (message.type === 'ready') {
        if (this.isReady) return;
        this.isReady = true;
        listener.onReady(this);
      } else if (message.type === 'start-failed') listener.onStartFailed(this, message.error);
      else if (message.type === 'begun') listener.onBegun(this, message.call);
      else listener.onAnswer(this, message);
    });
    this.ended = new Promise((resolve) => {
      const end = (how: string): void => {
        if (this.hasEnded) return;
        this.hasEnded = true;
        resolve();
        listener.onEnd(this, how, /heap out of memory|heap limit|Allocation failed/i.test(this.stderr));
      };
      this.process.on('close', (code, signal) =>
        end(signal === null ? `exit code ${code}` : `signal ${signal}`),
      );
      this.process.on('error', (error) => {
        // A failed send is followed by `close`; a failed start is not.
        if (this.process.pid === undefined) end(error.message);
      });
    });
    this.send({
      type: 'start',
      module: options.function.module.href,
      export: options.function.export,
      warmUp: options.warmUp,
      memoryBytes: options.memoryMb * MEBIBYTE,
      outputBytes: options.outputBytes,
      threads: options.sandbox?.threads ?? false,
    });
  }

  get pid(): number | undefined {
    return this.process.pid;
  }

  work(call: number, input: unknown, context: StageContext): void {
    this.calls += 1;
    this.send({ type: 'work', call, input, context });
  }

  kill(): void {
    this.process.kill('SIGKILL');
  }

  private send(message: ToChild): void {
    // A child that is gone reports it by `close`; what could not be sent to it is its call's failure then.
    this.process.send(message, () => undefined);
  }
}

/** The module itself, this side's entry, and the package.json that tells Node how to read it come with the rest. */
function sandboxed({ sandbox, function: named }: ChildOptions): readonly string[] {
  if (sandbox === undefined) return [];
  return sandboxFlags({ ...sandbox, readable: [ENTRY, SCOPE, named.module, ...sandbox.readable] });
}
