import { describe, expect, it } from '@jest/globals';
import { DEFAULT_SETTINGS } from './settings.js';
import { TransactionLimit } from './transaction-limit.js';

const settings = {
  ...DEFAULT_SETTINGS,
  transactionRecords: 1_000,
  transactionBytes: 64_000,
  slowTransactionMs: 5_000,
};

describe('TransactionLimit', () => {
  it('is what the settings say until a transaction is slow, then half of it', () => {
    const limit = new TransactionLimit(settings);
    limit.report(limit.size, 4_999);
    expect(limit.size).toEqual({ records: 1_000, bytes: 64_000 });
    limit.report({ records: 1, bytes: 1 }, 5_000);
    expect(limit.size).toEqual({ records: 500, bytes: 32_000 });
  });

  it('never becomes nothing', () => {
    const limit = new TransactionLimit({ ...settings, transactionRecords: 10 });
    for (let times = 0; times < 100; times += 1) limit.report(limit.size, 10_000);
    expect(limit.size).toEqual({ records: 1, bytes: 1_000 });
  });

  it('grows back slowly, by transactions that are large and quick', () => {
    const limit = new TransactionLimit(settings);
    limit.report(limit.size, 5_000);
    limit.report({ records: 250, bytes: 16_000 }, 1);
    limit.report(limit.size, 2_500);
    expect(limit.size.records).toBe(500);
    limit.report({ records: 251, bytes: 1 }, 1);
    expect(limit.size.records).toBe(525);
    for (let times = 0; times < 20; times += 1) limit.report(limit.size, 1);
    expect(limit.size).toEqual({ records: 1_000, bytes: 64_000 });
  });
});
