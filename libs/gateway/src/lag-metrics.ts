import { lagOf, within, type Clock, type LagReader, type Logger, type PartitionLag } from '@docstream/core';
import type { Metrics } from '@docstream/observability';
import { LagClock, lostOffsetsOf } from './lag.js';

const READ_TIMEOUT_MS = 5_000;
const GROUP_LABELS = ['cluster_name', 'group', 'topic', 'partition'] as const;
const PARTITION_LABELS = ['cluster_name', 'topic', 'partition'] as const;

export interface LagMetricsOptions {
  readonly metrics: Metrics;
  readonly lag: LagReader;
  readonly clusterName: string;
  readonly clock: Clock;
  readonly logger: Logger;
}

/**
 * Lag of every group, read once a scrape, under the names that exporters use. While Kafka can't be asked the gauges
 * are empty (a stale lag would look like a stopped group) and the failure counter grows.
 */
export function registerLagMetrics(options: LagMetricsOptions): void {
  const { metrics, lag, clusterName, clock, logger } = options;
  const lagClock = new LagClock();
  const failures = metrics.counter({
    name: 'docstream_lag_read_failures_total',
    help: 'Scrapes at which Kafka could not be asked for offsets.',
  });
  const groupLag = metrics.gauge({
    name: 'kafka_consumergroup_group_lag',
    help: 'Log end − max(committed, log start), in offsets.',
    labels: GROUP_LABELS,
    collect: () => refresh(),
  });
  const groupLagSeconds = metrics.gauge({
    name: 'kafka_consumergroup_group_lag_seconds',
    help: 'Age of the oldest offset not committed, estimated from earlier scrapes: at least this long.',
    labels: GROUP_LABELS,
    collect: () => refresh(),
  });
  const lost = metrics.gauge({
    name: 'docstream_consumergroup_lost_offsets',
    help: 'Offsets that retention deleted before the group had committed them.',
    labels: GROUP_LABELS,
    collect: () => refresh(),
  });
  const latest = metrics.gauge({
    name: 'kafka_partition_latest_offset',
    help: 'Offset that the next record gets.',
    labels: PARTITION_LABELS,
    collect: () => refresh(),
  });
  const earliest = metrics.gauge({
    name: 'kafka_partition_earliest_offset',
    help: 'Oldest offset still kept.',
    labels: PARTITION_LABELS,
    collect: () => refresh(),
  });

  let reading: Promise<void> | undefined;
  /** The gauges of one scrape share one reading. */
  function refresh(): Promise<void> {
    reading ??= read().finally(() => {
      reading = undefined;
    });
    return reading;
  }

  async function read(): Promise<void> {
    let positions: readonly PartitionLag[] = [];
    try {
      positions = await within(
        READ_TIMEOUT_MS,
        lag.readLag(),
        () => new Error('Kafka did not answer'),
        clock,
      );
    } catch (error) {
      failures.inc();
      logger.warn('reading the lag failed', { event: 'lag-read-failed', error });
    }
    for (const gauge of [groupLag, groupLagSeconds, lost, latest, earliest]) gauge.reset();
    const nowMs = clock.nowMs();
    lagClock.observe(positions, nowMs);
    for (const position of positions) {
      const { group, topic } = position;
      const ofPartition = { cluster_name: clusterName, topic, partition: String(position.partition) };
      const ofGroup = { ...ofPartition, group };
      groupLag.set(ofGroup, Number(lagOf(position)));
      groupLagSeconds.set(ofGroup, lagClock.lagSeconds(position, nowMs));
      lost.set(ofGroup, Number(lostOffsetsOf(position)));
      latest.set(ofPartition, Number(position.logEnd));
      earliest.set(ofPartition, Number(position.logStart));
    }
  }
}
