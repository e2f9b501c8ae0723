import { describe, expect, it } from '@jest/globals';
import { decideStart, isMirrorNeeded } from './position-rules.js';

const position = { offset: 40n, metadata: 'v1;d=2' };
const mirrored = { offset: 40n, metadata: 'v1;d=2,4' };
const LOG = { start: 10n, end: 90n };
const begins = { kind: 'start', lost: [], movedFrom: null };

describe('isMirrorNeeded', () => {
  it.each([
    ['ours and in range', position, LOG, false],
    ['ours at both ends of the range', { offset: 40n, metadata: 'v1' }, { start: 40n, end: 40n }, false],
    ['missing', null, LOG, true],
    ['below the log', position, { start: 41n, end: 90n }, true],
    ['beyond the log', position, { start: 0n, end: 39n }, true],
    ['done beyond the log', position, { start: 0n, end: 42n }, true],
    ['written by kafka-consumer-groups', { offset: 40n, metadata: '' }, LOG, true],
    ['written by another tool', { offset: 40n, metadata: 'v10' }, LOG, true],
  ])('for a committed offset that is %s: %p in %p gives %p', (_what, committed, range, isNeeded) => {
    expect(isMirrorNeeded(committed, range)).toBe(isNeeded);
  });
});

describe('decideStart', () => {
  it('begins at the committed position with its metadata', () => {
    expect(decideStart(position, LOG)).toEqual({ ...begins, source: 'committed', position });
  });

  it('begins at 0 when nothing is known and nothing was deleted', () => {
    expect(decideStart(null, { start: 0n, end: 90n })).toEqual({
      ...begins,
      source: 'beginning',
      position: { offset: 0n, metadata: 'v1' },
    });
  });

  it('stops when nothing is known and the log has lost its beginning', () => {
    expect(decideStart(null, { start: 3n, end: 90n })).toMatchObject({
      kind: 'stop',
      code: 'POSITION_UNKNOWN',
    });
  });

  it('restores a missing position from the mirror, with what is done above it', () => {
    expect(decideStart(null, LOG, mirrored)).toEqual({ ...begins, source: 'mirror', position: mirrored });
  });

  it('restores a position that lies outside the log', () => {
    for (const offset of [5n, 91n]) {
      expect(decideStart({ offset, metadata: '' }, LOG, mirrored)).toEqual({
        ...begins,
        source: 'mirror',
        position: mirrored,
      });
    }
  });

  it('lets Kafka win in range, and tells where the group had been when it was moved from outside', () => {
    expect(decideStart({ offset: 20n, metadata: '' }, LOG, mirrored)).toEqual({
      ...begins,
      source: 'committed',
      position: { offset: 20n, metadata: 'v1' },
      movedFrom: 40n,
    });
  });

  it('does not call a position moved that nobody had mirrored', () => {
    expect(decideStart({ offset: 20n, metadata: '' }, LOG, null)).toMatchObject({
      source: 'committed',
      movedFrom: null,
    });
  });

  it('keeps what is done when the same offset was written again without our metadata', () => {
    expect(decideStart({ offset: 40n, metadata: '' }, LOG, mirrored)).toEqual({
      ...begins,
      source: 'mirror',
      position: mirrored,
    });
  });

  it('names the lost range without what was done in it, and goes on at the log start', () => {
    expect(decideStart({ offset: 40n, metadata: 'v1' }, { start: 60n, end: 90n })).toEqual({
      ...begins,
      source: 'committed',
      position: { offset: 60n, metadata: 'v1' },
      lost: [{ from: 40n, to: 60n }],
    });
    const committed = { offset: 40n, metadata: 'v1;d=2-3,j' };
    expect(decideStart(committed, { start: 60n, end: 90n })).toMatchObject({
      lost: [
        { from: 40n, to: 42n },
        { from: 44n, to: 59n },
      ],
    });
  });

  it('loses nothing when all that was deleted was done', () => {
    const committed = { offset: 40n, metadata: 'v1;d=0-9' };
    expect(decideStart(committed, { start: 45n, end: 90n })).toMatchObject({
      position: { offset: 45n, metadata: 'v1;d=0-4' },
      lost: [],
    });
  });

  it('names what is lost below a restored position', () => {
    expect(decideStart(null, { start: 60n, end: 90n }, { offset: 50n, metadata: 'v1' })).toMatchObject({
      source: 'mirror',
      position: { offset: 60n, metadata: 'v1' },
      lost: [{ from: 50n, to: 60n }],
    });
  });

  it('still knows what is done above the log start when retention overtook the group', () => {
    const committed = { offset: 40n, metadata: 'v1;d=2,m-o;a=0:1,p:2' };
    expect(decideStart(committed, { start: 60n, end: 90n })).toMatchObject({
      position: { offset: 60n, metadata: 'v1;d=2-4;a=5:2' },
    });
  });

  it('stops when the log ends before a record that is done: its offset will be another record', () => {
    expect(decideStart(position, { start: 0n, end: 42n })).toMatchObject({
      kind: 'stop',
      code: 'POSITION_BEYOND_END',
    });
    expect(decideStart(position, { start: 0n, end: 43n })).toMatchObject({ kind: 'start' });
  });

  it('stops when the log ends before the committed position, and before the restored one', () => {
    const stop = { kind: 'stop', code: 'POSITION_BEYOND_END' };
    expect(decideStart(position, { start: 0n, end: 39n })).toMatchObject(stop);
    expect(decideStart(null, { start: 0n, end: 39n }, mirrored)).toMatchObject(stop);
  });

  it('begins at the end of a log that was read whole', () => {
    const atEnd = { offset: 40n, metadata: 'v1' };
    expect(decideStart(atEnd, { start: 40n, end: 40n })).toMatchObject({ position: atEnd, lost: [] });
  });
});
