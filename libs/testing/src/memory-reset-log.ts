import type {
  CommittedPosition,
  ResetEntry,
  ResetLog,
  ResetStep,
  StorePosition,
  TopicPartition,
} from '@docstream/core';

/** ResetLog in memory. */
export class MemoryResetLog implements ResetLog {
  readonly entries: ResetEntry[] = [];
  store: StorePosition[] = [];
  /** Resets that somebody else carries out. */
  readonly held = new Set<string>();
  /** Set to make every call fail, as when the database is away. */
  outage: Error | undefined;

  async begin(entry: ResetEntry): Promise<void> {
    this.#answer();
    this.entries.push(entry);
  }

  async find(auditId: string): Promise<ResetEntry | null> {
    this.#answer();
    return this.entries.find((entry) => entry.auditId === auditId) ?? null;
  }

  async exclusively<T>(auditId: string, work: () => Promise<T>): Promise<T | null> {
    this.#answer();
    return this.held.has(auditId) ? null : work();
  }

  async markDone(auditId: string, partition: TopicPartition, from: CommittedPosition): Promise<void> {
    this.#answer();
    const index = this.entries.findIndex((entry) => entry.auditId === auditId);
    const entry = this.entries[index];
    if (entry === undefined) throw new Error(`there is no reset ${auditId}`);
    const steps = entry.steps.map((step): ResetStep =>
      isAt(step, partition) ? { ...step, from, state: 'done' } : step,
    );
    this.entries[index] = { ...entry, steps };
  }

  /** As if every offset were a document. */
  async countDocuments(_: TopicPartition, from: bigint, to: bigint): Promise<number> {
    this.#answer();
    return Number(to - from);
  }

  async storePositions(): Promise<readonly StorePosition[]> {
    this.#answer();
    return this.store;
  }

  async moveStore(auditId: string, _: string, step: ResetStep): Promise<'moved' | 'there'> {
    this.#answer();
    const known = this.store.find((one) => isAt(one, step))?.next ?? null;
    const isDue = known !== null && (step.to < step.from.offset ? known > step.to : known < step.to);
    if (isDue) this.store = this.store.map((one) => (isAt(one, step) ? { ...one, next: step.to } : one));
    await this.markDone(auditId, step, isDue ? { offset: known, metadata: '' } : step.from);
    return isDue ? 'moved' : 'there';
  }

  #answer(): void {
    if (this.outage !== undefined) throw this.outage;
  }
}

function isAt(one: TopicPartition, other: TopicPartition): boolean {
  return one.topic === other.topic && one.partition === other.partition;
}
