import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { SCENARIOS } from './index.js';

describe('the scenarios', () => {
  it('have names of their own', () => {
    expect(new Set(SCENARIOS.map(({ name }) => name)).size).toBe(SCENARIOS.length);
  });

  it.each(SCENARIOS.map((scenario) => [scenario.name, scenario] as const))(
    'documents %s as it is',
    (name, scenario) => {
      const table = readFileSync(new URL('../../../../docs/chaos.md', import.meta.url), 'utf8');
      const row = table.split('\n').find((line) => line.startsWith(`| \`${name}\` `));
      const cells = row?.split('|').map((cell) => cell.trim());
      const tested = scenario.isInTests === true ? 'yes' : '';
      expect(cells?.slice(1, 5)).toEqual([`\`${name}\``, scenario.breaks, scenario.holds, tested]);
    },
  );
});
