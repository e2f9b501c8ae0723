import { DEAD_LETTER_TOPICS, SERVICES, type ServiceName } from '@docstream/contracts';
import { parseCoordinates, systemClock, type Coordinates } from '@docstream/core';
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { LetterFilter } from './scan.js';

const UNIT_MS: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `--stage --code --since --until --document`. */
export function addFilters(command: Command): Command {
  return command
    .addOption(new Option('--stage <stage>', 'only of this service').choices(SERVICES))
    .option('--code <code>', 'only with this error code')
    .option('--since <time>', 'only from then on: ISO 8601, or so long ago (90s, 15m, 6h, 2d)', parseTime)
    .option('--until <time>', 'only up to then, likewise', parseTime)
    .option('--document <id>', 'only of this document, or of ids that begin so');
}

export interface FilterOptions {
  readonly stage?: ServiceName;
  readonly code?: string;
  readonly since?: number;
  readonly until?: number;
  readonly document?: string;
}

export function toFilter({ since, until, stage, code, document }: FilterOptions): LetterFilter {
  return {
    ...(stage === undefined ? {} : { stage }),
    ...(code === undefined ? {} : { code }),
    ...(document === undefined ? {} : { document }),
    ...(since === undefined ? {} : { sinceMs: since }),
    ...(until === undefined ? {} : { untilMs: until }),
  };
}

/** `topic/partition/offset`, or a service's name instead of its dead-letter topic. */
export function parseLetterAddress(text: string): Coordinates {
  const at = parseCoordinates(text);
  if (at === null)
    throw new InvalidArgumentError('It must be topic/partition/offset or stage/partition/offset.');
  const service = SERVICES.find((name) => name === at.topic);
  if (service !== undefined) return { ...at, topic: DEAD_LETTER_TOPICS[service].name };
  if (SERVICES.some((name) => DEAD_LETTER_TOPICS[name].name === at.topic)) return at;
  throw new InvalidArgumentError(`${at.topic} is no dead-letter topic and no stage.`);
}

function parseTime(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([smhd])$/.exec(text) ?? [];
  const factor = UNIT_MS[unit];
  if (amount !== undefined && factor !== undefined) return systemClock.nowMs() - Number(amount) * factor;
  const timeMs = Date.parse(text);
  if (/^\d{4}-\d{2}-\d{2}/.test(text) && !Number.isNaN(timeMs)) return timeMs;
  throw new InvalidArgumentError('It must be ISO 8601 or a number with s, m, h or d.');
}
