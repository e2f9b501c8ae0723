import { DEFAULT_TENANT, END_STATES, OPEN_STATES, isTenant, type DocumentState } from '@docstream/contracts';
import { DocstreamError } from '@docstream/core';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { registerAuditCommand } from './audit.js';
import { registerBlobCommands } from './blobs/commands.js';
import {
  applyTopicsCommand,
  doctorCommand,
  migrateCommand,
  produceCommand,
  resultsCommand,
  showCommand,
  type CommandContext,
} from './commands.js';
import { registerControlCommands } from './control-commands.js';
import { registerDeadLetterCommands } from './dead-letters/commands.js';
import { registerExplainCommand } from './explain/command.js';
import { registerParseCommand, type ParseContext } from './parse/command.js';
import type { StandardInput } from './parse/input.js';
import type { CliPorts, Connect, ConnectOptions } from './ports.js';
import { registerReprocessCommand } from './reprocess/commands.js';
import { registerTemplateCommand } from './template/command.js';
import { registerTrainCommand } from './train/command.js';
import { Terminal, type OutputFormat, type TerminalStreams } from './terminal.js';

export interface CliEnvironment {
  readonly connect: Connect;
  readonly streams: TerminalStreams;
  /** Relative paths and globs start here. */
  readonly cwd: string;
  /** Absent: standard input is empty. */
  readonly stdin?: StandardInput;
  /** True: errors print their stack. */
  readonly isDebug: () => boolean;
}

/** 0: done. 1: something failed, and was said. 2: the command line was wrong. 3: nobody can say yet; ask again. */
export type ExitCode = 0 | 1 | 2 | 3;

/** Runs one command line (without the program's name) to its end; never throws. */
export async function runCli(args: readonly string[], environment: CliEnvironment): Promise<ExitCode> {
  const terminal = new Terminal(environment.streams);
  const outcome: { exitCode: ExitCode } = { exitCode: 0 };
  try {
    await createProgram(terminal, environment, outcome).parseAsync([...args], { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    reportError(error, terminal, environment);
    return 1;
  }
}

interface GlobalOptions {
  readonly output: OutputFormat;
  readonly bootstrapServer?: string;
}

/** What an action came to; `undecided` where it has to be asked again to know. */
export type ActionResult = boolean | 'undecided';
type Action = (context: CommandContext) => Promise<ActionResult>;
/** Adds the options that every command takes, and runs its action with what they say. */
export type Define = (command: Command, actionOf: (command: Command) => Action) => void;

function createProgram(
  terminal: Terminal,
  environment: CliEnvironment,
  outcome: { exitCode: ExitCode },
): Command {
  const program = new Command('docstream')
    .description('Documents through Kafka: produce them, see what became of them, look after the topics.')
    .exitOverride()
    .showHelpAfterError('(docstream --help shows the commands)')
    .configureOutput({
      writeOut: environment.streams.out,
      writeErr: environment.streams.err,
      getOutHasColors: () => environment.streams.hasColours,
      getErrHasColors: () => environment.streams.hasColours,
    });

  const runWith = async (
    options: ConnectOptions,
    work: (ports: CliPorts) => Promise<ActionResult>,
  ): Promise<void> => {
    const result = await withPorts(await environment.connect(options), work);
    outcome.exitCode = result === 'undecided' ? 3 : result ? 0 : 1;
  };

  const define: Define = (command, actionOf) => {
    command
      .addOption(
        new Option('--output <format>', 'how results are printed')
          .choices(['table', 'json'])
          .default('table'),
      )
      .option('--bootstrap-server <host:port,…>', 'Kafka brokers, instead of DOCSTREAM_KAFKA_BROKERS')
      .action(async () => {
        const { output, bootstrapServer } = command.opts<GlobalOptions>();
        await runWith({ bootstrapServer }, (ports) =>
          actionOf(command)({ ports, terminal, output, cwd: environment.cwd }),
        );
      });
  };

  const topics = program
    .command('topics')
    .description("Kafka's topics, the registry's subjects, groups' first offsets");
  define(
    topics
      .command('apply')
      .description('create or change what differs; safe to repeat')
      .option(
        '--partitions <number>',
        'partitions of each topic; never fewer than there are (default: 4 for new ones)',
        positive,
      )
      .option(
        '--replication-factor <number>',
        'copies of new topics (default: 3, or 1 below three brokers)',
        positive,
      ),
    (command) => (context) => applyTopicsCommand(context, command.opts()),
  );

  const database = program.command('database').description('the tables in PostgreSQL');
  define(
    database.command('migrate').description('make the tables that this version needs; safe to repeat'),
    () => migrateCommand,
  );

  define(
    program.command('doctor').description('what is reachable, what is wrong, and what to do about it'),
    () => doctorCommand,
  );

  define(
    program
      .command('produce')
      .description('send documents: files, folders, globs')
      .argument('<path...>', 'files, folders (every *.pdf below) or globs')
      .option('--tenant <name>', 'whose documents they are', tenant, DEFAULT_TENANT)
      .addOption(
        new Option('--wait [seconds]', 'wait for the results, at most so long')
          .argParser(positive)
          .preset('120'),
      ),
    (command) => (context) => produceCommand(context, command.args, command.opts()),
  );

  define(
    program
      .command('results')
      .description('documents and what was found out about them, newest first')
      .option('--type <type>', 'only documents of this type')
      .addOption(new Option('--state <state>', 'only documents in this state').choices(STATES))
      .option('--limit <number>', 'at most so many', positive, 50)
      .option('--tenant <name>', 'whose documents', tenant, DEFAULT_TENANT),
    (command) => (context) => resultsCommand(context, command.opts()),
  );

  define(
    program
      .command('show')
      .description('one document: state, fields, timeline')
      .argument('<id>', 'document id, or a unique prefix of six characters or more')
      .option('--tenant <name>', 'whose document', tenant, DEFAULT_TENANT),
    (command) => (context) => showCommand(context, command.args[0] ?? '', command.opts()),
  );
  const runLocally = (work: (context: ParseContext) => Promise<boolean>): Promise<void> =>
    runWith({}, (ports) => {
      const { cwd, stdin = { open: nothing } } = environment;
      return work({ ports, terminal, cwd, stdin });
    });
  registerParseCommand(program, runLocally);
  registerTemplateCommand(program, runLocally);
  registerTrainCommand(program, (work) =>
    runWith({}, (ports) => work({ ports, terminal, cwd: environment.cwd })),
  );
  registerExplainCommand(program, define, tenant);
  registerControlCommands(program, define);
  registerAuditCommand(program, define);
  registerDeadLetterCommands(program, define);
  registerReprocessCommand(program, define);
  registerBlobCommands(program, define);
  return program;
}

async function* nothing(): AsyncGenerator<never> {}

const STATES: readonly DocumentState[] = [...OPEN_STATES, ...END_STATES];

async function withPorts<T>(ports: CliPorts, work: (ports: CliPorts) => Promise<T>): Promise<T> {
  try {
    return await work(ports);
  } finally {
    await ports.close();
  }
}

function positive(text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text) || value < 1)
    throw new InvalidArgumentError('It must be a whole number from 1.');
  return value;
}

function tenant(text: string): string {
  if (isTenant(text)) return text;
  throw new InvalidArgumentError('It must be lower-case letters, digits and hyphens, at most 63.');
}

/** What happened and what to do; the stack only for those who debug. */
function reportError(error: unknown, terminal: Terminal, { isDebug }: CliEnvironment): void {
  const message = error instanceof Error ? error.message : String(error);
  terminal.warn(`${terminal.colours.red('error:')} ${message}`);
  if (error instanceof DocstreamError) {
    if (error.code !== 'CONFIGURATION_INVALID') terminal.warn(`${error.code}: ${error.remedy}`);
  } else {
    terminal.warn('This is a bug: run it again with DOCSTREAM_LOG_LEVEL=debug and report what it prints.');
  }
  if (isDebug() && error instanceof Error) terminal.warn(error.stack ?? '');
}
