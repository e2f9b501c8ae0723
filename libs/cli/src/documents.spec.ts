import { describe, expect, it } from '@jest/globals';
import { valueText } from './documents.js';

describe('valueText', () => {
  it('takes control characters out of what a document says', () => {
    expect(valueText({ value: 'a\u001b[31mb\r\nc' })).toBe('a [31mb c');
  });

  it('cuts long values and prints structures as JSON', () => {
    expect(valueText({ value: 'x'.repeat(500) })).toHaveLength(100);
    expect(valueText({ value: [{ quantity: 2 }] })).toBe('[{"quantity":2}]');
  });
});
