import { STAGES, type StageName } from '@docstream/contracts';
import { systemClock } from '@docstream/core';
import { Option, type Command } from 'commander';
import { hostname, userInfo } from 'node:os';
import type { CommandContext } from './commands.js';
import { sayControl } from './control.js';
import type { Define } from './program.js';

/** `docstream pause` and `docstream resume`. */
export function registerControlCommands(program: Command, define: Define): void {
  define(
    program
      .command('pause')
      .description('let a stage finish what is in work and start nothing new; offsets and membership stay')
      .addOption(stageOption())
      .option('--reason <text>', 'why, for those who look'),
    (command) => (context) => controlCommand(context, true, command.opts()),
  );
  define(
    program
      .command('resume')
      .description('let a paused stage go on; closes its breaker, too')
      .addOption(stageOption()),
    (command) => (context) => controlCommand(context, false, command.opts()),
  );
}

function stageOption(): Option {
  return new Option('--stage <stage>', 'which stage').choices(STAGES).makeOptionMandatory();
}

async function controlCommand(
  { ports, terminal, output }: CommandContext,
  paused: boolean,
  { stage, reason = null }: { readonly stage: StageName; readonly reason?: string | null },
): Promise<boolean> {
  const said = { stage, paused, reason, atMs: systemClock.nowMs(), by: `${userName()}@${hostname()}` };
  await sayControl(ports.producer(), said);
  const { atMs, ...shown } = said;
  if (output === 'json') terminal.printJson({ ...shown, at: new Date(atMs).toISOString() });
  else if (paused) {
    terminal.print(`${stage} pauses: its backlog waits until \`docstream resume --stage ${stage}\``);
  } else terminal.print(`${stage} goes on`);
  return true;
}

/** Containers often run as a user without a name. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    return 'somebody';
  }
}
