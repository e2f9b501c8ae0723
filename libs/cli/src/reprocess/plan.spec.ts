import { describe, expect, it } from '@jest/globals';
import { planMoves, type PartitionState, type PositionTarget } from './plan.js';

function state(change: Partial<PartitionState> = {}): PartitionState {
  return {
    topic: 'docstream.parsed.v1',
    partition: 0,
    range: { start: 10n, end: 100n },
    committed: { offset: 60n, metadata: 'v1' },
    at: null,
    ...change,
  };
}

function planOne(target: PositionTarget, change: Partial<PartitionState> = {}) {
  const moves = planMoves([state(change)], target);
  if (typeof moves === 'string') return moves;
  const [move] = moves;
  return `${move?.from.offset} ${move?.direction} ${move?.to}${move?.note === '' ? '' : `: ${move?.note}`}`;
}

describe('planMoves', () => {
  it.each<[PositionTarget, Partial<PartitionState>, string]>([
    [{ kind: 'earliest' }, {}, '60 back 10'],
    [{ kind: 'latest' }, {}, '60 forward 100'],
    [{ kind: 'offset', offset: 30n }, {}, '60 back 30'],
    [{ kind: 'offset', offset: 60n }, {}, '60 none 60'],
    [{ kind: 'offset', offset: 3n }, {}, '60 back 10: 3 is out of the log: 10 is its start'],
    [{ kind: 'offset', offset: 100n }, {}, '60 forward 100'],
    [{ kind: 'time', timeMs: 1 }, { at: 42n }, '60 back 42'],
    [{ kind: 'ago', ms: 1 }, { at: 100n }, '60 forward 100'],
    [{ kind: 'shift', by: -5n }, {}, '60 back 55'],
    [{ kind: 'shift', by: 5n }, {}, '60 forward 65'],
    [{ kind: 'shift', by: -500n }, {}, '60 back 10: -440 is out of the log: 10 is its start'],
    [{ kind: 'shift', by: 500n }, {}, '60 forward 100: 560 is out of the log: 100 is its end'],
    [
      { kind: 'latest' },
      { committed: null, range: { start: 0n, end: 5n } },
      '0 forward 5: no position is committed',
    ],
  ])('goes with %j of %j: %s', (target, change, expected) => {
    expect(planOne(target, change)).toBe(expected);
  });

  it.each<[PositionTarget, Partial<PartitionState>, RegExp]>([
    [{ kind: 'offset', offset: 101n }, {}, /there is no offset 101: the log ends at 100/],
    [{ kind: 'earliest' }, { committed: null }, /no position there/],
    [{ kind: 'earliest' }, { committed: { offset: 3n, metadata: 'v1' } }, /deleted from 3 to 10 unread/],
    [{ kind: 'earliest' }, { committed: { offset: 300n, metadata: 'v1' } }, /the log ends at 100/],
  ])('plans nothing at all with %j of %j', (target, change, expected) => {
    const moves = planMoves([state({ partition: 1 }), state(change)], target);
    expect(moves).toMatch(expected);
    expect(moves).toContain('docstream.parsed.v1/');
  });
});
