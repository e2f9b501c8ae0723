import type { HealthBoard, HealthReport } from '@docstream/observability';
import type { SinkState } from '@docstream/sink-runtime';

/** Records wait and none was applied for so long, though nothing is away: a restart may help. */
const MAX_STALLED_MS = 300_000;

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

/** Progress, never "a dependency is up". */
export function reportStoreLiveness(board: HealthBoard, { stalledMs, down }: SinkState): HealthReport {
  const isStalled = stalledMs > MAX_STALLED_MS && down.size === 0;
  board.set('progress', !isStalled, isStalled ? 'records wait, and none was stored for five minutes' : null);
  return board.report();
}
