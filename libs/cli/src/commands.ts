import { MIN_PREFIX_LENGTH, type DocumentState } from '@docstream/contracts';
import { systemClock, type DocumentView } from '@docstream/core';
import { relative } from 'node:path';
import { applyTopics, type Applied } from './apply-topics.js';
import { examine, type Finding } from './doctor.js';
import { listDocuments, printDocument, printDocuments } from './documents.js';
import { findFiles } from './find-files.js';
import type { CliPorts } from './ports.js';
import { produceFiles, type Produced } from './produce-files.js';
import type { OutputFormat, Terminal } from './terminal.js';
import type { TopicOptions } from './topic-plan.js';

export interface CommandContext {
  readonly ports: CliPorts;
  readonly terminal: Terminal;
  readonly output: OutputFormat;
  readonly cwd: string;
}

// Each command resolves true when all went well, false when something failed that it has printed.

export async function applyTopicsCommand(context: CommandContext, options: TopicOptions): Promise<boolean> {
  const { ports, terminal, output } = context;
  const applied: Applied[] = [];
  await applyTopics(ports.clusterAdmin(), ports.subjects(), options, (one) => {
    applied.push(one);
    terminal.progress(`${one.name}: ${one.result}`);
  });
  if (output === 'json') terminal.printJson(applied);
  else {
    const { colours } = terminal;
    const paint = {
      created: colours.green,
      changed: colours.yellow,
      unchanged: colours.dim,
      left: colours.red,
    };
    terminal.printTable(
      ['what', 'name', 'result', 'detail'],
      applied.map(({ kind, name, result, detail }) => [kind, name, paint[result](result), detail]),
    );
  }
  const left = applied.filter(({ result }) => result === 'left');
  for (const { name, detail } of left) terminal.warn(`${name}: ${detail}`);
  return left.length === 0;
}

export async function migrateCommand({ ports, terminal, output }: CommandContext): Promise<boolean> {
  const applied = await ports.database().migrate();
  const { schemaVersion } = await ports.database().describe();
  if (output === 'json') terminal.printJson({ applied, schemaVersion });
  else if (applied.length === 0) terminal.print(`unchanged: the tables have version ${schemaVersion}`);
  else terminal.print(`migrated to version ${schemaVersion}: ${applied.join(', ')}`);
  return true;
}

export async function doctorCommand({ ports, terminal, output }: CommandContext): Promise<boolean> {
  terminal.progress('looking at Kafka, registry, database, blob store and model …');
  const findings = await examine(ports);
  if (output === 'json') terminal.printJson(findings);
  else printFindings(terminal, findings);
  return findings.every(({ status }) => status !== 'fail');
}

function printFindings(terminal: Terminal, findings: readonly Finding[]): void {
  const { colours } = terminal;
  const marks = { ok: colours.green('ok  '), warn: colours.yellow('warn'), fail: colours.red('FAIL') };
  for (const { status, part, what, remedy } of findings) {
    terminal.print(`${marks[status]} ${part.padEnd(11)}${what}`);
    if (remedy !== undefined) terminal.print(`${' '.repeat(16)}${colours.dim('→')} ${remedy}`);
  }
}

export interface ProduceOptions {
  readonly tenant: string;
  /** Seconds. */
  readonly wait?: number;
}

type Outcome = Produced & { readonly result?: DocumentView | null };

export async function produceCommand(
  { ports, terminal, output, cwd }: CommandContext,
  paths: readonly string[],
  options: ProduceOptions,
): Promise<boolean> {
  const { files, unmatched } = await findFiles(paths, cwd);
  for (const path of unmatched) terminal.warn(`${path}: no such file, and no PDF below it or matching it`);
  const adapters = { blobStore: ports.blobStore(), codec: ports.codec(), producer: ports.producer() };
  const settings = { tenant: options.tenant, uploadLimitBytes: ports.uploadLimitBytes, clock: systemClock };
  const produced: Produced[] = [];
  if (files.length > 0) {
    for await (const one of produceFiles(files, adapters, settings)) {
      produced.push({ ...one, path: relative(cwd, one.path) || one.path });
      terminal.progress(`${produced.length} of ${files.length}: ${one.path}`);
    }
  }
  const outcomes =
    options.wait === undefined
      ? produced
      : await waitForAll(ports, terminal, produced, options.wait, options.tenant);
  if (output === 'json') terminal.printJson(outcomes);
  else if (outcomes.length > 0) printOutcomes(terminal, outcomes);
  return unmatched.length === 0 && outcomes.every(isSuccess);
}

function isSuccess({ state, result }: Outcome): boolean {
  if (state !== 'accepted') return false;
  return result === undefined || result?.state === 'stored';
}

/** Waits for all documents side by side, within one limit. */
async function waitForAll(
  ports: CliPorts,
  terminal: Terminal,
  produced: readonly Produced[],
  seconds: number,
  tenant: string,
): Promise<readonly Outcome[]> {
  const deadlineMs = systemClock.nowMs() + seconds * 1000;
  const endStates = ports.endStates();
  let ended = 0;
  return Promise.all(
    produced.map(async (one): Promise<Outcome> => {
      if (one.state !== 'accepted') return one;
      const isOver = await endStates.waitForEnd(
        one.documentId,
        one.run,
        Math.max(0, deadlineMs - systemClock.nowMs()),
      );
      ended += 1;
      terminal.progress(`${ended} of ${produced.length} at their end`);
      return { ...one, result: isOver ? await ports.documents().find(tenant, one.documentId) : null };
    }),
  );
}

function printOutcomes(terminal: Terminal, outcomes: readonly Outcome[]): void {
  const { colours } = terminal;
  terminal.printTable(
    ['file', 'state', 'document', 'detail'],
    outcomes.map((outcome) => {
      if (outcome.state !== 'accepted') {
        const { code, message } = outcome.error;
        return [outcome.path, colours.red(outcome.state), '–', `${code}: ${message}`];
      }
      return [outcome.path, stateOf(outcome), outcome.documentId, detailOf(outcome)];
    }),
  );
  const refusals = outcomes.flatMap((outcome) => (outcome.state === 'accepted' ? [] : [outcome.error]));
  for (const remedy of new Set(refusals.map((error) => error.remedy))) terminal.warn(`→ ${remedy}`);
}

function stateOf({ state, result }: Outcome): string {
  return result === undefined ? state : (result?.state ?? 'not at its end yet');
}

function detailOf({ result }: Outcome): string {
  if (result == null) return '';
  if (result.error !== null) return `${result.error.code}: ${result.error.message}`;
  return result.type === null ? '' : `${result.type}, ${result.quality ?? 'unknown quality'}`;
}

export interface ResultsOptions {
  readonly tenant: string;
  readonly limit: number;
  readonly type?: string;
  readonly state?: DocumentState;
}

export async function resultsCommand(
  { ports, terminal, output }: CommandContext,
  options: ResultsOptions,
): Promise<boolean> {
  const { tenant, limit, type, state } = options;
  const documents = await listDocuments(ports.documents(), {
    tenant,
    limit,
    ...(type === undefined ? {} : { type }),
    ...(state === undefined ? {} : { state }),
  });
  if (output === 'json') terminal.printJson(documents);
  else if (documents.length > 0) printDocuments(terminal, documents);
  else terminal.warn('no documents; send some with `docstream produce PATH…`');
  return true;
}

export async function showCommand(
  { ports, terminal, output }: CommandContext,
  id: string,
  { tenant }: { readonly tenant: string },
): Promise<boolean> {
  if (id.length < MIN_PREFIX_LENGTH) {
    terminal.warn(`${id}: give at least ${MIN_PREFIX_LENGTH} characters of the document id`);
    return false;
  }
  const view = await ports.documents().find(tenant, id.toLowerCase());
  if (view === null) {
    terminal.warn(`${id}: there is no such document of tenant ${tenant}; \`docstream results\` lists them`);
    return false;
  }
  if (output === 'json') terminal.printJson(view);
  else printDocument(terminal, view);
  return true;
}
