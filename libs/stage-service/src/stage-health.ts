import type { HealthBoard, HealthReport } from '@docstream/observability';
import type { AdmissionState, StageRuntimeState } from '@docstream/stage-runtime';

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
