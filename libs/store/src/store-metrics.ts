import type { Metrics } from '@docstream/observability';
import type { SinkObserver } from '@docstream/sink-runtime';

/** What the store's runtime does, as Prometheus metrics. */
export function createStoreMetrics(metrics: Metrics): SinkObserver {
  const applied = metrics.counter({
    name: 'docstream_store_records_total',
    help: 'Records applied to the database.',
    labels: ['topic'],
  });
  const transactions = metrics.histogram({
    name: 'docstream_store_transaction_duration_seconds',
    help: 'Time of a database transaction: rows and position.',
    labels: ['topic'],
  });
  const deadLettered = metrics.counter({
    name: 'docstream_store_dead_letters_total',
    help: 'Records that can never be stored.',
    labels: ['topic', 'code'],
  });
  const takeOvers = metrics.counter({
    name: 'docstream_store_take_overs_total',
    help: 'Partitions taken over.',
    labels: ['topic'],
  });
  const lost = metrics.counter({
    name: 'docstream_store_lost_offsets_total',
    help: 'Offsets that retention deleted before they were read; an upper bound of the records lost.',
    labels: ['topic'],
  });
  const down = metrics.gauge({
    name: 'docstream_store_dependency_down',
    help: '1 while the store waits for a dependency that is away.',
    labels: ['dependency'],
  });
  return {
    onApplied: (topic, records, seconds) => {
      applied.inc({ topic }, records);
      transactions.observe({ topic }, seconds);
    },
    onDeadLettered: (topic, code) => deadLettered.inc({ topic, code }),
    onTakeOver: ({ topic }) => takeOvers.inc({ topic }),
    onLost: ({ topic }, from, to) => lost.inc({ topic }, Number(to - from)),
    onPaused: (dependency, isPaused) => down.set({ dependency }, isPaused ? 1 : 0),
  };
}
