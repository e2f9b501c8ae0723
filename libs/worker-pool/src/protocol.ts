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
    }
  | { readonly type: 'work'; readonly call: number; readonly input: unknown; readonly context: StageContext };

/** What every answer tells besides: the child's resident memory after the call. */
interface Answer {
  readonly call: number;
  readonly residentBytes: number;
}

export type ToParent =
  | { readonly type: 'ready' }
  | { readonly type: 'start-failed'; readonly error: ErrorFacts }
  /** `output` is serialized by node:v8. */
  | (Answer & { readonly type: 'output'; readonly output: Uint8Array })
  | (Answer & { readonly type: 'output-too-large'; readonly bytes: number })
  | (Answer & { readonly type: 'error'; readonly error: ErrorFacts });
