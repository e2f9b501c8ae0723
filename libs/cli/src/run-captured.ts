import type { CliPorts } from './ports.js';
import { runCli, type ExitCode } from './program.js';

/** What a command left behind. */
export interface CapturedRun {
  readonly exitCode: ExitCode;
  readonly out: string;
  readonly err: string;
}

/** Runs a command line on ports that a spec made, and keeps what it prints, as to a file: no colours, nobody to ask. */
export async function runCaptured(args: readonly string[], ports: CliPorts, cwd = '/'): Promise<CapturedRun> {
  let [out, err] = ['', ''];
  const exitCode = await runCli(args, {
    cwd,
    isDebug: () => false,
    connect: async () => ports,
    streams: {
      out: (text) => void (out += text),
      err: (text) => void (err += text),
      hasColours: false,
      isInteractive: false,
    },
  });
  return { exitCode, out, err };
}
