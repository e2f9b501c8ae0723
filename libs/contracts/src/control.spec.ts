import { describe, expect, it } from '@jest/globals';
import { decodeControl, encodeControl, type ControlEntry } from './control.js';

const word = { paused: true, reason: 'model is broken', at: '2026-11-25T06:00:00.000Z', by: 'ann' };
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('control topic', () => {
  it.each(['operator', 'breaker'] as const)('reads the word of a %s as it was written', (source) => {
    const entry: ControlEntry = { stage: 'classifier', source, word };
    const { key, value, topic } = encodeControl(entry);
    expect(topic).toBe('docstream.control.v1');
    expect(decodeControl(key, value)).toEqual(entry);
  });

  it('lets work go on where a word was erased', () => {
    expect(decodeControl(bytes('parser'), null)).toMatchObject({ stage: 'parser', word: { paused: false } });
  });

  it.each([
    ['another key', 'store', JSON.stringify(word)],
    ['no JSON', 'parser', 'pause!'],
    ['no word', 'parser', '{"paused":"yes"}'],
    ['null', 'parser', 'null'],
  ])('ignores %s', (_, key, value) => {
    expect(decodeControl(bytes(key), bytes(value))).toBeNull();
  });
});
