import { HEADERS, readHeader, runIdOfReset, type Identity } from '@docstream/contracts';
import {
  PoisonError,
  buildEventHeaders,
  classifyError,
  requireReadable,
  type Clock,
  type ConsumedRecord,
  type Emission,
  type EventCodec,
  type Failure,
  type OutgoingRecord,
  type PositionReset,
  type StageContext,
  type StageDefinition,
  type Timed,
} from '@docstream/core';
import { outgoingBytes } from './record-size.js';

export interface StageTools<Loaded, Out> {
  readonly codec: EventCodec;
  readonly clock: Clock;
  /** Runs the stage's function, in a worker process or inline. */
  execute(input: Loaded, context: StageContext): Promise<Timed<Out>>;
}

export type StageResult = { readonly identity: Identity } & (
  { readonly outputs: readonly OutgoingRecord[] } | { readonly failure: Failure }
);

/** A record that is read again under a reset is a new run of its document. */
export function identityUnder(reset: PositionReset | null, identity: Identity): Identity {
  return reset === null ? identity : { ...identity, run: runIdOfReset(identity.run, reset) };
}

/** One record through one stage: decode → load → run → save → encode. Commits nothing; safe to repeat. */
export async function runStage<In, Loaded, Out>(
  record: ConsumedRecord,
  attempt: number,
  stage: StageDefinition<In, Loaded, Out>,
  tools: StageTools<Loaded, Out>,
  reset: PositionReset | null = null,
): Promise<StageResult> {
  let identity = identityUnder(reset, stage.identify(record));
  try {
    requireReadable(record);
    const decoded = await stage.decode(record);
    identity = identityUnder(reset, decoded.identity);
    const loaded = await stage.load(decoded.event, identity);
    const { documentId, run } = identity;
    const { value, runMs } = await tools.execute(loaded, {
      documentId,
      run,
      attempt,
      deadlineMs: stage.deadlineMs,
    });
    const emissions = await stage.save(value, decoded.event, identity, runMs);
    const outputs = await Promise.all(
      emissions.map((emission) => encodeEmission(emission, identity, stage.name, record, tools)),
    );
    return { identity, outputs };
  } catch (thrown) {
    return { identity, failure: classifyError(thrown) };
  }
}

async function encodeEmission(
  { topic, event }: Emission,
  identity: Identity,
  publisher: string,
  source: ConsumedRecord,
  { codec, clock }: Pick<StageTools<unknown, unknown>, 'codec' | 'clock'>,
): Promise<OutgoingRecord> {
  const traceparent = readHeader(source.headers, HEADERS.traceparent);
  const output: OutgoingRecord = {
    topic: topic.name,
    key: Buffer.from(identity.documentId),
    value: await codec.encode(topic, event),
    headers: buildEventHeaders({
      identity,
      publisher,
      event: topic.event,
      timeMs: clock.nowMs(),
      source,
      ...(traceparent === undefined ? {} : { traceparent }),
    }),
  };
  const bytes = outgoingBytes(output);
  if (bytes > topic.maxRecordBytes) {
    throw new PoisonError(
      'RECORD_TOO_LARGE',
      `the event has ${bytes} bytes, ${topic.name} takes ${topic.maxRecordBytes}`,
    );
  }
  return output;
}
