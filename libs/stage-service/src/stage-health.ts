import type { HealthBoard, HealthReport } from '@docstream/observability';
import type {
  AdmissionState,
  ProgressSample,
  StageObserver,
  StageRuntimeState,
} from '@docstream/stage-runtime';

/** May it be counted on? What is away or paused is said, but makes nothing unready: work only waits. */
export function reportReadiness(board: HealthBoard, state: StageRuntimeState): HealthReport {
  const { hasJoined, assigned, taken, down, admission } = state;
  board.set('group', hasJoined, hasJoined ? null : 'not a member of the consumer group yet');
  board.set('partitions', taken === assigned, `${taken} of ${assigned} partitions taken over`);
  const away = [...down.keys()].join(', ');
  board.set('dependencies', true, away === '' ? null : `waiting for ${away}: offsets stay, nothing is lost`);
  board.set('work', true, describePause(admission));
  return board.report();
}

/** What the watch over its progress needs to know. */
export function sampleStage(state: StageRuntimeState): ProgressSample {
  const { assigned, taken, backlog, down, admission, lastContactMs } = state;
  const hasWork = backlog > 0 || taken < assigned;
  return { canProgress: hasWork && admission.limit > 0 && down.size === 0, lastContactMs };
}

/** Calls `progressed` with every outcome, commit and attempt that ended; not with what is lost or merely waits. */
export function observeProgress(observer: StageObserver, progressed: () => void): StageObserver {
  return {
    ...observer,
    onOutcome: (...facts) => {
      progressed();
      observer.onOutcome(...facts);
    },
    onTransaction: (...facts) => {
      progressed();
      observer.onTransaction(...facts);
    },
    onFailure: (failureClass, code) => {
      if (failureClass === 'poison' || failureClass === 'unknown') progressed();
      observer.onFailure(failureClass, code);
    },
  };
}

function describePause({ paused, breaker }: AdmissionState): string | null {
  if (paused !== null) {
    const reason = paused.reason === null ? '' : `: ${paused.reason}`;
    return `paused by ${paused.by} at ${paused.at}${reason}; \`docstream resume\` lets it go on`;
  }
  switch (breaker.kind) {
    case 'closed':
      return null;
    case 'half-open':
      return `breaker open since ${isoOf(breaker.sinceMs)}: one document at a time as a probe`;
    case 'open':
      return `breaker open since ${isoOf(breaker.sinceMs)}, next probe at ${isoOf(breaker.probeAtMs)}: see the dead letters; \`docstream resume\` closes it`;
  }
}

function isoOf(ms: number): string {
  return new Date(ms).toISOString();
}
