import { describe, expect, it } from '@jest/globals';
import { CONSUMED_TOPICS } from '@docstream/contracts';
import { MemoryAudit, identityOf } from '@docstream/testing';
import { runCaptured } from './run-captured.js';
import type { CliPorts } from './ports.js';

const one = { ...identityOf('one'), ingestPartition: 2 };
const COUNTS = {
  partition: 2,
  first: 0n,
  last: 9n,
  accepted: 10,
  stored: 6,
  deadLettered: 1,
  skipped: 0,
  lost: 1,
  vanished: 0,
};

async function run(audit: MemoryAudit, ...args: readonly string[]) {
  const ports = {
    auditReader: () => audit.rows,
    recordReader: () => audit.records,
    clusterAdmin: () => audit.kafka,
    close: async () => undefined,
  } as unknown as CliPorts;
  return runCaptured(['audit', ...args], ports);
}

describe('docstream audit', () => {
  it('prints a line for each partition and exits 0 when every document has its end or is on its way', async () => {
    const audit = new MemoryAudit();
    audit.counts = [COUNTS];
    const { exitCode, out } = await run(audit);
    expect(exitCode).toBe(0);
    expect(out).toMatch(/^2 +0–9 +10 +6 +1 +0 +1 +2 +0 +0$/m);
    expect(out).toContain('nothing is missing, nothing is doubled');
  });

  it('names who is missing or doubled, with what to do, and exits 1', async () => {
    const audit = new MemoryAudit();
    audit.counts = [COUNTS];
    audit.unfinished = [{ ...one, event: 'parsed', source: 'docstream.parsed.v1/0/3' }];
    audit.doubled = [{ ...one, outcomes: ['extracted a/0/1', 'extracted a/0/2'] }];
    const { exitCode, out } = await run(audit, '--watch');
    expect(exitCode).toBe(1);
    expect(out).toContain(`docstream reprocess --document ${one.documentId}`);
    expect(out).toMatch(/extracted a\/0\/1, extracted a\/0\/2/);
    const asJson = await run(audit, '--output', 'json', '--since', '2026-11-23T10:00:00Z');
    expect(asJson.exitCode).toBe(1);
    expect(JSON.parse(asJson.out)).toMatchObject({
      partitions: [{ partition: 2, inFlight: 1, missing: 1, doubled: 1 }],
      missing: [{ documentId: one.documentId, source: 'docstream.parsed.v1/0/3' }],
    });
  });

  it('exits 3 and not in green while the store is behind, and says what was and what was not judged', async () => {
    const audit = new MemoryAudit();
    audit.counts = [COUNTS];
    audit.unstored = 7n;
    const { exitCode, out, err } = await run(audit, '--wait', '1');
    expect(exitCode).toBe(3);
    expect(out).not.toContain('nothing is missing');
    expect(out).toContain('undecided');
    expect(err).toMatch(/docstream\.parsed\.v1\/0 +0–6 +docstream\.store\.v1 has not read it/);
    expect(err).toContain('--wait');
    const asJson = await run(audit, '--wait', '1', '--output', 'json');
    expect(asJson.exitCode).toBe(3);
    expect(JSON.parse(asJson.out)).toMatchObject({
      verdict: 'undecided',
      unjudged: expect.arrayContaining([
        expect.objectContaining({ reason: 'store-behind', from: '0', to: '7' }),
      ]),
    });
  });

  it('exits 1 for what is wrong, also while the store is behind', async () => {
    const audit = new MemoryAudit();
    audit.unstored = 7n;
    audit.doubled = [{ ...one, outcomes: ['extracted a/0/1', 'extracted a/0/2'] }];
    expect((await run(audit, '--wait', '1')).exitCode).toBe(1);
  });

  it('waits for the store as long as it is told to', async () => {
    const audit = new MemoryAudit();
    audit.counts = [COUNTS];
    audit.unstored = 7n;
    const read = audit.rows.readPositions;
    audit.rows.readPositions = async (group) => {
      if (audit.rounds > 2) audit.stored = new Map(CONSUMED_TOPICS.store.map((topic) => [`${topic}/0`, 7n]));
      return read(group);
    };
    const { exitCode, out } = await run(audit, '--wait', '20');
    expect([exitCode, out]).toEqual([0, expect.stringContaining('nothing is missing, nothing is doubled')]);
  });

  it('claims nothing when nothing was read', async () => {
    const { exitCode, out } = await run(new MemoryAudit());
    expect([exitCode, out]).toEqual([0, expect.stringContaining('nothing to judge')]);
  });

  it('refuses a time that is none', async () => {
    expect((await run(new MemoryAudit(), '--since', 'yesterday')).exitCode).toBe(2);
  });
});
