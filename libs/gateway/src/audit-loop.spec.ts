import { describe, expect, it } from '@jest/globals';
import { DependencyError, type Clock } from '@docstream/core';
import { createMetrics } from '@docstream/observability';
import { MemoryAudit, eventually, hurriedClock, identityOf, silentLogger } from '@docstream/testing';
import { AuditLoop } from './audit-loop.js';
import type { GatewayOptions } from './ports.js';

const one = { ...identityOf('one'), ingestPartition: 0 };
const COUNTS = {
  partition: 0,
  first: 0n,
  last: 4n,
  accepted: 5,
  stored: 5,
  deadLettered: 0,
  skipped: 0,
  lost: 0,
  vanished: 0,
};

function loopOver(audit: MemoryAudit, auditIntervalMs = 1) {
  const metrics = createMetrics({ service: 'gateway' });
  const logged: string[] = [];
  const logger = { ...silentLogger, error: (message: string) => void logged.push(message) };
  let nowMs = 1_000;
  const clock: Clock = {
    nowMs: () => nowMs,
    sleep: (ms, signal) => {
      nowMs += ms;
      return hurriedClock.sleep(ms, signal);
    },
  };
  const ports = { audit, metrics, logger, clock };
  const loop = new AuditLoop({ ports, settings: { auditIntervalMs } } as unknown as GatewayOptions);
  const read = async (name: string): Promise<number> => {
    const line = (await metrics.text()).split('\n').find((text) => text.startsWith(name));
    return Number(line?.split(' ').at(-1));
  };
  return { loop, read, logged };
}

describe('AuditLoop', () => {
  it('exports missing and doubled as one number, and forgets what has got its end', async () => {
    const audit = new MemoryAudit();
    audit.counts = [COUNTS];
    audit.unfinished = [{ ...one, event: 'parsed', source: 'docstream.parsed.v1/0/3' }];
    const { loop, read, logged } = loopOver(audit);
    await loop.audit();
    expect(await read('docstream_audit_imbalance')).toBe(1);
    expect(await read('docstream_audit_checked_total')).toBe(5);
    expect(logged).toHaveLength(1);
    audit.unfinished = [];
    audit.doubled = [{ ...one, outcomes: ['extracted a/0/1', 'extracted a/0/2'] }];
    await loop.audit();
    audit.doubled = [];
    await loop.audit();
    expect(await read('docstream_audit_imbalance')).toBe(1);
  });

  it('keeps its last numbers and counts the failure while the database is away', async () => {
    const audit = new MemoryAudit();
    const { loop, read } = loopOver(audit);
    await loop.audit();
    const lastRun = await read('docstream_audit_last_run_timestamp_seconds');
    audit.outage = new DependencyError('DATABASE_UNAVAILABLE', 'database', 'away');
    await loop.audit();
    expect(await read('docstream_audit_failures_total')).toBe(1);
    expect(await read('docstream_audit_last_run_timestamp_seconds')).toBe(lastRun);
  });

  it('keeps what was missing, and its last run, while the store is behind', async () => {
    const audit = new MemoryAudit();
    audit.unfinished = [{ ...one, event: 'parsed', source: 'docstream.parsed.v1/0/3' }];
    const { loop, read } = loopOver(audit);
    await loop.audit();
    const lastRun = await read('docstream_audit_last_run_timestamp_seconds');
    audit.unstored = 7n;
    await loop.audit();
    expect(await read('docstream_audit_imbalance')).toBe(1);
    expect(await read('docstream_audit_last_run_timestamp_seconds')).toBe(lastRun);
    audit.unstored = 0n;
    audit.unfinished = [];
    await loop.audit();
    expect(await read('docstream_audit_imbalance')).toBe(0);
  });

  it('goes on until it is stopped, and does not begin with an interval of 0', async () => {
    const audit = new MemoryAudit();
    const { loop } = loopOver(audit);
    loop.start();
    await eventually('three rounds', () => audit.rounds >= 3);
    loop.stop();
    const idle = new MemoryAudit();
    loopOver(idle, 0).loop.start();
    expect(idle.rounds).toBe(0);
  });
});
