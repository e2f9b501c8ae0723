export interface RuntimeSettings {
  /** Records of this process in work at the same time, over all partitions. */
  readonly concurrency: number;
  /** Records of one partition between watermark and fetch position before fetching stops. */
  readonly windowRecords: number;
  /** Bytes of one partition's records waiting or in work, and of what they became, before fetching stops. */
  readonly windowBytes: number;
  /** Records in one transaction. */
  readonly transactionRecords: number;
  /** Bytes of outputs in one transaction; those of a single record may be more. */
  readonly transactionBytes: number;
  /** After a transaction that took this long, half of its time-out at the broker, the next ones are smaller. */
  readonly slowTransactionMs: number;
  /** How long a position may be behind when there is nothing to do. */
  readonly idleCommitMs: number;
  /** After a loss of ownership: time for the group to tell us that the partition is no longer ours. */
  readonly retakeDelayMs: number;
  /** How often a partition at rest looks whether its position was moved: nothing else would tell. */
  readonly positionCheckMs: number;
}

export const DEFAULT_SETTINGS: RuntimeSettings = {
  concurrency: 4,
  windowRecords: 3_000,
  windowBytes: 16 * 1_048_576,
  transactionRecords: 1_500,
  transactionBytes: 8 * 1_048_576,
  slowTransactionMs: 5_000,
  idleCommitMs: 250,
  retakeDelayMs: 1_500,
  positionCheckMs: 2_000,
};
