import { describe, expect, it } from '@jest/globals';
import type { KafkaMessage } from 'kafkajs';
import { toConsumedRecord, toKafkaMessage } from './records.js';

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
    expect(Object.entries(headers)).toEqual([
      ['constructor', Buffer.from('a')],
      ['__proto__', Buffer.from('b')],
      ['trace', [Buffer.from('1'), null, Buffer.from('3')]],
    ]);
  });
});

describe('toConsumedRecord', () => {
  const read = (headers: unknown) => {
    const message = { offset: '1', key: null, value: null, timestamp: '5', attributes: 0, headers };
    return toConsumedRecord('t', 0, message as KafkaMessage).headers;
  };

  it('tells a header without a value from an empty one, alone and repeated', () => {
    const empty = Buffer.alloc(0);
    expect(read({ none: null, empty, trace: [null, empty] })).toEqual([
      ['none', null],
      ['empty', empty],
      ['trace', null],
      ['trace', empty],
    ]);
  });

  it('leaves out what kafkajs takes from the prototype for a first value', () => {
    const value = Buffer.from('a');
    expect(read({ constructor: [Object, value], ['__proto__']: [Object.prototype, value] })).toEqual([
      ['constructor', value],
      ['__proto__', value],
    ]);
  });
});
