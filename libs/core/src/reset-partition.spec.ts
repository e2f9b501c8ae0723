import { TOPICS } from '@docstream/contracts';
import { beforeEach, describe, expect, it } from '@jest/globals';
import { OwnershipLostError } from './errors.js';
import { decodeOffsetMetadata } from './offset-metadata.js';
import type { CommittedPosition, ConsumedRecord, OutgoingRecord } from './ports/broker.js';
import type { ClusterAdmin } from './ports/cluster-admin.js';
import type { EventCodec } from './ports/event-codec.js';
import { buildPositionRecord, buildResetRecord } from './position-record.js';
import { resetPartition, type ResetOrder, type ResetOutcome } from './reset-partition.js';

const GROUP = 'docstream.parser.v1';
const AT = { topic: TOPICS.ingest.name, partition: 0 };
const RESET = { auditId: '01k8z', timeMs: 1_900_000_000_000 };
/** A stock broker lets a new group wait for three seconds before anything of the positions topic is read. */
const READING_MS = 3_000;
const RETAKE_MS = 1_500;

const codec = {
  encode: async (_: unknown, event: unknown) => Buffer.from(JSON.stringify(event)),
  decode: async (_: unknown, bytes: Uint8Array) => JSON.parse(Buffer.from(bytes).toString()) as unknown,
} as Pick<EventCodec, 'encode' | 'decode'>;

/** One partition whose owner never rests: fenced, it takes over again 1.5 s later and goes on by ten records. */
class BusyPartition implements Pick<ClusterAdmin, 'movePosition' | 'newestOf' | 'logRanges'> {
  committed: CommittedPosition | null = { offset: 100n, metadata: 'v1' };
  readonly published: OutgoingRecord[] = [];
  readonly range = { start: 0n, end: 1_000n };
  fences = 0;
  reads = 0;
  /** Called while the positions topic is read, with how often it was. */
  onRead: (reads: number) => Promise<void> | void = () => undefined;
  /** Times that the owner is back before we have published. */
  isQuick = 0;
  hasOwner = true;
  #nowMs = 0;
  #epoch = 0;
  #retakesAtMs = Infinity;

  async movePosition(...[, , decide]: Parameters<ClusterAdmin['movePosition']>): Promise<boolean> {
    this.fences += 1;
    this.#epoch += 1;
    const epoch = this.#epoch;
    if (this.hasOwner) this.#retakesAtMs = this.#nowMs + RETAKE_MS;
    const change = await decide(this.committed);
    if (change === null) return false;
    this.isQuick -= 1;
    if (this.isQuick >= 0) this.#pass(RETAKE_MS);
    if (this.#epoch !== epoch) throw new OwnershipLostError('fenced');
    this.committed = change.position;
    this.published.push(...change.records);
    return true;
  }

  async newestOf(_: string, key: Uint8Array): Promise<ConsumedRecord | null> {
    this.reads += 1;
    const found = this.published.findLast((record) => Buffer.compare(record.key ?? key, key) === 0);
    this.#pass(READING_MS);
    await this.onRead(this.reads);
    return found === undefined ? null : { partition: 0, offset: 0n, timestampMs: 0, ...found };
  }

  async logRanges(topic: string) {
    return [{ topic, partition: 0, range: this.range }];
  }

  async mirror(position: CommittedPosition): Promise<void> {
    this.published.push(await buildPositionRecord(TOOLS, AT, position));
  }

  #pass(ms: number): void {
    this.#nowMs += ms;
    if (this.#nowMs < this.#retakesAtMs) return;
    this.#epoch += 1;
    this.#retakesAtMs = Infinity;
    if (this.committed?.metadata.startsWith('v1') === true)
      this.committed = { offset: this.committed.offset + 10n, metadata: this.committed.metadata };
  }
}

const TOOLS = { group: GROUP, codec, clock: { nowMs: () => 0 } };
let cluster: BusyPartition;
beforeEach(() => {
  cluster = new BusyPartition();
});

function reset(isRepeated: boolean, target: ResetOrder['target'] = BACK): Promise<ResetOutcome> {
  const order = { group: GROUP, partition: AT, reset: RESET, target, isRepeated };
  return resetPartition({ admin: cluster, codec, clock: TOOLS.clock }, order);
}
const BACK = { kind: 'move', to: 20n, direction: 'back' } as const;
const belowOf = ({ committed }: BusyPartition): bigint | undefined =>
  decodeOffsetMetadata(committed?.offset ?? 0n, committed?.metadata ?? '').reset?.below;
const done = async (): Promise<void> => {
  const recorded = { auditId: RESET.auditId, previousWatermark: 100n };
  cluster.published.push(await buildResetRecord(TOOLS, AT, { offset: 20n, metadata: 'v1' }, recorded));
};

describe('resetPartition', () => {
  it('moves a busy partition with one fence when nothing has to be looked up', async () => {
    expect(await reset(false)).toMatchObject({ kind: 'moved', from: { offset: 100n }, to: 20n });
    expect([cluster.fences, cluster.reads, belowOf(cluster)]).toEqual([1, 0, 100n]);
  });

  it('continues against an owner that is back before the topic is read: it reads between two fences', async () => {
    expect(await reset(true)).toMatchObject({ kind: 'moved', from: { offset: 110n }, to: 20n });
    expect([cluster.fences, cluster.reads, belowOf(cluster)]).toEqual([2, 1, 110n]);
  });

  it('finds what an interrupted command had carried out, with one fence', async () => {
    await done();
    expect(await reset(true)).toEqual({ kind: 'found' });
    expect([cluster.fences, cluster.committed?.offset]).toEqual([1, 110n]);
  });

  it('finds it in the metadata, without reading, while its records are still read again', async () => {
    cluster.committed = { offset: 20n, metadata: `v1;r=${RESET.auditId}:1:28` };
    expect(await reset(true)).toEqual({ kind: 'found' });
    expect(cluster.reads).toBe(0);
  });

  it('looks again after a commit whose outcome nobody knows, and moves once', async () => {
    cluster.isQuick = 1;
    expect(await reset(false)).toMatchObject({ kind: 'moved', from: { offset: 120n } });
    expect([cluster.fences, cluster.reads, belowOf(cluster)]).toEqual([3, 1, 120n]);
  });

  it('gives up when the owner is always quicker', async () => {
    cluster.isQuick = Infinity;
    await expect(reset(true)).rejects.toThrow(OwnershipLostError);
    expect(cluster.committed?.metadata).toBe('v1');
  });

  it('does not move twice when somebody else carries the same reset out between the fences', async () => {
    cluster.onRead = async (reads) => {
      if (reads > 1) return;
      cluster.committed = { offset: 50n, metadata: 'v1' };
      await done();
    };
    expect(await reset(true)).toEqual({ kind: 'found' });
    expect(cluster.committed?.offset).toBe(60n);
  });

  it('moves what the mirror knows when Kafka forgot the offset, and nobody came in between', async () => {
    cluster.hasOwner = false;
    cluster.committed = null;
    await cluster.mirror({ offset: 70n, metadata: 'v1;d=3' });
    expect(await reset(false)).toMatchObject({ kind: 'moved', from: { offset: 70n, metadata: 'v1;d=3' } });
    expect([cluster.fences, cluster.reads, belowOf(cluster)]).toEqual([2, 1, 70n]);
  });

  it('believes the owner that restored the offset in between, not the mirror that it read', async () => {
    cluster.committed = null;
    await cluster.mirror({ offset: 70n, metadata: 'v1' });
    cluster.onRead = () => {
      cluster.committed = { offset: 90n, metadata: 'v1' };
    };
    expect(await reset(false)).toMatchObject({ kind: 'moved', from: { offset: 90n } });
  });

  it('reads the mirror again when the offset was overwritten from outside in between', async () => {
    cluster.committed = { offset: 5n, metadata: '' };
    await cluster.mirror({ offset: 70n, metadata: 'v1' });
    cluster.onRead = async (reads) => {
      if (reads > 1) return;
      await cluster.mirror({ offset: 80n, metadata: 'v1' });
      cluster.committed = { offset: 6n, metadata: '' };
    };
    expect(await reset(false)).toMatchObject({ kind: 'moved', from: { offset: 80n } });
    expect(cluster.reads).toBe(2);
  });

  it('records position and reset of the move in its transaction', async () => {
    await reset(true);
    const events = await Promise.all(
      cluster.published.map(async ({ key, value }) => ({
        key: Buffer.from(key ?? []).toString(),
        event: await codec.decode(TOPICS.positions, value ?? new Uint8Array()),
      })),
    );
    expect(events.map(({ key }) => key)).toEqual([
      `${GROUP}/${AT.topic}/0`,
      `${GROUP}/${AT.topic}/0/reset/${RESET.auditId}`,
    ]);
    expect(events.every(({ event }) => event.previousWatermark === 110)).toBe(true);
  });
});
