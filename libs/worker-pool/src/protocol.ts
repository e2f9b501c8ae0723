import type { StageContext } from '@docstream/core';

/** An error on its way between processes. */
export interface ErrorFacts {
  readonly name: string;
  readonly message: string;
  readonly stack?: string;
  /** Set when it was a DocstreamError. */
  readonly code?: string;
  readonly dependency?: string;
  readonly facts?: Readonly<Record<string, string | number | boolean>>;
}

export type ToChild =
  | {
      readonly type: 'start';
      readonly module: string;
      readonly export: string;
      readonly warmUp: unknown;
      readonly memoryBytes: number;
      readonly outputBytes: number;
      /** In a sandbox: whether the module may start threads. */
      readonly threads: boolean;
    }
  | { readonly type: 'work'; readonly call: number; readonly input: unknown; readonly context: StageContext };

/** What every answer tells besides: the state of the child after the call. */
interface State {
  readonly call: number;
  readonly residentBytes: number;
  /** A promise failed that nobody waited for: of this call, or of one before. */
  readonly hasStrays: boolean;
}

/** How a call ended. */
export type Answer =
  /** `output` is serialized by node:v8. */
  | (State & { readonly type: 'output'; readonly output: Uint8Array })
  | (State & { readonly type: 'output-too-large'; readonly bytes: number })
  | (State & { readonly type: 'error'; readonly error: ErrorFacts })
  /** Thrown past everybody, by this call or by what one before left running; the child ends. */
  | (State & { readonly type: 'stray'; readonly error: ErrorFacts });

export type ToParent =
  | { readonly type: 'ready' }
  | { readonly type: 'start-failed'; readonly error: ErrorFacts }
  /** The function is called next: what happens to the child from here on may be this call's doing. */
  | { readonly type: 'begun'; readonly call: number }
  | Answer;
