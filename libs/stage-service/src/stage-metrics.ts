import type { Metrics } from '@docstream/observability';
import type { AdmissionState, StageObserver } from '@docstream/stage-runtime';

/** What a stage's runtime does, as Prometheus metrics. */
export function createStageMetrics(metrics: Metrics, stage: string): StageObserver {
  const outcomes = metrics.counter({
    name: 'docstream_stage_records_total',
    help: 'Records that reached an outcome in the stage.',
    labels: ['stage', 'outcome', 'code'],
  });
  const failures = metrics.counter({
    name: 'docstream_stage_failures_total',
    help: 'Failed attempts by class and code.',
    labels: ['stage', 'class', 'code'],
  });
  const durations = metrics.histogram({
    name: 'docstream_stage_record_duration_seconds',
    help: 'Time from the start of the work on a record to its events, without waiting.',
    labels: ['stage'],
  });
  const transactions = metrics.histogram({
    name: 'docstream_stage_transaction_duration_seconds',
    help: 'Time of a Kafka transaction: outputs, dead letters and position.',
    labels: ['stage'],
  });
  const takeOvers = metrics.counter({
    name: 'docstream_stage_take_overs_total',
    help: 'Partitions taken over.',
    labels: ['stage'],
  });
  const lost = metrics.counter({
    name: 'docstream_stage_lost_offsets_total',
    help: 'Offsets that retention deleted before they were read; an upper bound of the records lost.',
    labels: ['stage', 'topic'],
  });
  const positions = metrics.counter({
    name: 'docstream_stage_positions_total',
    help: 'Committed offsets that were restored from the positions topic, or that somebody else had moved.',
    labels: ['stage', 'topic', 'event'],
  });
  const paused = metrics.gauge({
    name: 'docstream_stage_dependency_down',
    help: '1 while the stage waits for a dependency that is away.',
    labels: ['stage', 'dependency'],
  });
  return {
    onOutcome: (outcome, code, seconds) => {
      outcomes.inc({ stage, outcome, code: code ?? '' });
      if (outcome === 'published') durations.observe({ stage }, seconds);
    },
    onFailure: (failureClass, code) => failures.inc({ stage, class: failureClass, code }),
    onTransaction: (_records, seconds) => transactions.observe({ stage }, seconds),
    onTakeOver: () => takeOvers.inc({ stage }),
    onLost: ({ topic }, from, to) => lost.inc({ stage, topic }, Number(to - from)),
    onPosition: ({ topic }, event) => positions.inc({ stage, topic, event }),
    onPaused: (dependency, isPaused) => paused.set({ stage, dependency }, isPaused ? 1 : 0),
  };
}

/** Read at each scrape. */
export function createPauseMetrics(metrics: Metrics, stage: string, state: () => AdmissionState): void {
  metrics.gauge({
    name: 'docstream_stage_paused',
    help: '1 while an operator has paused the stage (`docstream pause`).',
    labels: ['stage'],
    collect: (gauge) => gauge.set({ stage }, state().paused === null ? 0 : 1),
  });
  metrics.gauge({
    name: 'docstream_stage_breaker_open',
    help: '1 while the stage takes no work, or one record at a time, because most of the last documents failed for unknown reasons.',
    labels: ['stage'],
    collect: (gauge) => gauge.set({ stage }, state().breaker.kind === 'closed' ? 0 : 1),
  });
}
