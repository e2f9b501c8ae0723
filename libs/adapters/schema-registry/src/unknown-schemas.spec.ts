import { describe, expect, it } from '@jest/globals';
import type { Clock } from '@docstream/core';
import { UnknownSchemas } from './unknown-schemas.js';

function build() {
  const time = { nowMs: 1000 };
  const clock: Clock = { nowMs: () => time.nowMs, sleep: () => Promise.resolve() };
  return { time, unknown: new UnknownSchemas(clock) };
}

describe('UnknownSchemas', () => {
  it('lets the first question through', () => {
    const { unknown } = build();
    expect(() => unknown.check(7)).not.toThrow();
  });

  it('is transient after one denial and asks no more until the distance has passed', () => {
    const { time, unknown } = build();
    expect(unknown.deny(7)).toMatchObject({
      code: 'REGISTRY_UNAVAILABLE',
      facts: { schemaId: 7, retryAfterMs: 5000 },
    });
    time.nowMs += 4999;
    expect(() => unknown.check(7)).toThrow('asked 1 of 3 times');
    time.nowMs += 1;
    expect(() => unknown.check(7)).not.toThrow();
  });

  it('is poison after the third denial, and asks again later so that a redrive can succeed', () => {
    const { time, unknown } = build();
    unknown.deny(7);
    unknown.deny(7);
    expect(unknown.deny(7)).toMatchObject({ code: 'SCHEMA_UNKNOWN' });
    expect(() => unknown.check(7)).toThrow(expect.objectContaining({ code: 'SCHEMA_UNKNOWN' }));
    time.nowMs += 5000;
    expect(() => unknown.check(7)).not.toThrow();
    expect(unknown.deny(7)).toMatchObject({ code: 'SCHEMA_UNKNOWN' });
  });

  it('forgets an id that became known', () => {
    const { unknown } = build();
    unknown.deny(7);
    unknown.forget(7);
    expect(() => unknown.check(7)).not.toThrow();
    expect(unknown.deny(7)).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  });

  it('counts each id by itself', () => {
    const { unknown } = build();
    unknown.deny(7);
    unknown.deny(7);
    expect(unknown.deny(8)).toMatchObject({ code: 'REGISTRY_UNAVAILABLE' });
  });

  it('keeps a bounded number of ids', () => {
    const { unknown } = build();
    for (let id = 0; id <= 10_000; id += 1) unknown.deny(id);
    expect(() => unknown.check(0)).not.toThrow();
    expect(() => unknown.check(1)).toThrow('schema id 1 ');
  });
});
