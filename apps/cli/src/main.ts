import { outputFailureOf, runCli, type CliPorts, type ConnectOptions } from '@docstream/cli';
import { loadConfig } from '@docstream/config';
import { fstatSync, writeSync } from 'node:fs';
import pc from 'picocolors';

let isDebug = false;

async function connect({ bootstrapServer }: ConnectOptions): Promise<CliPorts> {
  const overrides = bootstrapServer === undefined ? {} : { DOCSTREAM_KAFKA_BROKERS: bootstrapServer };
  const config = loadConfig(undefined, { app: 'cli', overrides });
  isDebug = config.logging.level === 'debug';
  // Only now: `--help` and a mistyped command need no adapter.
  const { wirePorts } = await import('./wiring.js');
  return wirePorts(config);
}

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  const { exitCode, problem } = outputFailureOf(error);
  try {
    // At once: the process ends next, also where there is nobody to tell.
    if (problem !== null) writeSync(process.stderr.fd, problem);
  } finally {
    process.exit(exitCode);
  }
});
process.stderr.on('error', (error: NodeJS.ErrnoException) => process.exit(outputFailureOf(error).exitCode));

const exitCode = await runCli(process.argv.slice(2), {
  connect,
  cwd: process.cwd(),
  stdin: { open: () => process.stdin, stat: () => fstatSync(0, { bigint: true }) },
  isDebug: () => isDebug,
  streams: {
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    hasColours: pc.isColorSupported && process.stdout.isTTY,
    isInteractive: process.stderr.isTTY,
  },
});
// What a slow reader of the pipe has not taken yet would be lost.
await new Promise<void>((resolve) => process.stdout.write('', () => resolve()));
// Sockets to a peer that never answers would keep the process.
process.exit(exitCode);
