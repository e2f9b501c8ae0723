import { documentIdOf, DEFAULT_TENANT } from '@docstream/contracts';
import { DocstreamError } from '@docstream/core';
import { InvalidArgumentError, type Command } from 'commander';
import { mkdir, readdir } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { fileErrorOf } from '../file-errors.js';
import { findFiles } from '../find-files.js';
import { DestinationError, orSayDestination, writeTo } from '../parse/destination.js';
import { readInput } from '../parse/input.js';
import type { CliPorts } from '../ports.js';
import type { Terminal } from '../terminal.js';
import type { LeftOut, TrainedHead, TrainingSample } from './head-trainer.js';

export interface TrainOptions {
  readonly from: string;
  readonly out?: string;
  readonly name?: string;
  readonly languages?: readonly string[];
  readonly json?: boolean;
}

export interface TrainContext {
  readonly ports: Pick<CliPorts, 'localParser' | 'headTrainer' | 'uploadLimitBytes'>;
  readonly terminal: Terminal;
  readonly cwd: string;
}

const HEAD_NAME = /^[a-z0-9][a-z0-9._-]{0,62}$/i;
const HEAD_FILE = 'head.json';
const REPORT_FILE = 'report.md';

/** `docstream train`: needs no broker and no database, and takes none of their options. */
export function registerTrainCommand(
  program: Command,
  run: (work: (context: TrainContext) => Promise<boolean>) => Promise<void>,
): void {
  const command = program
    .command('train')
    .description('teach the classifier your own types, from a few PDFs of each: nothing is sent or stored')
    .requiredOption('--from <folder>', 'one subfolder for each type, named as the type, with PDFs of it')
    .option('--out <folder>', `where ${HEAD_FILE} and ${REPORT_FILE} go (default: the folder of --from)`)
    .option('--name <name>', 'name of the head (default: that of the folder)', readName)
    .option(
      '--languages <codes>',
      'ISO 639-1, as en,de (default: those of two documents or more)',
      readLanguages,
    )
    .option('--json', 'the result as JSON');
  command.action(() => run((context) => trainCommand(context, command.opts<TrainOptions>())));
}

interface Outcome extends Omit<TrainedHead, 'file' | 'report' | 'leftOut'> {
  readonly head: string;
  readonly report: string;
  readonly leftOut: readonly LeftOut[];
}

/** True when a head was written; files that could not be used are named and are no failure. */
export async function trainCommand(context: TrainContext, options: TrainOptions): Promise<boolean> {
  const { terminal } = context;
  return orSayDestination(terminal, async () => {
    const outcome = await train(context, options);
    if ('refused' in outcome) {
      for (const { id, reason } of outcome.leftOut) terminal.warn(`left out: ${id}: ${reason}`);
      terminal.warn(`${terminal.colours.red('error:')} nothing was trained: ${outcome.refused}`);
      return false;
    }
    if (options.json === true) terminal.printJson(outcome);
    else printOutcome(terminal, outcome);
    return true;
  });
}

type Refusal = { readonly refused: string; readonly leftOut: readonly LeftOut[] };

async function train(context: TrainContext, options: TrainOptions): Promise<Outcome | Refusal> {
  const { ports, terminal, cwd } = context;
  const folder = resolve(cwd, options.from);
  const types = await subfoldersOf(folder);
  if (types === null)
    return { refused: `${options.from} is no folder that can be read: check --from`, leftOut: [] };
  const trainer = ports.headTrainer();
  for (const type of types) {
    const problem = trainer.nameProblem(type);
    if (problem !== null)
      return { refused: `"${type}" cannot be the name of a type: ${problem}`, leftOut: [] };
  }
  const { samples, leftOut } = await readSamples(context, folder, types);
  const trained = await trainer.train(samples, {
    name:
      options.name ??
      (basename(folder)
        .replaceAll(/[^\w.-]+/g, '-')
        .slice(0, 63) ||
        'custom'),
    ...(options.languages === undefined ? {} : { languages: options.languages }),
    unreadable: leftOut,
    onProgress: (done, of) => terminal.progress(`learning from ${done} of ${of}`),
  });
  if ('refused' in trained) return { refused: trained.refused, leftOut };
  const { file, report, leftOut: useless, ...facts } = trained;
  const out = options.out ?? options.from;
  await makeFolder(out, cwd);
  const paths = { head: join(out, HEAD_FILE), report: join(out, REPORT_FILE) };
  await writeTo(paths.head, cwd, async (_, write) => write(new TextEncoder().encode(file)));
  await writeTo(paths.report, cwd, async (_, write) => write(new TextEncoder().encode(report)));
  return { ...facts, ...paths, leftOut: [...leftOut, ...useless] };
}

/** Names in their order; null when the folder cannot be read. */
async function subfoldersOf(folder: string): Promise<readonly string[] | null> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.'))
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    if (fileErrorOf(error) === null) throw error;
    return null;
  }
}

/** Parses every PDF below the subfolders; what cannot be read is named, and a file that is there twice counts once. */
async function readSamples(
  { ports, terminal }: TrainContext,
  folder: string,
  types: readonly string[],
): Promise<{ readonly samples: readonly TrainingSample[]; readonly leftOut: readonly LeftOut[] }> {
  const files: { readonly type: string; readonly path: string }[] = [];
  for (const type of types) {
    const found = await findFiles([join(folder, type)], folder);
    files.push(...found.files.map((path) => ({ type, path })));
  }
  const samples: TrainingSample[] = [];
  const leftOut: LeftOut[] = [];
  const seen = new Map<string, string>();
  for (const [index, { type, path }] of files.entries()) {
    const id = relative(folder, path);
    terminal.progress(`reading ${index + 1} of ${files.length}: ${id}`);
    const reason = await readSample(path, async (bytes) => {
      const digest = documentIdOf(DEFAULT_TENANT, bytes);
      const twin = seen.get(digest);
      if (twin !== undefined) return `it is the same file as ${twin}`;
      seen.set(digest, id);
      samples.push({ id, type, document: await ports.localParser().parse(bytes) });
      return null;
    });
    if (reason !== null) leftOut.push({ id, reason });
  }
  return { samples, leftOut };

  async function readSample(
    path: string,
    use: (bytes: Uint8Array) => Promise<string | null>,
  ): Promise<string | null> {
    try {
      const input = await readInput(path, folder, ports.uploadLimitBytes);
      return 'problem' in input ? input.problem : await use(input.bytes);
    } catch (error) {
      // A broken PDF is its own trouble; a wrong configuration is everybody's.
      if (!(error instanceof DocstreamError) || error.failureClass !== 'poison') throw error;
      return `${error.code}: ${error.message}`;
    }
  }
}

async function makeFolder(path: string, cwd: string): Promise<void> {
  try {
    await mkdir(resolve(cwd, path), { recursive: true });
  } catch (cause) {
    const refusal = fileErrorOf(cause);
    if (refusal === null) throw cause;
    throw new DestinationError(`${path} cannot be made (${refusal.reason}): name another folder`, { cause });
  }
}

function printOutcome(terminal: Terminal, outcome: Outcome): void {
  const { colours } = terminal;
  for (const { id, reason } of outcome.leftOut)
    terminal.warn(`${colours.yellow('left out:')} ${id}: ${reason}`);
  terminal.print(`${colours.green('trained')} ${outcome.name}, with the model ${outcome.model}`);
  terminal.printTable(
    ['type', 'documents'],
    outcome.types.map(({ type, documents }) => [type, String(documents)]),
  );
  const { measured } = outcome;
  terminal.print(
    measured === null
      ? 'measured: nothing; each type needs three documents or more for that'
      : `measured in ${measured.folds} folds: accuracy ${measured.accuracy.toFixed(2)} (95 % interval ${measured.interval
          .map((value) => value.toFixed(2))
          .join(' to ')}), macro-F1 ${measured.macroF1.toFixed(2)}`,
  );
  terminal.print(`languages ${outcome.languages.join(', ')}; unknown below ${outcome.threshold.toFixed(2)}`);
  terminal.print(`report   ${outcome.report}`);
  terminal.print(`head     ${outcome.head}`);
  terminal.print(
    `use it with DOCSTREAM_HEAD_FILE set to its absolute path; the classifier reads it when it starts`,
  );
}

function readName(text: string): string {
  if (HEAD_NAME.test(text)) return text;
  throw new InvalidArgumentError('It must be letters, digits, points, hyphens and underscores, at most 63.');
}

function readLanguages(text: string): readonly string[] {
  const languages = text.split(',').map((language) => language.trim());
  if (languages.every((language) => /^[a-z]{2}$/.test(language))) return languages;
  throw new InvalidArgumentError('It must be two-letter codes of ISO 639-1, separated by commas.');
}
