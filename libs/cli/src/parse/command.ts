import { documentText, type Page, type ParsedDocument } from '@docstream/contracts';
import { InvalidArgumentError, Option, type Command } from 'commander';
import { basename } from 'node:path';
import type { CliPorts } from '../ports.js';
import type { Terminal } from '../terminal.js';
import { orSayDestination, refuseSameFile, writeTo } from './destination.js';
import { drawPng, drawSvg, MAX_DRAWN_PAGES } from './draw.js';
import { readInput, readStandardInput, STANDARD_INPUT, type Input, type StandardInput } from './input.js';
import { PARSERS, type ParserName } from './local-parser.js';
import { printOverview } from './overview.js';
import { readPageRange, type PageRange } from './page-range.js';

export interface ParseOptions {
  readonly json?: boolean;
  readonly text?: boolean;
  readonly svg?: boolean;
  /** File that becomes the picture. */
  readonly png?: string;
  readonly page?: PageRange;
  readonly adapter?: ParserName;
  readonly output?: string;
}

export interface ParseContext {
  readonly ports: CliPorts;
  readonly terminal: Terminal;
  readonly cwd: string;
  readonly stdin: StandardInput;
}

/** `docstream parse`: needs no broker and no database, and takes none of their options. */
export function registerParseCommand(
  program: Command,
  run: (work: (context: ParseContext) => Promise<boolean>) => Promise<void>,
): void {
  const command = program
    .command('parse')
    .description('what the parser sees in a PDF, here and now: nothing is sent or stored')
    .argument('<file>', `a PDF; ${STANDARD_INPUT} reads standard input`)
    .addOption(new Option('--json', 'the parsed document').conflicts(['text', 'svg', 'png']))
    .addOption(new Option('--text', 'only the text, pages parted by form feeds').conflicts(['svg', 'png']))
    .addOption(new Option('--svg', 'a drawing: the pages with the boxes of what was seen').conflicts('png'))
    .addOption(new Option('--png <file>', 'the same drawing as a PNG file').conflicts('output'))
    .option('--page <N|N-M>', 'only these pages, from 1', readPageRange)
    .addOption(new Option('--adapter <name>', 'instead of DOCSTREAM_PARSER').choices(PARSERS))
    .option('--output <file>', 'write there instead of standard output', readOutput);
  command.action(() =>
    run((context) => parseCommand(context, command.args[0] ?? '', command.opts<ParseOptions>())),
  );
}

/** True when the document was read and printed; else what was wrong has been said, or is thrown as DocstreamError. */
export async function parseCommand(
  context: ParseContext,
  path: string,
  options: ParseOptions,
): Promise<boolean> {
  const { terminal } = context;
  return orSayDestination(terminal, async () => {
    const problem = await readAndPrint(context, path, options);
    if (problem !== null) terminal.warn(`${terminal.colours.red('error:')} ${problem}`);
    return problem === null;
  });
}

async function readAndPrint(
  context: ParseContext,
  path: string,
  options: ParseOptions,
): Promise<string | null> {
  const { ports, terminal, cwd } = context;
  const output = options.png ?? options.output;
  const name = path === STANDARD_INPUT ? 'standard input' : basename(path);
  const input = await readSource(context, path);
  if ('problem' in input) return input.problem;
  if (output !== undefined) refuseSameFile(output, input.file, cwd);
  const parser = ports.localParser();
  const document = await withSeconds(terminal, `reading ${name}`, () =>
    parser.parse(input.bytes, options.adapter),
  );
  const pages = selectPages(document, options.page);
  if (pages === null)
    return `--page goes beyond the end: ${name} has ${countOf(document.pages.length)}; choose among them`;
  const isDrawn = options.svg === true || options.png !== undefined;
  if (isDrawn && pages.length > MAX_DRAWN_PAGES)
    return `${countOf(pages.length)} are too many for one drawing: choose ${MAX_DRAWN_PAGES} at most, as --page 1-${MAX_DRAWN_PAGES}`;

  const work = { parser, terminal, document, pages, name, bytes: input.bytes };
  if (options.png !== undefined) return drawPng(work, options.png, cwd);
  const print = (to: Terminal): Promise<void> | void => {
    if (options.svg === true) return drawSvg(work, to);
    if (options.json === true) return to.printJson({ ...document, pages });
    if (options.text === true) return to.printPages(documentText({ ...document, pages }));
    return printOverview(to, document, pages, { name, bytes: input.bytes.byteLength });
  };
  if (output === undefined) await print(terminal);
  else await writeTo(output, cwd, async (file) => print(file));
  return null;
}

function readSource({ ports, cwd, stdin }: ParseContext, path: string): Promise<Input> {
  const { uploadLimitBytes } = ports;
  if (path !== STANDARD_INPUT) return readInput(path, cwd, uploadLimitBytes);
  return readStandardInput(stdin, uploadLimitBytes);
}

/** Null when the document has not all of them. */
function selectPages({ pages }: ParsedDocument, range: PageRange | undefined): readonly Page[] | null {
  if (range === undefined) return pages;
  return range.last > pages.length ? null : pages.slice(range.first - 1, range.last);
}

const countOf = (pages: number): string => (pages === 1 ? '1 page' : `${pages} pages`);

/** Shows that something goes on, and for how long. */
async function withSeconds<T>(terminal: Terminal, what: string, work: () => Promise<T>): Promise<T> {
  const startedMs = performance.now();
  const show = (): void => {
    const seconds = Math.floor((performance.now() - startedMs) / 1_000);
    terminal.progress(seconds === 0 ? `${what} …` : `${what} … ${seconds} s`);
  };
  show();
  const timer = setInterval(show, 1_000);
  try {
    return await work();
  } finally {
    clearInterval(timer);
  }
}

/** With other commands `--output` names a format. */
function readOutput(text: string): string {
  if (text !== 'json' && text !== 'table') return text;
  throw new InvalidArgumentError(`It names a file here: use --json, or ./${text} for a file of that name.`);
}
