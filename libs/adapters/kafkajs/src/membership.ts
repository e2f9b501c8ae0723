import {
  DependencyError,
  within,
  type Delivery,
  type Logger,
  type Membership,
  type MembershipListener,
  type TopicPartition,
} from '@docstream/core';
import kafkajs, { type Consumer, type EachBatchPayload } from 'kafkajs';
import type { KafkaClient } from './client.js';
import { KAFKA, toDocstreamError } from './errors.js';
import { nameFetchedOffsetOfEmptyBatches } from './fetched-offset.js';
import { onOffsetOutOfRange } from './out-of-range.js';
import { toConsumedRecord } from './records.js';
import { createStickyAssigner, nameOf, type Claim } from './sticky-assigner.js';

export interface MembershipSettings {
  /** How long a dead member keeps its partitions. */
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  /** Longest wait of a fetch; bounds how late a heartbeat is and how long a resumed partition waits. */
  readonly maxWaitMs: number;
  readonly maxBytesPerPartition: number;
}

export const DEFAULT_MEMBERSHIP: MembershipSettings = {
  sessionTimeoutMs: 10_000,
  rebalanceTimeoutMs: 8_000,
  maxWaitMs: 25,
  maxBytesPerPartition: 1_048_576,
};

/**
 * `joining` until the first assignment · `member` · `stopped`: kafkajs gave its consumer up and starts another one, which
 * joins anew · `left`: for good. Only a member has partitions that can be started, paused and resumed.
 */
type MembershipState = 'joining' | 'member' | 'stopped' | 'left';

interface Holding {
  claim: Claim;
  state: MembershipState;
}

/**
 * kafkajs consumer that only fetches and heartbeats. Every partition is paused in the same tick in which it is
 * assigned, so that nothing is delivered before the runtime has taken it over, or goes on with it, and calls `start`.
 */
export class KafkaMembership implements Membership {
  readonly #consumer: Consumer;
  readonly #listener: MembershipListener;
  readonly #logger: Logger;
  /** What we tell the group when it shares out the partitions anew. */
  readonly #holding: Holding;
  /** Where each started partition is read next: tells a batch fetched before the last `start` from one after it. */
  readonly #expected = new Map<string, bigint>();
  #memberId = '';
  #lastContactMs = Date.now();
  #stopWatching: () => void = () => undefined;
  /** We left while kafkajs had no member running: a join under way is beyond its reach. */
  #hasLeftMidJoin = false;

  private constructor(consumer: Consumer, holding: Holding, listener: MembershipListener, logger: Logger) {
    this.#consumer = consumer;
    this.#holding = holding;
    this.#listener = listener;
    this.#logger = logger;
  }

  static async join(
    client: KafkaClient,
    group: string,
    topics: readonly string[],
    listener: MembershipListener,
    logger: Logger,
    settings: MembershipSettings = DEFAULT_MEMBERSHIP,
  ): Promise<KafkaMembership> {
    const holding: Holding = { claim: { assignedAtMs: 0, owned: {} }, state: 'joining' };
    const consumer = client.consumer({
      groupId: group,
      // kafkajs's own assigner is not sticky; it stays on offer for members that know no other.
      partitionAssigners: [createStickyAssigner(() => holding.claim), kafkajs.PartitionAssigners.roundRobin],
      sessionTimeout: settings.sessionTimeoutMs,
      rebalanceTimeout: settings.rebalanceTimeoutMs,
      heartbeatInterval: 1_000,
      maxWaitTimeInMs: settings.maxWaitMs,
      maxBytesPerPartition: settings.maxBytesPerPartition,
      maxBytes: 16 * 1_048_576,
      readUncommitted: false,
      allowAutoTopicCreation: false,
      retry: {
        initialRetryTime: 100,
        maxRetryTime: 2_000,
        retries: 5,
        restartOnFailure: async () => holding.state !== 'left',
      },
    });
    nameFetchedOffsetOfEmptyBatches();
    const membership = new KafkaMembership(consumer, holding, listener, logger);
    membership.#watch(group);
    try {
      await consumer.connect();
      // fromBeginning is never used to begin (`start` always seeks), but `latest` would lose a backlog if it were.
      await consumer.subscribe({ topics: [...topics], fromBeginning: true });
      await consumer.run({
        autoCommit: false,
        eachBatchAutoResolve: false,
        partitionsConsumedConcurrently: 1_000,
        eachBatch: (payload) => membership.#deliver(payload),
      });
      return membership;
    } catch (error) {
      await membership.leave(2_000);
      throw toDocstreamError(error, `joining group ${group}`);
    }
  }

  start({ topic, partition }: TopicPartition, offset: bigint): void {
    this.#expected.set(nameOf({ topic, partition }), offset);
    if (this.#holding.state !== 'member') return;
    this.#consumer.seek({ topic, partition, offset: offset.toString() });
    this.#consumer.resume([{ topic, partitions: [partition] }]);
  }

  pause({ topic, partition }: TopicPartition): void {
    if (this.#holding.state === 'member') this.#consumer.pause([{ topic, partitions: [partition] }]);
  }

  resume({ topic, partition }: TopicPartition): void {
    if (this.#holding.state === 'member') this.#consumer.resume([{ topic, partitions: [partition] }]);
  }

  async commit({ topic, partition }: TopicPartition, offset: bigint): Promise<void> {
    try {
      await this.#consumer.commitOffsets([{ topic, partition, offset: offset.toString() }]);
    } catch (error) {
      throw toDocstreamError(error, `committing ${topic}/${partition}`);
    }
  }

  lastContactMs(): number {
    return this.#lastContactMs;
  }

  async leave(deadlineMs: number): Promise<void> {
    if (this.#hasLeft()) return;
    this.#hasLeftMidJoin = this.#holding.state !== 'member';
    this.#holding.state = 'left';
    this.#stopWatching();
    try {
      await within(
        deadlineMs,
        this.#consumer.disconnect(),
        () =>
          new DependencyError(
            'BROKER_UNAVAILABLE',
            KAFKA,
            `leaving the group took longer than ${deadlineMs} ms`,
          ),
      );
    } catch (error) {
      // The session expires at the broker in any case: leaving is a courtesy to the other members.
      this.#logger.warn('left the group without its consent', { error: String(error) });
    }
  }

  #hasLeft(): boolean {
    return this.#holding.state === 'left';
  }

  #watch(group: string): void {
    const { GROUP_JOIN, HEARTBEAT, FETCH, STOP, CRASH, END_BATCH_PROCESS } = this.#consumer.events;
    for (const event of [GROUP_JOIN, HEARTBEAT, FETCH] as const) {
      this.#consumer.on(event, () => void (this.#lastContactMs = Date.now()));
    }
    this.#consumer.on(STOP, () => {
      if (!this.#hasLeft()) this.#holding.state = 'stopped';
    });
    this.#consumer.on(GROUP_JOIN, ({ payload }) => {
      // Thrown here, it fails the join that a `disconnect` could not stop, and with it the consumer.
      if (this.#hasLeftMidJoin) throw new kafkajs.KafkaJSNonRetriableError('we left before we had joined');
      if (this.#hasLeft()) return;
      this.#holding.state = 'member';
      this.#memberId = payload.memberId;
      const assigned = Object.entries(payload.memberAssignment).flatMap(([topic, partitions]) =>
        partitions.map((partition) => ({ topic, partition })),
      );
      for (const partition of assigned) this.pause(partition);
      const { owned } = this.#holding.claim;
      const nowMs = Date.now();
      this.#holding.claim = {
        assignedAtMs: nowMs,
        owned: Object.fromEntries(assigned.map(nameOf).map((name) => [name, owned[name] ?? nowMs])),
      };
      this.#listener.onAssigned(assigned);
    });
    // A batch in which every record is a marker or aborted never reaches eachBatch, but moves the position.
    this.#consumer.on(END_BATCH_PROCESS, ({ payload }) => {
      const { topic, partition, batchSize, firstOffset: fetchedOffset, lastOffset } = payload;
      // kafkajs has resolved it: to ignore it, because the partition is paused since, would leave us behind for ever.
      if (batchSize > 0 || fetchedOffset === null || this.#hasLeft() || this.#isAhead(payload, fetchedOffset))
        return;
      this.#hand({ topic, partition, records: [], fetchPosition: BigInt(lastOffset) + 1n });
    });
    this.#consumer.on(CRASH, ({ payload }) => {
      this.#logger.warn('the consumer stopped', { error: payload.error.message, restarts: payload.restart });
      if (!payload.restart && !this.#hasLeft()) {
        this.#listener.onCrash(toDocstreamError(payload.error, `consuming as ${group}`));
      }
    });
    this.#stopWatching = onOffsetOutOfRange(group, (memberId, topic, partition) => {
      if (memberId === this.#memberId && !this.#hasLeft()) this.#listener.onOutOfRange({ topic, partition });
    });
  }

  /** Only enqueues: kafkajs fetches again only after all handlers of the last fetch returned. */
  async #deliver({ batch, resolveOffset, isStale }: EachBatchPayload): Promise<void> {
    const { topic, partition, messages } = batch;
    const last = messages.at(-1);
    if (isStale() || last === undefined || this.#isIgnored(batch)) return;
    const { fetchedOffset } = batch as typeof batch & { readonly fetchedOffset: string };
    if (this.#isAhead(batch, fetchedOffset)) return;
    resolveOffset(last.offset);
    this.#hand({
      topic,
      partition,
      records: messages.map((message) => toConsumedRecord(topic, partition, message)),
      fetchPosition: BigInt(batch.lastOffset()) + 1n,
    });
  }

  /**
   * True when what lies before that offset was not handed over: a fetch from before a seek may be answered after it, by
   * a broker that led until then. Seeks again: where kafkajs has resolved such a batch, it would go on behind it.
   */
  #isAhead({ topic, partition }: TopicPartition, fetchedOffset: string): boolean {
    const expected = this.#expected.get(nameOf({ topic, partition }));
    if (expected === undefined) return true;
    const isAhead = BigInt(fetchedOffset) > expected;
    if (isAhead && this.#holding.state === 'member') {
      this.#consumer.seek({ topic, partition, offset: expected.toString() });
    }
    return isAhead;
  }

  #hand(delivery: Delivery): void {
    this.#expected.set(nameOf(delivery), delivery.fetchPosition);
    this.#listener.onDelivery(delivery);
  }

  /** What was fetched before the partition was paused is dropped unresolved: it is fetched again after `resume`. */
  #isIgnored({ topic, partition }: TopicPartition): boolean {
    return (
      this.#hasLeft() ||
      this.#consumer
        .paused()
        .some((paused) => paused.topic === topic && paused.partitions.includes(partition))
    );
  }
}
