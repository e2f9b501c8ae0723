import { SPRING_DEAD_LETTER, readHeader, runIdFrom } from '@docstream/contracts';
import {
  DependencyError,
  formatCoordinates,
  systemClock,
  type ConsumedRecord,
  type Coordinates,
  type Redrive,
} from '@docstream/core';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { CommandContext } from '../commands.js';
import type { CliPorts } from '../ports.js';
import type { Define } from '../program.js';
import { inOneLine } from '../terminal.js';
import { CONNECT_PREFIX, remedyOf, showHeader, type DeadLetter } from './letter.js';
import { addFilters, parseLetterAddress, toFilter, type FilterOptions } from './options.js';
import { countLetters, placeOf, printLetters, timeOf } from './print.js';
import { redriveCommand, type RedriveOptions } from './redrive-command.js';
import { restoreOriginal } from './restore.js';
import { readRecords, scanLetters } from './scan.js';

/** `docstream dead-letters list | show | redrive`. */
export function registerDeadLetterCommands(program: Command, define: Define): void {
  const group = program
    .command('dead-letters')
    .description('what could not be worked on: list it, look at it, put it back');
  define(
    addFilters(group.command('list').description('newest first, with counts by stage and code')).option(
      '--limit <number>',
      'show at most so many',
      positive,
      50,
    ),
    (command) => (context) => listCommand(context, command.opts()),
  );
  define(
    group
      .command('show')
      .description('one dead letter with all its headers')
      .argument('<where>', 'topic/partition/offset, or stage/partition/offset', parseLetterAddress)
      .option('--bytes <file>', 'write the original value there'),
    (command) => (context) =>
      showLetterCommand(context, command.processedArgs[0] as Coordinates, command.opts()),
  );
  define(
    addFilters(
      group
        .command('redrive')
        .description(
          'put dead letters back where they came from, each as a new run; a plan without --execute',
        )
        .argument(
          '[where]',
          'only this one: topic/partition/offset, or stage/partition/offset',
          parseLetterAddress,
        ),
    )
      .option('--execute', 'do it', false)
      .option('--again', 'also those that were redriven already', false)
      .option('--rate <number>', 'records a second', positive, 20)
      .addOption(
        new Option('--wait [seconds]', 'wait for the results, at most so long')
          .argParser(positive)
          .preset('120'),
      ),
    (command) => (context) =>
      redriveCommand(context, command.processedArgs[0] as Coordinates | undefined, {
        ...command.opts<Omit<RedriveOptions, 'newRun'>>(),
        newRun: () => runIdFrom(systemClock.nowMs(), randomBytes(10)),
      }),
  );
}

async function listCommand(
  { ports, terminal, output }: CommandContext,
  { limit, ...filters }: FilterOptions & { readonly limit: number },
): Promise<boolean> {
  const source = { admin: ports.clusterAdmin(), reader: ports.recordReader() };
  const letters = await scanLetters(source, toFilter(filters));
  const shown = letters.slice(0, limit);
  const redrives = await findRedrives(ports, shown, terminal.warn.bind(terminal));
  if (output === 'json') {
    terminal.printJson({
      letters: shown.map((letter) => ({ ...letter, redrive: redrives.get(letter.at) ?? null })),
      counts: countLetters(letters),
    });
  } else if (letters.length === 0) terminal.warn('no dead letters that fit');
  else printLetters(terminal, letters, redrives, limit);
  return true;
}

/** Looking needs no database: without one, nobody can say what was redriven. */
async function findRedrives(
  ports: CliPorts,
  letters: readonly DeadLetter[],
  warn: (text: string) => void,
): Promise<ReadonlyMap<string, Redrive>> {
  if (ports.addresses.database === null) return new Map();
  try {
    return await ports.redriveLog().find(letters.map(({ at }) => at));
  } catch (error) {
    if (!(error instanceof DependencyError)) throw error;
    warn(`which were redriven is unknown: ${error.message}`);
    return new Map();
  }
}

async function showLetterCommand(
  { ports, terminal, output, cwd }: CommandContext,
  at: Coordinates,
  { bytes }: { readonly bytes?: string },
): Promise<boolean> {
  const source = { admin: ports.clusterAdmin(), reader: ports.recordReader() };
  const letters = await scanLetters(source, { at });
  for await (const [letter, record] of readRecords(source.reader, letters)) {
    const redrives = await findRedrives(ports, [letter], terminal.warn.bind(terminal));
    const shown = { ...letter, remedy: remedyOf(letter.code), redrive: redrives.get(letter.at) ?? null };
    if (output === 'json') {
      const headers = record.headers.map(([name, value]) => [name, showHeader(record.headers, name, value)]);
      terminal.printJson({ ...shown, headers });
    } else printOne({ terminal }, shown, record);
    if (bytes !== undefined) {
      const { value } = await restoreOriginal(letter, record, () => ports.blobStore());
      await writeFile(resolve(cwd, bytes), value ?? new Uint8Array());
      terminal.warn(`${value?.byteLength ?? 0} bytes written to ${bytes}`);
    }
    return true;
  }
  terminal.warn(
    `${formatCoordinates(at)}: there is no such dead letter; \`docstream dead-letters list\` lists them`,
  );
  return false;
}

function printOne(
  { terminal }: Pick<CommandContext, 'terminal'>,
  letter: DeadLetter & { readonly remedy: string | null; readonly redrive: Redrive | null },
  record: ConsumedRecord,
): void {
  const { headers } = record;
  const line = (name: string, value: string): void => terminal.print(`${name.padEnd(12)}${inOneLine(value)}`);
  line('where', letter.at);
  line('time', timeOf(letter.timeMs));
  line('stage', letter.stage);
  line('code', letter.code ?? 'unknown');
  line('reason', letter.text);
  if (letter.remedy !== null) line('remedy', letter.remedy);
  line('document', letter.documentId ?? 'unknown');
  line('run', letter.run ?? 'unknown');
  line('came from', placeOf(letter));
  line('attempts', String(letter.attempts ?? 'unknown'));
  line('bytes', letter.spilled === null ? String(letter.bytes) : `in the blob ${letter.spilled.sha256}`);
  if (letter.redrive !== null) line('redriven', `${letter.redrive.state}, run ${letter.redrive.run ?? '–'}`);
  terminal.print('\nheaders');
  const stacks = [SPRING_DEAD_LETTER.exceptionStacktrace, `${CONNECT_PREFIX}exception.stacktrace`];
  for (const [name, value] of headers) {
    if (!stacks.includes(name))
      terminal.print(`  ${inOneLine(`${name}: ${showHeader(headers, name, value)}`)}`);
  }
  const stack = stacks.map((name) => readHeader(headers, name)).find((text) => text !== undefined);
  if (stack !== undefined && stack !== '') terminal.print(`\nstack\n${stack}`);
}

function positive(text: string): number {
  if (!/^\d{1,9}$/.test(text) || Number(text) < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return Number(text);
}
