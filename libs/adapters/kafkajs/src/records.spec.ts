import { describe, expect, it } from '@jest/globals';
import { toKafkaMessage } from './records.js';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('toKafkaMessage', () => {
  it('keeps headers of every name, and repeated ones in their order', () => {
    const { headers = {} } = toKafkaMessage({
      topic: 't',
      key: null,
      value: null,
      headers: [
        ['constructor', bytes('a')],
        ['__proto__', bytes('b')],
        ['trace', bytes('1')],
        ['trace', null],
        ['trace', bytes('3')],
      ],
    });
    expect(Object.entries(headers).map(([name, value]) => [name, String(value)])).toEqual([
      ['constructor', 'a'],
      ['__proto__', 'b'],
      ['trace', '1,,3'],
    ]);
  });
});
