import { describe, expect, it } from '@jest/globals';
import { mayBacktrackForever } from './backtracking.js';

describe('mayBacktrackForever', () => {
  it.each(['(a+)+', '(?:\\d+ ?)*x', '((ab)*c?)+', '(?<value>[a-z]+){2,}', '(a|b+)*', '([)(]+)+'])(
    'warns of %s',
    (source) => {
      expect(mayBacktrackForever(new RegExp(source))).toBe(true);
    },
  );

  it.each([
    '\\d+ \\d+',
    '(\\d+)-(\\d+)',
    '(?:ab?)+',
    '(a{2,4})+',
    '\\(a+\\)+',
    '[(a+)]+',
    '(?<value>\\S+)?',
    '^(.+)$',
  ])('lets %s pass', (source) => {
    expect(mayBacktrackForever(new RegExp(source))).toBe(false);
  });
});
