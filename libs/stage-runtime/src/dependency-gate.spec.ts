import { getEventListeners } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { hurriedClock, silentLogger } from '@docstream/testing';
import { DependencyGate } from './dependency-gate.js';

function gateOver(check: () => Promise<void>, stopped: AbortSignal): DependencyGate {
  return new DependencyGate({
    checks: { database: check },
    clock: hurriedClock,
    random: () => 0.5,
    logger: silentLogger,
    onChange: () => undefined,
    stopped,
  });
}

describe('DependencyGate', () => {
  it('leaves nothing behind on the signal of whoever waited', async () => {
    let failures = 3;
    const check = async (): Promise<void> => {
      failures -= 1;
      if (failures >= 0) throw new Error('away');
    };
    const { signal } = new AbortController();
    const gate = gateOver(check, new AbortController().signal);
    const waits = [gate.passOrWait('database', signal), gate.passOrWait('database', signal)];
    expect(await Promise.all(waits)).toEqual([false, false]);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });

  it('lets go of whoever stops waiting during an outage', async () => {
    const stopped = new AbortController();
    const waiting = new AbortController();
    const gate = gateOver(() => Promise.reject(new Error('away')), stopped.signal);
    const wait = gate.passOrWait('database', waiting.signal);
    waiting.abort();
    expect(await wait).toBe(false);
    expect([...gate.down().keys()]).toEqual(['database']);
    stopped.abort();
  });
});
