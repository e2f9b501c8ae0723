import { SERVICES, gapStateOfKey, groupOf, type GapState, type Position } from '@docstream/contracts';
import type { DocumentChange, RunError } from './document-change.js';
import { formatCoordinates, requireReadable } from './envelope.js';
import type { ConsumedRecord, TopicPartition } from './ports/broker.js';

/**
 * A range [from, to) of a stage's input that the stage never reads. Runs whose record lies in it end there, unless a
 * later event shows that the record was read before (done above the watermark). Their rows do not depend on which is
 * read first, the gap or the records in it.
 */
export interface GapChange extends TopicPartition {
  readonly kind: 'gap';
  readonly state: GapState;
  readonly group: string;
  readonly from: bigint;
  readonly to: bigint;
  readonly atMs: number;
  /** Coordinates of the record that tells of it. */
  readonly source: string;
  readonly auditId: string | null;
  /** What the runs in it say. */
  readonly error: RunError;
}

/** What one record changes in the store's rows. */
export type StoreChange = DocumentChange | GapChange;

export function isGap(change: StoreChange): change is GapChange {
  return 'kind' in change;
}

/** Null for an ordinary position; then nothing needs to be decoded. */
export async function readGap(
  record: ConsumedRecord,
  decode: (value: Uint8Array) => Promise<Position>,
): Promise<GapChange | null> {
  requireReadable(record);
  const state = gapStateOfKey(record.key);
  if (state === null || record.value === null) return null;
  const { group, topic, partition, lostFrom, lostTo, auditId } = await decode(record.value);
  if (lostFrom === null || lostTo === null || lostTo <= lostFrom) return null;
  const [from, to] = [BigInt(lostFrom), BigInt(lostTo)];
  const source = formatCoordinates(record);
  const range = `${topic}/${partition} from ${from} to ${to - 1n}`;
  const stage = SERVICES.find((service) => groupOf(service) === group) ?? group;
  const error =
    state === 'lost'
      ? { stage, code: 'RECORD_LOST', message: `retention deleted ${range} before it was read` }
      : {
          stage,
          code: 'RECORD_SKIPPED',
          message: `a reset (${auditId ?? 'no audit id'}) went past ${range}`,
        };
  return {
    kind: 'gap',
    state,
    group,
    topic,
    partition,
    from,
    to,
    atMs: record.timestampMs,
    source,
    auditId,
    error,
  };
}
