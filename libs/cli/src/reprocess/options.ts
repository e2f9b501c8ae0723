import { DEFAULT_TENANT, SERVICES, isTenant, type ServiceName } from '@docstream/contracts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { PositionTarget } from './plan.js';

export interface ReprocessOptions {
  readonly stage?: ServiceName;
  readonly toEarliest?: boolean;
  readonly toLatest?: boolean;
  readonly toOffset?: bigint;
  readonly toDatetime?: number;
  readonly byDuration?: number;
  readonly shiftBy?: bigint;
  readonly partition?: readonly number[];
  readonly topic?: string;
  readonly execute: boolean;
  readonly undo?: string;
  readonly continue?: string;
  readonly document?: string;
  readonly tenant: string;
  readonly allowSkip: boolean;
  readonly reason?: string;
}

/** What is asked for; `usage`: the command line does not say one thing. */
export type Request =
  | { readonly kind: 'move'; readonly stage: ServiceName; readonly target: PositionTarget }
  | { readonly kind: 'undo' | 'continue'; readonly auditId: string }
  | { readonly kind: 'document'; readonly document: string }
  | { readonly kind: 'usage'; readonly what: string };

export function addReprocessOptions(command: Command, nowMs: () => number): Command {
  const auditId = '<audit-id>';
  return command
    .addOption(new Option('--stage <stage>', 'whose position').choices(SERVICES))
    .option('--to-earliest', 'to the oldest record that is kept')
    .option('--to-latest', 'to the end of the log')
    .option('--to-offset <number>', 'to this offset', parseOffset)
    .option('--to-datetime <time>', 'to the first record of that time: ISO 8601', (text) =>
      parsePast(text, nowMs()),
    )
    .option('--by-duration <duration>', 'to the first record so long ago: ISO 8601, e.g. PT2H', (text) =>
      parseDuration(text),
    )
    .option('--shift-by <number>', 'by so many offsets, back when negative', parseShift)
    .option('--partition <number...>', 'only these partitions', collectPartitions)
    .option('--topic <name>', 'with --stage store: only this topic')
    .option('--execute', 'do it', false)
    .option(`--undo ${auditId}`, 'back to where the positions were before that reset')
    .option(`--continue ${auditId}`, 'finish a reset that was interrupted')
    .option('--document <id>', 'only this document: its record once more, as a new run')
    .option('--tenant <name>', 'with --document: whose document', parseTenant, DEFAULT_TENANT)
    .option('--allow-skip', 'go forward although records between are never read; needs --reason', false)
    .option('--reason <text>', 'why, for those who look');
}

export function requestOf(options: ReprocessOptions): Request {
  const usage = (what: string): Request => ({ kind: 'usage', what });
  const targets = targetsOf(options);
  const { stage, undo, document } = options;
  const asked = [
    ...targets.map(({ flag }) => flag),
    ...(undo === undefined ? [] : ['--undo']),
    ...(options.continue === undefined ? [] : ['--continue']),
    ...(document === undefined ? [] : ['--document']),
  ];
  if (asked.length === 0) {
    return usage(
      'say where to: --to-earliest, --to-offset, --to-datetime, …, or --document, --undo, --continue',
    );
  }
  if (asked.length > 1) return usage(`${asked.join(' and ')}: give one of them`);
  if (options.allowSkip && options.reason === undefined) return usage('--allow-skip needs --reason');
  if (options.topic !== undefined && stage !== 'store') return usage('--topic goes with --stage store only');
  if (undo !== undefined) return { kind: 'undo', auditId: undo.toLowerCase() };
  if (options.continue !== undefined) return { kind: 'continue', auditId: options.continue.toLowerCase() };
  if (document !== undefined) {
    if (stage === 'store') return usage('--document goes through a stage again, not through the store');
    return { kind: 'document', document };
  }
  if (stage === undefined) return usage(`--stage is missing: one of ${SERVICES.join(', ')}`);
  const [target] = targets;
  return target === undefined ? usage('say where to') : { kind: 'move', stage, target: target.target };
}

function targetsOf(
  options: ReprocessOptions,
): readonly { readonly flag: string; readonly target: PositionTarget }[] {
  const { toEarliest = false, toLatest = false, toOffset, toDatetime, byDuration, shiftBy } = options;
  return [
    ...(toEarliest ? [{ flag: '--to-earliest', target: { kind: 'earliest' } as const }] : []),
    ...(toLatest ? [{ flag: '--to-latest', target: { kind: 'latest' } as const }] : []),
    ...(toOffset === undefined
      ? []
      : [{ flag: '--to-offset', target: { kind: 'offset', offset: toOffset } as const }]),
    ...(toDatetime === undefined
      ? []
      : [{ flag: '--to-datetime', target: { kind: 'time', timeMs: toDatetime } as const }]),
    ...(byDuration === undefined
      ? []
      : [{ flag: '--by-duration', target: { kind: 'ago', ms: byDuration } as const }]),
    ...(shiftBy === undefined
      ? []
      : [{ flag: '--shift-by', target: { kind: 'shift', by: shiftBy } as const }]),
  ];
}

function parseOffset(text: string): bigint {
  if (!/^\d{1,18}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return BigInt(text);
}

function parseShift(text: string): bigint {
  if (!/^[+-]?\d{1,18}$/.test(text) || BigInt(text) === 0n)
    throw new InvalidArgumentError('It must be a whole number other than 0.');
  return BigInt(text);
}

const DATE = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?(Z|[+-]\d{2}:?\d{2})?)?$/;

function parsePast(text: string, nowMs: number): number {
  const timeMs = DATE.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(timeMs)) throw new InvalidArgumentError('It must be a time as 2026-11-23T10:00:00Z.');
  if (timeMs > nowMs) throw new InvalidArgumentError('It lies in the future: --to-latest goes to the end.');
  return timeMs;
}

/** ISO 8601 without years and months, whose length nobody knows. */
function parseDuration(text: string): number {
  const parts = /^P(?=\d|T\d)(?:(\d{1,5})D)?(?:T(?=\d)(?:(\d{1,6})H)?(?:(\d{1,7})M)?(?:(\d{1,9})S)?)?$/.exec(
    text,
  );
  if (parts === null) throw new InvalidArgumentError('It must be a duration as P1D, PT2H or PT90S.');
  const [days, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return ((((days ?? 0) * 24 + (hours ?? 0)) * 60 + (minutes ?? 0)) * 60 + (seconds ?? 0)) * 1_000;
}

function collectPartitions(text: string, before: readonly number[] = []): readonly number[] {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number from 0.');
  return [...new Set([...before, Number(text)])];
}

function parseTenant(text: string): string {
  if (isTenant(text)) return text;
  throw new InvalidArgumentError('It must be lower-case letters, digits and hyphens, at most 63.');
}
