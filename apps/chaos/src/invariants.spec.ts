import { describe, expect, it } from '@jest/globals';
import { countOutcomes, findViolations, type Evidence, type SeenEvent } from './invariants.js';

const A = 'a/1';
const B = 'b/1';

function event(topic: string, name: string, inputOffset: number, more: Partial<SeenEvent> = {}): SeenEvent {
  return {
    topic,
    partition: 0,
    offset: BigInt(inputOffset),
    key: name.slice(0, 1),
    name,
    eventId: `${name} of ${topic}`,
    source: `${topic}-input/0/${inputOffset}`,
    end: topic === 'extracted' ? 'stored' : topic === 'dead-lettered' ? 'dead-lettered' : null,
    ...more,
  };
}

/** Two documents, one stored and one dead-lettered, everything as promised. */
const GOOD: Evidence = {
  acknowledged: new Set([A]),
  ingested: [A, B],
  events: [event('parsed', A, 0), event('extracted', A, 4), event('dead-lettered', B, 9)],
  rows: new Map([
    [A, 'stored'],
    [B, 'dead-lettered'],
  ]),
  repeatedInTimeline: [],
  undecodable: [],
  positions: [
    { key: 'g/t/0', offset: 3n, isAudited: false },
    { key: 'g/t/0', offset: 3n, isAudited: false },
    { key: 'g/t/0', offset: 5n, isAudited: false },
  ],
  lags: [{ group: 'g', topic: 't', partition: 0, computed: 0n, exported: 0n }],
  hanging: [],
  grown: [],
  notRedriven: null,
};

const broken = (change: Partial<Evidence>): readonly string[] =>
  findViolations({ ...GOOD, ...change }).map(({ invariant }) => invariant);

describe('the invariants', () => {
  it('are content when each submission has its one end', () => {
    expect(findViolations(GOOD)).toEqual([]);
    expect(countOutcomes(GOOD)).toEqual({ accepted: 2, stored: 1, deadLettered: 1, lost: 0, duplicated: 0 });
  });

  it.each<[string, readonly string[], Partial<Evidence>]>([
    ['an acknowledged submission is not on the topic', ['I1', 'I1'], { acknowledged: new Set([A, 'c/1']) }],
    ['a submission has no end', ['I1'], { events: GOOD.events.slice(0, 2) }],
    ['a submission ends twice', ['I1'], { events: [...GOOD.events, event('dead-lettered', A, 10)] }],
    ['a row says something else', ['I1'], { rows: new Map([[B, 'dead-lettered']]) }],
    ['an event is emitted twice', ['I2'], { events: [...GOOD.events, event('parsed', A, 5)] }],
    ['the timeline has an event twice', ['I2'], { repeatedInTimeline: [`${A} parsed`] }],
    ['an input is answered twice', ['I3'], { events: [...GOOD.events, event('parsed', B, 0)] }],
    [
      'a key goes back',
      ['I4'],
      {
        events: [...GOOD.events, event('parsed', B, 0), event('x', A, 2)].map((seen, index) =>
          index === 3
            ? { ...seen, offset: 7n, key: 'k', source: 's/0/5' }
            : index === 4
              ? { ...seen, topic: 'parsed', offset: 8n, key: 'k', source: 's/0/3' }
              : seen,
        ),
      },
    ],
    ['a record does not decode', ['I5'], { undecodable: ['t/0/1'] }],
    [
      'a position goes back',
      ['I6'],
      { positions: [...GOOD.positions, { key: 'g/t/0', offset: 4n, isAudited: false }] },
    ],
    [
      'a lag is left',
      ['I7'],
      { lags: [{ group: 'g', topic: 't', partition: 0, computed: 1n, exported: 1n }] },
    ],
    [
      'another lag is exported',
      ['I7'],
      { lags: [{ group: 'g', topic: 't', partition: 0, computed: 0n, exported: 2n }] },
    ],
    ['a transaction hangs', ['I8'], { hanging: ['t/0'] }],
    ['memory grew', ['I9'], { grown: ['the parser has 900 MB'] }],
    ['a dead letter cannot be redriven', ['I10'], { notRedriven: ['b/1'] }],
  ])('notice that %s', (_situation, invariants, change) => {
    expect(broken(change)).toEqual(invariants);
  });

  it('allow a position to go back by an audited reset, and a run to be lost or skipped', () => {
    expect(
      broken({
        positions: [...GOOD.positions, { key: 'g/t/0', offset: 1n, isAudited: true }],
        ingested: [A, B, 'c/1', 'd/1'],
        rows: new Map([...GOOD.rows, ['c/1', 'lost'], ['d/1', 'skipped']]),
      }),
    ).toEqual([]);
  });
});
