import {
  WHOLE_AUDIT,
  auditDeliveries,
  systemClock,
  type AuditReport,
  type Clock,
  type UnjudgedRange,
} from '@docstream/core';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommandContext } from './commands.js';
import type { CliPorts } from './ports.js';
import type { ActionResult, Define } from './program.js';
import type { Terminal } from './terminal.js';

export interface AuditCommandOptions {
  /** Milliseconds since 1970. */
  readonly since?: number;
  /** Seconds between two audits. */
  readonly watch?: number;
  /** Seconds that the store may take to read what the stages had published. */
  readonly wait?: number;
  readonly deep?: boolean;
}

/** Ranges in one answer; JSON has all. */
const SHOWN_RANGES = 20;

export function registerAuditCommand(program: Command, define: Define): void {
  define(
    program
      .command('audit')
      .description('has every document that was read exactly one end? names those that have none, or two')
      .option('--since <time>', 'only records from then on: ISO 8601, e.g. 2026-11-23T10:00:00Z', readTime)
      .option('--deep', 'compare every record of the ingest topic, not only where the counts differ')
      .option('--wait <seconds>', 'let the store catch up for so long (default: 10)', readSeconds)
      .addOption(
        new Option('--watch [seconds]', 'again and again, until something is wrong')
          .argParser(readSeconds)
          .preset('10'),
      ),
    (command) => (context) => auditCommand(context, command.opts()),
  );
}

/**
 * True when nothing is missing or doubled, `undecided` when not all could be judged; with `watch` it goes on until
 * something is wrong.
 */
export async function auditCommand(
  { ports, terminal, output }: CommandContext,
  { since, watch, wait, deep = false }: AuditCommandOptions,
  clock: Clock = systemClock,
): Promise<ActionResult> {
  const parts = auditPortsOf(ports, clock);
  const options = {
    ...WHOLE_AUDIT,
    sinceMs: since ?? null,
    isDeep: deep,
    ...(wait === undefined ? {} : { storeWaitMs: wait * 1_000 }),
  };
  for (;;) {
    terminal.progress('comparing Kafka with the database …');
    const report = await auditDeliveries(parts, options);
    if (output === 'json') terminal.printJson(toJson(report));
    else printReport(terminal, report);
    const verdict = verdictOf(report);
    if (verdict === 'imbalance') return false;
    if (watch === undefined) return verdict === 'undecided' ? verdict : true;
    await clock.sleep(watch * 1_000);
  }
}

/** What was found counts, also where not all was judged. */
function verdictOf({ missing, doubled, unjudged }: AuditReport): 'balanced' | 'undecided' | 'imbalance' {
  if (missing.length + doubled.length > 0) return 'imbalance';
  return unjudged.length > 0 ? 'undecided' : 'balanced';
}

function auditPortsOf(ports: CliPorts, clock: Clock) {
  return { rows: ports.auditReader(), kafka: ports.clusterAdmin(), records: ports.recordReader(), clock };
}

function toJson(report: AuditReport) {
  const { partitions, missing, doubled, unjudged, checked } = report;
  return { verdict: verdictOf(report), checked, unjudged, partitions, missing, doubled };
}

function printReport(terminal: Terminal, report: AuditReport): void {
  const { partitions, missing, doubled, unjudged, checked } = report;
  const { colours } = terminal;
  const wrong = (count: number): string => (count === 0 ? '0' : colours.red(String(count)));
  terminal.printTable(
    [
      ...['partition', 'offsets', 'accepted', 'stored', 'dead-lettered', 'skipped', 'lost'],
      ...['in flight', 'missing', 'doubled'],
    ],
    partitions.map((one) => [
      String(one.partition),
      `${one.first}–${one.last}`,
      ...[one.accepted, one.stored, one.deadLettered, one.skipped, one.lost, one.inFlight].map(String),
      wrong(one.missing),
      wrong(one.doubled),
    ]),
  );
  if (missing.length > 0) {
    terminal.print('');
    terminal.printTable(
      ['missing', 'run', 'last event', 'record', 'what to do'],
      missing.map(({ documentId, run, event, source }) => [
        colours.red(documentId),
        run,
        event,
        source,
        event === 'unread'
          ? 'docstream reprocess --stage store --to-offset …'
          : `docstream reprocess --document ${documentId}`,
      ]),
    );
  }
  if (doubled.length > 0) {
    terminal.print('');
    terminal.printTable(
      ['doubled', 'run', 'outcomes'],
      doubled.map(({ documentId, run, outcomes }) => [colours.red(documentId), run, outcomes.join(', ')]),
    );
  }
  if (unjudged.length > 0) warnUnjudged(terminal, unjudged);
  terminal.print(`${checked} records of the ingest topic: ${describeVerdict(terminal, report)}`);
}

function describeVerdict({ colours }: Terminal, report: AuditReport): string {
  const { missing, doubled, checked } = report;
  switch (verdictOf(report)) {
    case 'imbalance':
      return colours.red(`${missing.length} missing, ${doubled.length} doubled`);
    case 'undecided':
      return colours.yellow('undecided: nothing was found to be wrong, and not all could be judged');
    case 'balanced':
      return checked === 0 ? 'nothing to judge' : colours.green('nothing is missing, nothing is doubled');
  }
}

function warnUnjudged(terminal: Terminal, unjudged: readonly UnjudgedRange[]): void {
  terminal.warn('judged: what the store has read, for two ends, lost rows and records that it passed over');
  terminal.warn('not judged: whether documents on their way are missing, and all that these ranges say:');
  for (const { topic, partition, from, to, group, reason } of unjudged.slice(0, SHOWN_RANGES)) {
    const why = reason === 'store-behind' ? 'has not read it' : 'has no position there';
    terminal.warn(`  ${topic}/${partition}  ${from}–${to - 1n}  ${group} ${why}`);
  }
  if (unjudged.length > SHOWN_RANGES) terminal.warn(`  and ${unjudged.length - SHOWN_RANGES} more`);
  const isBehind = unjudged.some(({ reason }) => reason === 'store-behind');
  terminal.warn(
    isBehind
      ? '→ let the store run, and ask again, or let this wait for it: --wait SECONDS'
      : '→ let the stage run: it restores its position',
  );
}

function readTime(text: string): number {
  const timeMs = Date.parse(text);
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('It must be a time as 2026-11-23T10:00:00Z.');
  return timeMs;
}

function readSeconds(text: string): number {
  const seconds = Number(text);
  if (!/^\d{1,5}$/.test(text) || seconds < 1)
    throw new InvalidArgumentError('It must be a whole number of seconds from 1.');
  return seconds;
}
