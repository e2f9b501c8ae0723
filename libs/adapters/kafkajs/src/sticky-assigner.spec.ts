import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { assignSticky, readClaim, type Claimant } from './sticky-assigner.js';

const partitions = (count: number) =>
  Array.from({ length: count }, (_, partition) => ({ topic: 't', partition }));
const namesOf = (assignment: ReturnType<typeof assignSticky>, memberId: string): readonly string[] =>
  (assignment.get(memberId) ?? []).map(({ topic, partition }) => `${topic}/${partition}`).toSorted();
const member = (memberId: string, assignedAtMs?: number, owned: Record<string, number> = {}): Claimant => ({
  memberId,
  claim: assignedAtMs === undefined ? null : { assignedAtMs, owned },
});

describe('assignSticky', () => {
  it('spreads partitions evenly over newcomers', () => {
    const assignment = assignSticky(partitions(5), [member('a'), member('b')]);
    expect([...assignment.values()].map(({ length }) => length).toSorted()).toEqual([2, 3]);
  });

  it('takes one partition from one of three when a fourth joins, and moves no other', () => {
    const assignment = assignSticky(partitions(4), [
      member('a', 1, { 't/0': 1, 't/1': 2 }),
      member('b', 1, { 't/2': 1 }),
      member('c', 1, { 't/3': 1 }),
      member('d'),
    ]);
    expect(namesOf(assignment, 'b')).toEqual(['t/2']);
    expect(namesOf(assignment, 'c')).toEqual(['t/3']);
    expect(namesOf(assignment, 'a')).toEqual(['t/1']);
    expect(namesOf(assignment, 'd')).toEqual(['t/0']);
  });

  it('believes the later of two that claim a partition: the other one missed a rebalance', () => {
    const assignment = assignSticky(partitions(2), [
      member('zombie', 1, { 't/0': 1, 't/1': 1 }),
      member('owner', 2, { 't/0': 2, 't/1': 2 }),
    ]);
    expect(namesOf(assignment, 'owner')).toHaveLength(1);
    expect(namesOf(assignment, 'zombie')).toHaveLength(1);
    const alone = assignSticky(partitions(1), [
      member('zombie', 1, { 't/0': 1 }),
      member('owner', 2, { 't/0': 2 }),
    ]);
    expect(namesOf(alone, 'owner')).toEqual(['t/0']);
  });

  it('gives every partition six quiet seconds when a member comes and goes every two', () => {
    const since: Record<string, number> = { 't/0': 0, 't/1': 0, 't/2': 0, 't/3': 0 };
    const longest: Record<string, number> = {};
    for (let nowMs = 2_000; nowMs <= 40_000; nowMs += 2_000) {
      const isVisited = (nowMs / 2_000) % 2 === 1;
      const members = [member('a', nowMs, since), ...(isVisited ? [member(`visitor-${nowMs}`)] : [])];
      const mine = new Set(namesOf(assignSticky(partitions(4), members), 'a'));
      for (const name of ['t/0', 't/1', 't/2', 't/3']) {
        const begin = since[name];
        if (begin !== undefined) longest[name] = Math.max(longest[name] ?? 0, nowMs - begin);
        if (!mine.has(name)) delete since[name];
        else since[name] ??= nowMs;
      }
    }
    expect(Object.values(longest).every((quietMs) => quietMs >= 6_000)).toBe(true);
  });

  it('gives each partition to one member, evenly, and moves no more than evenness asks for, whatever is claimed', () => {
    const claims = fc.record({
      assignedAtMs: fc.nat(5),
      owned: fc.dictionary(
        fc.nat(12).map((index) => `t/${index}`),
        fc.nat(5),
        { maxKeys: 12 },
      ),
    });
    fc.assert(
      fc.property(fc.nat(12), fc.array(fc.option(claims), { minLength: 1, maxLength: 5 }), (count, all) => {
        const members = all.map((claim, index) => ({ memberId: `m${index}`, claim }));
        const assignment = assignSticky(partitions(count), members);
        const given = [...assignment.values()].flat().map(({ partition }) => partition);
        expect(given.toSorted((a, b) => a - b)).toEqual(partitions(count).map(({ partition }) => partition));
        const sizes = [...assignment.values()].map(({ length }) => length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
        const again = assignSticky(
          partitions(count),
          members.map(({ memberId }) => ({
            memberId,
            claim: {
              assignedAtMs: 9,
              owned: Object.fromEntries(namesOf(assignment, memberId).map((name) => [name, 1])),
            },
          })),
        );
        for (const { memberId } of members)
          expect(namesOf(again, memberId)).toEqual(namesOf(assignment, memberId));
      }),
    );
  });
});

describe('readClaim', () => {
  const read = (text: string) => readClaim(Buffer.from(text));

  it('reads what a member of ours writes', () => {
    const claim = { assignedAtMs: 5, owned: { 't/0': 3 } };
    expect(read(JSON.stringify(claim))).toEqual(claim);
  });

  it.each([
    '',
    'null',
    '7',
    '[]',
    '{}',
    '{"assignedAtMs":1,"owned":null}',
    '{"assignedAtMs":"1","owned":{}}',
  ])('takes %j for a newcomer', (text) => {
    expect(read(text)).toBeNull();
  });

  it('leaves out times that are none', () => {
    expect(read('{"assignedAtMs":1,"owned":{"t/0":null,"t/1":"x","t/2":2}}')).toEqual({
      assignedAtMs: 1,
      owned: { 't/2': 2 },
    });
  });
});
