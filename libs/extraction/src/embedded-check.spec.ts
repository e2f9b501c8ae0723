import type { EmbeddedInvoice } from '@docstream/contracts';
import { describe, expect, it } from '@jest/globals';
import { isConsistent } from './embedded-check.js';

const INVOICE: EmbeddedInvoice = {
  syntax: 'cii',
  attachment: 'factur-x.xml',
  netTotal: '95.00',
  taxTotal: '18.05',
  total: '113.05',
  allowanceTotal: '10.00',
  chargeTotal: '5.00',
  lines: [{ amount: '60.00' }, { amount: '40.00' }, { description: 'a text' }],
};

describe('an electronic invoice', () => {
  it.each<readonly [string, Partial<EmbeddedInvoice>, boolean]>([
    ['adds up', {}, true],
    ['says too little to be judged', { netTotal: '', lines: [] }, true],
    ['has another total than net and tax', { total: '114.05' }, false],
    ['has lines that are not its net', { lines: [{ amount: '60.00' }] }, false],
    ['forgets its allowance', { allowanceTotal: '' }, false],
  ])('that %s', (_, changes, expected) => {
    expect(isConsistent({ ...INVOICE, ...changes })).toBe(expected);
  });
});
