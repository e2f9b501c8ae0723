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
      readonly outputBytes: number;
    }
  | { readonly type: 'work'; readonly call: number; readonly input: unknown; readonly context: StageContext };

export type ToParent =
  | { readonly type: 'ready' }
  | { readonly type: 'start-failed'; readonly error: ErrorFacts }
  /** `output` is serialized by node:v8. */
  | { readonly type: 'output'; readonly call: number; readonly output: Uint8Array }
  | { readonly type: 'output-too-large'; readonly call: number; readonly bytes: number }
  | { readonly type: 'error'; readonly call: number; readonly error: ErrorFacts };
