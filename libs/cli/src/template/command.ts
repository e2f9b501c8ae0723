import type { Command } from 'commander';
import { basename, resolve } from 'node:path';
import type { ParseContext } from '../parse/command.js';
import { readInput } from '../parse/input.js';
import { printExplanation } from './print.js';

export interface TryOptions {
  readonly template?: string;
  readonly type?: string;
  readonly json?: boolean;
}

/** `docstream template try`: needs no broker and no database, and takes none of their options. */
export function registerTemplateCommand(
  program: Command,
  run: (work: (context: ParseContext) => Promise<boolean>) => Promise<void>,
): void {
  const template = program.command('template').description('definitions of what is extracted');
  const command = template
    .command('try')
    .description(
      'what each rule finds in a PDF, here and now, and why values lose: nothing is sent or stored',
    )
    .argument('<file>', 'a PDF')
    .option('--template <file>', 'a template or definition (YAML) on top of DOCSTREAM_DEFINITIONS')
    .option('--type <type>', "the document's type (default: that of the template, else unknown)")
    .option('--json', 'all of it, for programs');
  command.action(() =>
    run((context) => tryTemplate(context, command.args[0] ?? '', command.opts<TryOptions>())),
  );
}

/** True when the document was read and the rules applied; else what was wrong has been said, or is thrown as DocstreamError. */
export async function tryTemplate(
  { ports, terminal, cwd }: ParseContext,
  path: string,
  { template, type, json = false }: TryOptions,
): Promise<boolean> {
  const input = await readInput(path, cwd, ports.uploadLimitBytes);
  if ('problem' in input) {
    terminal.warn(`${terminal.colours.red('error:')} ${input.problem}`);
    return false;
  }
  const rules = ports.localExtractor().load({
    ...(type === undefined ? {} : { type }),
    ...(template === undefined ? {} : { file: resolve(cwd, template) }),
  });
  // Before they are applied: it may be why that takes too long.
  for (const warning of rules.warnings) terminal.warn(`${terminal.colours.yellow('warning:')} ${warning}`);
  try {
    terminal.progress(`reading ${basename(path)} …`);
    const document = await ports.localParser().parse(input.bytes);
    terminal.progress(`applying the rules to ${basename(path)} …`);
    const explanation = await rules.explain(document);
    if (json) terminal.printJson(explanation);
    else printExplanation(terminal, explanation);
    return true;
  } finally {
    terminal.endProgress();
  }
}
