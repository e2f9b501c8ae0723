import type { NewRedrive, Redrive, RedriveLog } from '@docstream/core';

/** RedriveLog in memory. */
export class MemoryRedriveLog implements RedriveLog {
  readonly rows: Redrive[] = [];
  /** Dead letters that somebody else works on. */
  readonly held = new Set<string>();
  outage: Error | undefined;

  async find(letters: readonly string[]) {
    if (this.outage !== undefined) throw this.outage;
    return new Map(this.rows.filter(({ of }) => letters.includes(of)).map((row) => [row.of, row]));
  }

  async begin(redrive: NewRedrive): Promise<Redrive> {
    if (this.outage !== undefined) throw this.outage;
    const row: Redrive = { ...redrive, id: BigInt(this.rows.length), state: 'begun', sentTo: null };
    this.rows.push(row);
    return row;
  }

  async end(id: bigint, outcome: Parameters<RedriveLog['end']>[1]) {
    if (this.outage !== undefined) throw this.outage;
    const row = this.rows[Number(id)];
    if (row === undefined) throw new Error(`there is no redrive ${id}`);
    this.rows[Number(id)] =
      'sentTo' in outcome ? { ...row, state: 'sent', sentTo: outcome.sentTo } : { ...row, state: 'refused' };
  }

  async exclusively<T>(letter: string, work: () => Promise<T>): Promise<T | null> {
    return this.held.has(letter) ? null : work();
  }
}
