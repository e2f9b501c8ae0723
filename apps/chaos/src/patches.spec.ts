import { describe, expect, it } from '@jest/globals';
import { applyPatches, type Patch } from './patches.js';

const SOURCE = 'begin();\nsend();\ncommit();\n';
const on = (anchor: string, more: Partial<Patch>): Patch => ({ file: 'a.js', anchor, ...more });

describe('patches of built JavaScript', () => {
  it('are applied around and instead of their anchors, several of one anchor together', () => {
    const patches = [
      on('commit();', { before: 'one(); ' }),
      on('begin();', { instead: 'start();' }),
      on('commit();', { after: ' two();' }),
      { ...on('send();', { instead: '' }), file: 'b.js' },
    ];
    expect(applyPatches('a.js', SOURCE, patches)).toBe('start();\nsend();\none(); commit(); two();\n');
  });

  it('do not see what another patch has written', () => {
    const patches = [on('send();', { after: ' commit();' }), on('commit();', { before: 'die(); ' })];
    expect(applyPatches('a.js', SOURCE, patches)).toBe('begin();\nsend(); commit();\ndie(); commit();\n');
  });

  it.each([
    ['is not there', 'abort();'],
    ['is there twice', '();\n'],
  ])('are refused when their anchor %s', (_situation, anchor) => {
    expect(() => applyPatches('a.js', SOURCE, [on(anchor, { instead: '' })])).toThrow(/exactly once/);
  });
});
