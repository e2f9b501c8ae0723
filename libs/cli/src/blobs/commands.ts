import { systemClock } from '@docstream/core';
import { InvalidArgumentError, type Command } from 'commander';
import type { CommandContext } from '../commands.js';
import type { Define } from '../program.js';
import { collectBlobs } from './collect.js';
import { readKeeping, type Keeping } from './keeping.js';
import { printCollection, toJson } from './print.js';

const DAY_MS = 86_400_000;

export interface CollectOptions {
  readonly execute: boolean;
  /** Days. */
  readonly olderThan?: number;
}

/** `docstream blobs collect`. */
export function registerBlobCommands(program: Command, define: Define): void {
  const group = program.command('blobs').description('the deposited bytes: what may go');
  define(
    group
      .command('collect')
      .description(
        'remove the bytes that no record can name any more, and what killed deposits left; a plan without --execute',
      )
      .option('--execute', 'do it', false)
      .option('--older-than <days>', 'only what is older than that; never less than the topics need', days),
    (command) => (context) => collectCommand(context, command.opts()),
  );
}

/** False when it could not be done, or ended early. */
async function collectCommand(
  { ports, terminal, output }: CommandContext,
  { execute, olderThan = 0 }: CollectOptions,
): Promise<boolean> {
  const admin = ports.clusterAdmin();
  const [{ clusterId }, keeping] = await Promise.all([admin.describeCluster(), readKeeping(admin)]);
  if (keeping.kind === 'unknown') {
    terminal.warn(
      `cluster ${clusterId} has no ${keeping.missing.join(', ')}: nobody knows which records name these blobs; nothing was looked at`,
    );
    terminal.warn('→ check DOCSTREAM_KAFKA_BROKERS, or run `docstream topics apply`');
    return false;
  }
  const nowMs = systemClock.nowMs();
  const keepMs = keepMsOf(keeping, olderThan * DAY_MS);
  const beforeMs = keepMs === null ? null : nowMs - keepMs;
  const collection = await collectBlobs(ports.blobInventory(), {
    beforeMs,
    unfinishedBeforeMs: nowMs - DAY_MS,
    execute,
    onProgress: (seen, old) => terminal.progress(`${seen} blobs looked at, ${old} of them may go`),
  });
  const shown = { clusterId, keeping, keepMs, beforeMs, execute, ...collection };
  if (output === 'json') terminal.printJson(toJson(shown));
  else printCollection(terminal, shown);
  const { failure } = collection;
  if (failure === null) return true;
  terminal.warn(`ended early: ${failure.message}`);
  terminal.warn(`${failure.code}: ${failure.remedy} Then run the same again: it goes on with what is left.`);
  return false;
}

function keepMsOf(keeping: Keeping, askedMs: number): number | null {
  return keeping.kind === 'limited' ? Math.max(keeping.keepMs, askedMs) : null;
}

function days(text: string): number {
  const value = Number(text);
  if (!/^\d{1,5}$/.test(text) || value < 1)
    throw new InvalidArgumentError('It must be a whole number of days.');
  return value;
}
