import { WHOLE_AUDIT, auditDeliveries, systemClock, type AuditReport, type Clock } from '@docstream/core';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { CommandContext } from './commands.js';
import type { CliPorts } from './ports.js';
import type { Define } from './program.js';
import type { Terminal } from './terminal.js';

export interface AuditCommandOptions {
  /** Milliseconds since 1970. */
  readonly since?: number;
  /** Seconds between two audits. */
  readonly watch?: number;
  readonly deep?: boolean;
}

export function registerAuditCommand(program: Command, define: Define): void {
  define(
    program
      .command('audit')
      .description('has every document that was read exactly one end? names those that have none, or two')
      .option('--since <time>', 'only records from then on: ISO 8601, e.g. 2026-11-23T10:00:00Z', readTime)
      .option('--deep', 'compare every record of the ingest topic, not only where the counts differ')
      .addOption(
        new Option('--watch [seconds]', 'again and again, until something is wrong')
          .argParser(readSeconds)
          .preset('10'),
      ),
    (command) => (context) => auditCommand(context, command.opts()),
  );
}

/** True when nothing is missing or doubled; with `watch` it goes on until something is. */
export async function auditCommand(
  { ports, terminal, output }: CommandContext,
  { since, watch, deep = false }: AuditCommandOptions,
  clock: Clock = systemClock,
): Promise<boolean> {
  const parts = auditPortsOf(ports, clock);
  for (;;) {
    terminal.progress('comparing Kafka with the database …');
    const report = await auditDeliveries(parts, { ...WHOLE_AUDIT, sinceMs: since ?? null, isDeep: deep });
    if (output === 'json') terminal.printJson(toJson(report));
    else printReport(terminal, report);
    if (report.missing.length + report.doubled.length > 0) return false;
    if (watch === undefined) return true;
    await clock.sleep(watch * 1_000);
  }
}

function auditPortsOf(ports: CliPorts, clock: Clock) {
  return { rows: ports.auditReader(), kafka: ports.clusterAdmin(), records: ports.recordReader(), clock };
}

function toJson({ partitions, missing, doubled, isStoreBehind, checked }: AuditReport) {
  return { checked, isStoreBehind, partitions, missing, doubled };
}

function printReport(terminal: Terminal, report: AuditReport): void {
  const { partitions, missing, doubled, isStoreBehind, checked } = report;
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
  if (isStoreBehind)
    terminal.warn('the store is behind: documents on their way could not be judged; ask again');
  const verdict =
    missing.length + doubled.length === 0
      ? colours.green('nothing is missing, nothing is doubled')
      : colours.red(`${missing.length} missing, ${doubled.length} doubled`);
  terminal.print(`${checked} records of the ingest topic: ${verdict}`);
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
