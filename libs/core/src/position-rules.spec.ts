import { describe, expect, it } from '@jest/globals';
import { decideStart } from './position-rules.js';

const position = { offset: 40n, metadata: 'v1;d=2' };

describe('decideStart', () => {
  it('begins at the committed position with its metadata', () => {
    expect(decideStart(position, { start: 10n, end: 90n })).toEqual({ kind: 'start', position });
  });

  it('begins at 0 without a committed position when nothing was deleted', () => {
    expect(decideStart(null, { start: 0n, end: 90n })).toEqual({
      kind: 'start',
      position: { offset: 0n, metadata: '' },
    });
  });

  it('stops without a committed position when the log has lost its beginning', () => {
    expect(decideStart(null, { start: 3n, end: 90n })).toMatchObject({
      kind: 'stop',
      code: 'POSITION_UNKNOWN',
    });
  });

  it('names the lost range when retention overtook the group, and goes on at the log start', () => {
    expect(decideStart(position, { start: 60n, end: 90n })).toEqual({
      kind: 'lost',
      position: { offset: 60n, metadata: '' },
      from: 40n,
      to: 60n,
    });
  });

  it('still knows what is done above the log start when retention overtook the group', () => {
    const committed = { offset: 40n, metadata: 'v1;d=2,m-o;a=0:1,p:2' };
    expect(decideStart(committed, { start: 60n, end: 90n })).toMatchObject({
      kind: 'lost',
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

  it('stops when the log ends before the committed position', () => {
    expect(decideStart(position, { start: 0n, end: 39n })).toMatchObject({
      kind: 'stop',
      code: 'POSITION_BEYOND_END',
    });
  });

  it('begins at the end of a log that was read whole', () => {
    const atEnd = { offset: 40n, metadata: 'v1' };
    expect(decideStart(atEnd, { start: 40n, end: 40n })).toEqual({ kind: 'start', position: atEnd });
  });
});
