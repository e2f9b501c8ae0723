import type { EventName, EventTypes, Identity, StageName, TopicContract } from '@docstream/contracts';
import type { ConsumedRecord } from './ports/broker.js';
import type { NamedFunction, StageContext } from './ports/worker.js';

export interface RetryPolicy {
  /** Attempts for errors of class `unknown`, the first one included. */
  readonly maxAttempts: number;
  readonly initialDelayMs: number;
  readonly maxDelayMs: number;
}

export interface DecodedInput<In> {
  readonly event: In;
  readonly identity: Identity;
}

/** What a stage publishes for one input. */
export type Emission = {
  [Name in EventName]: { readonly topic: TopicContract<Name>; readonly event: EventTypes[Name] };
}[EventName];

/**
 * A stage: one pure function (`run`) and the little that surrounds it. Everything that can be retried or committed is
 * the runtime's. `decode`, `load` and `save` may do I/O through ports and must be safe to repeat.
 */
export interface StageDefinition<In, Loaded, Out> {
  readonly name: StageName;
  readonly consumes: TopicContract;
  readonly retry: RetryPolicy;
  /** Limit for `run`, in milliseconds. */
  readonly deadlineMs: number;
  /** Total: says which document a record is about, also when it can't be decoded. */
  identify(record: ConsumedRecord): Identity;
  decode(record: ConsumedRecord): Promise<DecodedInput<In>>;
  /** Redeems claim checks. */
  load(event: In, identity: Identity): Promise<Loaded>;
  /** The pure function, by name, so that it can cross into a worker process; `inline` for the trivial. */
  readonly run: NamedFunction | { readonly inline: (input: Loaded, context: StageContext) => Promise<Out> };
  /** Deposits by content hash: safe to repeat. */
  save(value: Out, event: In, identity: Identity, runMs: number): Promise<readonly Emission[]>;
}
