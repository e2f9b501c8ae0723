import type { Terminal } from '../terminal.js';
import type { Collection, TenantBlobs } from './collect.js';
import type { Keeping } from './keeping.js';

export interface ShownCollection extends Collection {
  readonly clusterId: string;
  readonly keeping: Keeping;
  /** Null: for ever. */
  readonly keepMs: number | null;
  readonly beforeMs: number | null;
  readonly execute: boolean;
}

const DAY_MS = 86_400_000;
const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'] as const;

export function printCollection(terminal: Terminal, shown: ShownCollection): void {
  const { tenants, unfinished, execute } = shown;
  terminal.print(keepingSentence(shown));
  if (tenants.length > 0) {
    const head = ['tenant', 'blobs', 'size', 'may go', 'size', 'oldest'];
    terminal.printTable(
      execute ? [...head, 'removed', 'stay: deposited again'] : head,
      [...tenants, ...(tenants.length > 1 ? [sumOf(tenants)] : [])].map((one) => [
        ...[one.tenant, String(one.blobs), sizeOf(one.bytes), String(one.oldBlobs), sizeOf(one.oldBytes)],
        dayOf(one.oldestMs),
        ...(execute ? [String(one.removed), String(one.refreshed)] : []),
      ]),
    );
  } else terminal.print('no blobs');
  if (unfinished.count > 0) {
    const done = execute ? `, ${unfinished.discarded} discarded` : '';
    terminal.print(
      `unfinished deposits, a day old or older: ${unfinished.count} (${sizeOf(unfinished.bytes)}), oldest ${dayOf(unfinished.oldestMs)}${done}`,
    );
  }
  const { oldBlobs } = sumOf(tenants);
  if (!execute && oldBlobs + unfinished.count > 0) {
    terminal.warn('→ a plan: nothing was removed; add --execute to do it');
  } else if (execute) {
    const { removed, removedBytes } = sumOf(tenants);
    terminal.print(`${removed} blobs removed, ${sizeOf(removedBytes)} freed`);
  }
}

export function toJson({ tenants, unfinished, failure, ...shown }: ShownCollection) {
  const { clusterId, keeping, keepMs, beforeMs, execute } = shown;
  return {
    clusterId,
    keeping,
    keepMs,
    before: timeOf(beforeMs),
    execute,
    total: toEntry(sumOf(tenants)),
    tenants: tenants.map(toEntry),
    unfinished: { ...unfinished, oldestMs: undefined, oldest: timeOf(unfinished.oldestMs) },
    failure: failure === null ? null : { code: failure.code, message: failure.message },
  };
}

function toEntry({ oldestMs, ...counts }: TenantBlobs) {
  return { ...counts, oldest: timeOf(oldestMs) };
}

function keepingSentence({ clusterId, keeping, keepMs, beforeMs }: ShownCollection): string {
  if (keeping.kind !== 'limited' || keepMs === null) {
    const topics = keeping.kind === 'for-ever' ? keeping.topics.join(', ') : '';
    return `cluster ${clusterId}: ${topics} keeps records for ever, so no blob may go`;
  }
  const { events, letters } = keeping;
  return `cluster ${clusterId}: blobs are kept for ${daysOf(keepMs)} (${events.topic} ${daysOf(events.lifeMs)}, ${letters.topic} ${daysOf(letters.lifeMs)}, and 7 days): those from before ${dayOf(beforeMs)} may go`;
}

function sumOf(tenants: readonly TenantBlobs[]): TenantBlobs {
  const sum = (count: (one: TenantBlobs) => number): number =>
    tenants.reduce((total, one) => total + count(one), 0);
  const times = tenants.flatMap(({ oldestMs }) => (oldestMs === null ? [] : [oldestMs]));
  return {
    tenant: 'all',
    blobs: sum(({ blobs }) => blobs),
    bytes: sum(({ bytes }) => bytes),
    oldBlobs: sum(({ oldBlobs }) => oldBlobs),
    oldBytes: sum(({ oldBytes }) => oldBytes),
    oldestMs: times.length === 0 ? null : times.reduce((one, other) => Math.min(one, other)),
    removed: sum(({ removed }) => removed),
    removedBytes: sum(({ removedBytes }) => removedBytes),
    refreshed: sum(({ refreshed }) => refreshed),
  };
}

function sizeOf(bytes: number): string {
  const step = bytes < 1 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1024 ** step;
  return `${step === 0 ? value : value.toFixed(1)} ${UNITS[step] ?? 'bytes'}`;
}

function daysOf(ms: number): string {
  const days = ms / DAY_MS;
  return days >= 1 ? `${Math.round(days)} days` : `${(ms / 3_600_000).toFixed(1)} hours`;
}

function dayOf(timeMs: number | null): string {
  return timeMs === null ? '–' : new Date(timeMs).toISOString().slice(0, 16).replace('T', ' ');
}

function timeOf(timeMs: number | null): string | null {
  return timeMs === null ? null : new Date(timeMs).toISOString();
}
