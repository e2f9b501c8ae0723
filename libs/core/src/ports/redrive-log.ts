import type { Coordinates } from '../envelope.js';
import type { TopicPartition } from './broker.js';

/** `begun`: perhaps it is on the target, perhaps not. `sent`: it is there. `refused`: the broker will never take it. */
export type RedriveState = 'begun' | 'sent' | 'refused';

export interface NewRedrive {
  /** `topic/partition/offset` of the dead letter. */
  readonly of: string;
  readonly target: TopicPartition;
  /** End of the target's log before anything was sent: the record can lie from here on only. */
  readonly searchFrom: bigint;
  /** The new run, in the record's headers. */
  readonly run: string;
  readonly documentId: string | null;
  readonly code: string | null;
}

export interface Redrive extends NewRedrive {
  readonly id: bigint;
  readonly state: RedriveState;
  readonly sentTo: Coordinates | null;
}

/** What was redriven. Errors: DependencyError DATABASE_UNAVAILABLE or DATABASE_NOT_MIGRATED. */
export interface RedriveLog {
  /** The newest redrive of each of these dead letters, by its coordinates. */
  find(letters: readonly string[]): Promise<ReadonlyMap<string, Redrive>>;
  /** Durable as `begun` when it resolves: before anything is sent. */
  begin(redrive: NewRedrive): Promise<Redrive>;
  end(
    id: bigint,
    outcome: { readonly sentTo: Coordinates } | { readonly refusedWith: string },
  ): Promise<void>;
  /** Runs `work` while nobody else works on that dead letter; null, without running it, when somebody does. */
  exclusively<T>(letter: string, work: () => Promise<T>): Promise<T | null>;
}
