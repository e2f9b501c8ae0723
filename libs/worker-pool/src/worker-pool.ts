import { deserialize } from 'node:v8';
import type { ErrorCode } from '@docstream/contracts';
import {
  DocstreamError,
  OwnershipLostError,
  PoisonError,
  type NamedFunction,
  type StageContext,
  type Timed,
  type WorkerPool,
} from '@docstream/core';
import type { Answer, ErrorFacts } from './protocol.js';
import { readUsage } from './process-usage.js';
import { reviveError } from './revive-error.js';
import type { Sandbox } from './sandbox.js';
import { WorkerChild } from './worker-child.js';

const MEBIBYTE = 1_048_576;
const USAGE_POLL_MS = 100;
/** A child that holds more than this share of its memory after a call is replaced. */
const WORN_OUT_SHARE = 0.5;

export interface WorkerPoolOptions {
  /** Its module may also export `warmUp(value)`, awaited before the first call. */
  readonly function: NamedFunction;
  /** Children that work side by side. */
  readonly size: number;
  /** No child is started before `ready` or `run` is called; otherwise at once. */
  readonly startsWhenAsked?: boolean;
  /** Given to the module's `warmUp`; plain data. */
  readonly warmUp?: unknown;
  readonly limits: {
    /** Upper bound of a call's `context.deadlineMs`, in milliseconds. */
    readonly wallMs?: number;
    /** CPU time of a call (user and system, all threads), in milliseconds, to within 100 ms; no limit by default. */
    readonly cpuMs?: number;
    /** Resident memory of a child while it works, looked at every 10 ms by itself and every 100 ms from here. */
    readonly memoryMb: number;
    /** Serialized output of a call. */
    readonly outputBytes: number;
    /** Import and `warmUp` together, in milliseconds; 120,000 by default. */
    readonly startMs?: number;
  };
  /** False: a call over its wall time fails at once, without a second try on a fresh child. */
  readonly retriesTimeouts?: boolean;
  /** Calls after which a child is replaced; never by default. */
  readonly recycleAfter?: number;
  /** What a stage calls these failures; WORK_TIMEOUT, WORK_OUT_OF_MEMORY and PARSE_OUTPUT_TOO_LARGE by default. */
  readonly codes?: {
    readonly timeout?: ErrorCode;
    readonly memory?: ErrorCode;
    readonly output?: ErrorCode;
    /** What was thrown past the function, from a callback; by default a bug, as what it throws itself. */
    readonly stray?: ErrorCode;
  };
  /** The children's whole environment; empty by default. */
  readonly env?: Readonly<Record<string, string>>;
  readonly execArgv?: readonly string[];
  /** Takes everything from the children but reading these files; none by default. */
  readonly sandbox?: Sandbox;
}

export interface ReadyWorkerPool<Input, Output> extends WorkerPool<Input, Output> {
  /** Resolves when every child is warm; fails with what the module or its `warmUp` threw. */
  ready(): Promise<void>;
  /** Process ids of the children alive, for diagnosis and tests. */
  pids(): readonly number[];
}

type Doom = 'timeout' | 'cpu' | 'memory' | 'closed' | 'start-timeout' | 'recycled';

interface Call {
  readonly id: number;
  readonly input: unknown;
  readonly context: StageContext;
  readonly resolve: (output: Timed<unknown>) => void;
  readonly reject: (error: Error) => void;
  /** When a child began with it, by the monotonic clock; until the child says so, when it was given to the child. */
  startedMs: number;
  /** Waits for a child that has done nothing else, so that whatever happens to that one is this call's doing. */
  needsFresh: boolean;
  /** Broke a limit, or threw past everybody, once already. */
  isRetry: boolean;
}

interface Slot {
  readonly child: WorkerChild;
  call: Call | null;
  /** The child has said that it works on the call. */
  hasBegun: boolean;
  timer: NodeJS.Timeout | null;
  /** CPU time of the child when its call was first looked at. */
  cpuAtStartMs: number | null;
  /** Why we killed it. */
  doom: Doom | null;
  startError: Error | null;
}

class ForkedWorkerPool implements ReadyWorkerPool<unknown, unknown> {
  private readonly slots = new Map<WorkerChild, Slot>();
  private readonly queue: Call[] = [];
  private waitingForReady: { readonly resolve: () => void; readonly reject: (error: Error) => void }[] = [];
  private startFailure: Error | null = null;
  private nextCall = 1;
  private isClosed = false;
  private usageTimer: NodeJS.Timeout | null = null;

  constructor(private readonly options: WorkerPoolOptions) {
    if (options.startsWhenAsked !== true) this.refill();
  }

  run(input: unknown, context: StageContext): Promise<Timed<unknown>> {
    if (this.isClosed) return Promise.reject(this.closedError());
    return new Promise((resolve, reject) => {
      const state = { startedMs: 0, needsFresh: false, isRetry: false };
      this.queue.push({ id: this.nextCall, input, context, resolve, reject, ...state });
      this.nextCall += 1;
      this.startFailure = null;
      this.refill();
      this.dispatch();
    });
  }

  ready(): Promise<void> {
    if (this.isClosed) return Promise.reject(this.closedError());
    return new Promise((resolve, reject) => {
      this.waitingForReady.push({ resolve, reject });
      this.startFailure = null;
      this.refill();
      this.answerReady();
    });
  }

  pids(): readonly number[] {
    return [...this.slots.values()].flatMap(({ child }) => child.pid ?? []);
  }

  async close(): Promise<void> {
    this.isClosed = true;
    if (this.usageTimer !== null) clearInterval(this.usageTimer);
    const error = this.closedError();
    for (const call of this.queue.splice(0)) call.reject(error);
    for (const waiting of this.waitingForReady.splice(0)) waiting.reject(error);
    const children = [...this.slots.values()];
    for (const slot of children) {
      this.release(slot)?.reject(error);
      this.doom(slot, 'closed');
    }
    await Promise.all(children.map(({ child }) => child.ended));
  }

  private closedError(): Error {
    return new OwnershipLostError('The worker pool was closed.');
  }

  /** Replaces what ended; not after a failed start, until the next call asks again. */
  private refill(): void {
    const { limits, warmUp, function: named, env = {}, execArgv = [], sandbox } = this.options;
    const { memoryMb, outputBytes } = limits;
    while (!this.isClosed && this.startFailure === null && this.slots.size < this.options.size) {
      const child = new WorkerChild(
        {
          function: named,
          warmUp,
          env,
          execArgv,
          memoryMb,
          outputBytes,
          ...(sandbox === undefined ? {} : { sandbox }),
        },
        {
          onReady: (ready) => this.onReady(ready),
          onStartFailed: (failed, error) => this.onStartFailed(failed, error),
          onBegun: (from, call) => this.onBegun(from, call),
          onAnswer: (from, answer) => this.onAnswer(from, answer),
          onEnd: (ended, how, ranOutOfHeap) => this.onEnd(ended, how, ranOutOfHeap),
        },
      );
      const slot: Slot = {
        child,
        call: null,
        hasBegun: false,
        timer: null,
        cpuAtStartMs: null,
        doom: null,
        startError: null,
      };
      slot.timer = setTimeout(() => this.doom(slot, 'start-timeout'), limits.startMs ?? 120_000);
      this.slots.set(child, slot);
    }
  }

  private dispatch(): void {
    for (const slot of this.slots.values()) {
      if (!slot.child.isReady || slot.call !== null || slot.doom !== null) continue;
      const index = this.queue.findIndex((call) => !call.needsFresh || slot.child.calls === 0);
      const [call] = index < 0 ? [] : this.queue.splice(index, 1);
      if (call !== undefined) this.begin(slot, call);
    }
  }

  private begin(slot: Slot, call: Call): void {
    slot.call = call;
    slot.hasBegun = false;
    this.startClock(slot, call);
    slot.child.work(call.id, call.input, { ...call.context, deadlineMs: this.deadlineOf(call) });
    this.usageTimer ??= setInterval(() => void this.checkUsage(), USAGE_POLL_MS);
  }

  private startClock(slot: Slot, call: Call): void {
    if (slot.timer !== null) clearTimeout(slot.timer);
    slot.cpuAtStartMs = null;
    call.startedMs = performance.now();
    slot.timer = setTimeout(() => this.doom(slot, 'timeout'), this.deadlineOf(call));
  }

  private deadlineOf({ context }: Call): number {
    return Math.min(context.deadlineMs, this.options.limits.wallMs ?? Infinity);
  }

  /** What the child did until now was left over from the call before. */
  private onBegun(child: WorkerChild, id: number): void {
    const slot = this.slots.get(child);
    if (slot === undefined || slot.call?.id !== id || slot.doom !== null || slot.hasBegun) return;
    slot.hasBegun = true;
    this.startClock(slot, slot.call);
  }

  private async checkUsage(): Promise<void> {
    const busy = [...this.slots.values()].filter((slot) => slot.call !== null && slot.doom === null);
    if (busy.length === 0) {
      if (this.usageTimer !== null) clearInterval(this.usageTimer);
      this.usageTimer = null;
      return;
    }
    const calls = new Map(busy.map((slot) => [slot, slot.call]));
    const usages = await readUsage(busy.flatMap(({ child }) => child.pid ?? []));
    const { cpuMs = Infinity, memoryMb } = this.options.limits;
    for (const slot of busy) {
      const usage = usages.get(slot.child.pid ?? 0);
      // What was measured may be of the call before.
      if (usage === undefined || slot.call === null || slot.call !== calls.get(slot)) continue;
      slot.cpuAtStartMs ??= usage.cpuMs;
      if (usage.residentBytes > memoryMb * MEBIBYTE) this.doom(slot, 'memory');
      else if (usage.cpuMs - slot.cpuAtStartMs > cpuMs) this.doom(slot, 'cpu');
    }
  }

  private doom(slot: Slot, why: Doom): void {
    if (slot.doom !== null || slot.child.hasEnded) return;
    slot.doom = why;
    slot.child.kill();
  }

  /** Takes the call from the child, its timer with it. */
  private release(slot: Slot): Call | null {
    const { call } = slot;
    if (slot.timer !== null) clearTimeout(slot.timer);
    slot.timer = null;
    slot.call = null;
    return call;
  }

  private onReady(child: WorkerChild): void {
    const slot = this.slots.get(child);
    if (slot === undefined || slot.doom !== null) return;
    this.release(slot);
    this.answerReady();
    this.dispatch();
  }

  private answerReady(): void {
    const slots = [...this.slots.values()];
    // One that is about to be replaced does not count.
    const isWarm = ({ child, doom }: Slot): boolean => child.isReady && doom === null;
    if (slots.length < this.options.size || !slots.every(isWarm)) return;
    for (const { resolve } of this.waitingForReady.splice(0)) resolve();
  }

  private onStartFailed(child: WorkerChild, error: ErrorFacts): void {
    const slot = this.slots.get(child);
    if (slot === undefined) return;
    slot.startError = reviveError(error);
    slot.child.kill();
  }

  private onAnswer(child: WorkerChild, answer: Answer): void {
    const slot = this.slots.get(child);
    if (slot?.call?.id !== answer.call || slot.doom !== null) return;
    const call = this.release(slot);
    if (this.isWornOut(child, answer)) this.doom(slot, 'recycled');
    switch (answer.type) {
      case 'output':
        if (call !== null) this.resolveCall(call, answer.output);
        break;
      case 'output-too-large': {
        const { outputBytes } = this.options.limits;
        call?.reject(
          new PoisonError(
            this.options.codes?.output ?? 'PARSE_OUTPUT_TOO_LARGE',
            `The result has ${answer.bytes} bytes; ${outputBytes} are allowed.`,
            { facts: { bytes: answer.bytes, limitBytes: outputBytes } },
          ),
        );
        break;
      }
      case 'error':
        call?.reject(reviveError(answer.error));
        break;
      case 'stray':
        if (call !== null) this.failStray(call, answer.error);
        break;
    }
    this.dispatch();
  }

  private resolveCall(call: Call, output: Uint8Array): void {
    const runMs = Math.round(performance.now() - call.startedMs);
    try {
      call.resolve({ value: deserialize(output), runMs });
    } catch (cause) {
      // Only a child that is no longer itself sends what can't be read; it must not take this process with it.
      call.reject(new DocstreamError('WORKER_CRASHED', 'The worker’s answer can’t be read.', { cause }));
    }
  }

  /** What a document left behind in memory would be held against the next one. */
  private isWornOut({ calls }: WorkerChild, { type, hasStrays, residentBytes }: Answer): boolean {
    const { limits, recycleAfter = Infinity } = this.options;
    if (hasStrays || type === 'stray' || calls >= recycleAfter) return true;
    return residentBytes > limits.memoryMb * MEBIBYTE * WORN_OUT_SHARE;
  }

  /** It may be of the call before: only what happens again on a fresh child is this call's. */
  private failStray(call: Call, error: ErrorFacts): void {
    const { stray } = this.options.codes ?? {};
    if (!call.isRetry) this.retry(call);
    else if (stray === undefined) call.reject(reviveError(error));
    else {
      const message = `Work on the document failed outside the function (${error.name}), twice.`;
      call.reject(new PoisonError(stray, message, { cause: reviveError(error) }));
    }
  }

  private retry(call: Call): void {
    call.isRetry = true;
    this.handBack(call);
  }

  /** To the head of the queue, for a fresh child. */
  private handBack(call: Call): void {
    call.needsFresh = true;
    this.queue.unshift(call);
  }

  private onEnd(child: WorkerChild, how: string, ranOutOfHeap: boolean): void {
    const slot = this.slots.get(child);
    if (slot === undefined) return;
    this.slots.delete(child);
    const call = this.release(slot);
    if (!child.isReady && slot.doom !== 'closed') {
      this.failStart(
        slot.startError ??
          new DocstreamError(
            'WORKER_CRASHED',
            slot.doom === 'start-timeout'
              ? 'The worker process did not get ready in time.'
              : `The worker process ended while it started (${how}).`,
          ),
      );
    } else if (call !== null) this.failCall(call, slot, slot.doom ?? (ranOutOfHeap ? 'memory' : null), how);
    this.refill();
    this.dispatch();
  }

  /** A call pays for what it did itself: until its child is known to be at it, or was fresh, the one before may have. */
  private failCall(call: Call, { child, hasBegun }: Slot, why: Doom | null, how: string): void {
    const isLimit = why === 'timeout' || why === 'cpu' || why === 'memory';
    if (!call.needsFresh && (!hasBegun || (!isLimit && child.calls > 1))) this.handBack(call);
    else if (!isLimit) {
      const message = `The worker process ended while it worked on the document (${how}).`;
      call.reject(new DocstreamError('WORKER_CRASHED', message));
    } else if (!call.isRetry && (why !== 'timeout' || this.options.retriesTimeouts !== false)) {
      this.retry(call);
    } else call.reject(this.limitError(why, call));
  }

  private limitError(why: 'timeout' | 'cpu' | 'memory', call: Call): Error {
    const { codes = {}, limits } = this.options;
    const times = call.isRetry ? ', twice' : '';
    if (why === 'memory') {
      return new PoisonError(
        codes.memory ?? 'WORK_OUT_OF_MEMORY',
        `The document took more than ${limits.memoryMb} MiB of memory${times}.`,
        { facts: { memoryMb: limits.memoryMb } },
      );
    }
    if (why === 'cpu') {
      const { cpuMs = Infinity } = limits;
      return new PoisonError(
        codes.timeout ?? 'WORK_TIMEOUT',
        `The document took more than ${cpuMs} ms of CPU time${times}.`,
        { facts: { cpuMs } },
      );
    }
    const deadlineMs = this.deadlineOf(call);
    return new PoisonError(
      codes.timeout ?? 'WORK_TIMEOUT',
      `The document took longer than ${deadlineMs} ms${times}.`,
      { facts: { deadlineMs } },
    );
  }

  /** No call can be worked on: all that wait are told why. */
  private failStart(error: Error): void {
    this.startFailure = error;
    for (const waiting of this.waitingForReady.splice(0)) waiting.reject(error);
    const canWork = [...this.slots.values()].some(({ child }) => child.isReady);
    // Some wait for a fresh child, which there won't be.
    const hopeless = this.queue.filter((call) => !canWork || call.needsFresh);
    for (const call of hopeless) this.queue.splice(this.queue.indexOf(call), 1);
    for (const call of hopeless) call.reject(error);
  }
}

/**
 * Runs a named function in killable child processes, first come, first served; its clock starts when its work does. A call that
 * breaks its time, CPU or memory limit is tried once more on a fresh child, then it is poison (`codes.timeout`, `codes.memory`);
 * one whose child crashes fails with WORKER_CRASHED, but only when it was at work in a fresh child: else another call may be to
 * blame, and it runs again. What the function throws comes back as the DocstreamError it was, or as an Error. After `close`
 * every call fails as `lost`.
 */
export function createWorkerPool<Input, Output>(options: WorkerPoolOptions): ReadyWorkerPool<Input, Output> {
  return new ForkedWorkerPool(options) as ReadyWorkerPool<Input, Output>;
}
