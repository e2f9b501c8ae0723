import { runCli, type CliPorts, type ConnectOptions } from '@docstream/cli';
import { loadConfig } from '@docstream/config';
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

// `docstream results | head` closes the pipe early: that is no failure.
for (const stream of [process.stdout, process.stderr])
  stream.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));

const exitCode = await runCli(process.argv.slice(2), {
  connect,
  cwd: process.cwd(),
  openStdin: () => process.stdin,
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
