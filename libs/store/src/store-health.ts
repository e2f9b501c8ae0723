import type { HealthBoard, HealthReport } from '@docstream/observability';
import type { SinkObserver, SinkState } from '@docstream/sink-runtime';
import type { ProgressSample } from '@docstream/stage-runtime';

/** May it be counted on? A dependency that is away is said, but makes nothing unready: work only waits. */
export function reportStoreReadiness(board: HealthBoard, state: SinkState): HealthReport {
  const { hasJoined, assigned, taken, down, waitingFor } = state;
  const notYet = waitingFor === null ? 'not a member of the consumer group yet' : `waiting: ${waitingFor}`;
  board.set('group', hasJoined, hasJoined ? null : notYet);
  board.set('partitions', taken === assigned, `${taken} of ${assigned} partitions taken over`);
  const away = [...down.keys()].join(', ');
  board.set('dependencies', true, away === '' ? null : `waiting for ${away}: offsets stay, nothing is lost`);
  return board.report();
}

/** What the watch over its progress needs to know. */
export function sampleStore({ assigned, taken, waiting, down, lastContactMs }: SinkState): ProgressSample {
  return { canProgress: (waiting > 0 || taken < assigned) && down.size === 0, lastContactMs };
}

/** Calls `progressed` whenever records are stored or dead-lettered. */
export function observeProgress(observer: SinkObserver, progressed: () => void): SinkObserver {
  return {
    ...observer,
    onApplied: (...facts) => {
      progressed();
      observer.onApplied(...facts);
    },
    onDeadLettered: (...facts) => {
      progressed();
      observer.onDeadLettered(...facts);
    },
  };
}
