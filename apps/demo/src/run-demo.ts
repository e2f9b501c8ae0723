import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Terminal, findFiles } from '@docstream/cli';
import { loadConfig, type Environment } from '@docstream/config';
import { MAX_RECORD_BYTES, TOPICS } from '@docstream/contracts';
import {
  createSupervisor,
  defaultCacheDir,
  startPlatform,
  type Platform,
  type Supervisor,
} from '@docstream/platform';
import { USAGE, readArguments, type DemoArguments } from './arguments.js';
import { sendDocument, type DocumentOutcome } from './documents.js';
import { printOutcomes } from './report.js';
import { describeServices, environmentOf, type DemoServices } from './services.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const dataDir = join(root, '.docstream');
/** Documents under way at the same time. */
const SIDE_BY_SIDE = 4;

interface Started {
  readonly platform: Platform;
  readonly supervisor: Supervisor;
  readonly services: DemoServices;
}

/** Runs the demo and gives the exit code: 0 when every document has ended, 1 when not, 2 for wrong arguments. */
export async function runDemo(argv: readonly string[], env: Environment): Promise<number> {
  const terminal = new Terminal({
    out: (text) => void process.stdout.write(text),
    err: (text) => void process.stderr.write(text),
    hasColours: process.stdout.isTTY && (env['NO_COLOR'] ?? '') === '',
    isInteractive: process.stderr.isTTY,
  });
  let options: DemoArguments;
  try {
    options = readArguments(argv);
  } catch (error) {
    terminal.warn(`${messageOf(error)}\n\n${USAGE}`);
    return 2;
  }
  if (options.help) {
    terminal.print(USAGE);
    return 0;
  }
  const given = options.paths.length === 0 ? [join(root, 'samples')] : options.paths;
  const { files, unmatched } = await findFiles(given, env['INIT_CWD'] ?? process.cwd());
  if (unmatched.length > 0) {
    terminal.warn(`There is no file at ${unmatched.join(', ')}.`);
    return 2;
  }
  return new Demo(options, files, terminal, env).run();
}

class Demo {
  readonly #options: DemoArguments;
  readonly #files: readonly string[];
  readonly #terminal: Terminal;
  readonly #env: Environment;
  readonly #stopped = new AbortController();
  readonly #startedMs = Date.now();

  constructor(options: DemoArguments, files: readonly string[], terminal: Terminal, env: Environment) {
    this.#env = env;
    this.#options = options;
    this.#files = files;
    this.#terminal = terminal;
  }

  async run(): Promise<number> {
    const stop = (): void => this.#stopped.abort();
    process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
    const started: { platform?: Platform; supervisor?: Supervisor } = {};
    try {
      const { services, platform } = await this.#start(started);
      const outcomes = await this.#sendAll(services.gatewayUrl);
      if (!this.#options.once && !this.#stopped.signal.aborted) {
        this.#printAddresses(platform, services);
        await this.#untilStopped();
      }
      return outcomes.some(({ state }) => state === 'unfinished') && !this.#stopped.signal.aborted ? 1 : 0;
    } catch (error) {
      if (this.#stopped.signal.aborted) return 0;
      this.#terminal.warn(`The demo could not start: ${messageOf(error)}`);
      if (error instanceof Error && 'detail' in error && typeof error.detail === 'string')
        this.#terminal.warn(error.detail);
      return 1;
    } finally {
      this.#say('stopping');
      await started.supervisor?.stop();
      await started.platform?.stop();
    }
  }

  async #start(started: { platform?: Platform; supervisor?: Supervisor }): Promise<Started> {
    const { hubModel } = loadConfig(this.#env);
    const platform = await startPlatform({
      dataDir,
      cacheDir: defaultCacheDir(this.#env),
      env: this.#env,
      external: externalParts(this.#env, hubModel?.folder),
      onProgress: (sentence) => this.#say(sentence),
      onPartExit: (_part, sentence) => this.#terminal.warn(sentence),
    });
    started.platform = platform;
    this.#stopped.signal.throwIfAborted();
    this.#say('making tables, topics and schemas');
    await Promise.all([
      this.#docstream(platform, 'database', 'migrate'),
      this.#docstream(platform, 'topics', 'apply'),
    ]);
    const services = await describeServices(root, dataDir, platform, this.#env);
    const supervisor = createSupervisor({ onEvent: (sentence) => this.#terminal.warn(`  ${sentence}`) });
    started.supervisor = supervisor;
    this.#say('starting gateway, parser, classifier, extractor and store');
    await Promise.all(services.specs.map((spec) => supervisor.start(spec)));
    platform.publishGateway(services.gatewayUrl);
    return { platform, supervisor, services };
  }

  /** The CLI as a user would call it. */
  async #docstream(platform: Platform, ...args: string[]): Promise<void> {
    const child = spawn(process.execPath, [join(root, 'apps/cli/dist/main.js'), ...args], {
      env: environmentOf(platform, this.#env),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => said.push(String(text)));
    const code = await new Promise((resolve) => child.on('close', resolve));
    if (code !== 0) throw new Error(`docstream ${args.join(' ')} failed:\n${said.join('')}`);
  }

  async #sendAll(gatewayUrl: string): Promise<readonly DocumentOutcome[]> {
    const waiting = [...this.#files.entries()];
    const outcomes: DocumentOutcome[] = [];
    let ended = 0;
    this.#say(`sending ${waiting.length} documents to ${gatewayUrl}/v1/documents`);
    const work = async (): Promise<void> => {
      for (
        let next = waiting.shift();
        next !== undefined && !this.#stopped.signal.aborted;
        next = waiting.shift()
      ) {
        const [index, path] = next;
        const outcome = await sendDocument(gatewayUrl, path, this.#stopped.signal);
        outcomes[index] = outcome;
        ended += 1;
        if (this.#options.json) this.#terminal.print(JSON.stringify(outcome));
        this.#terminal.progress(`  ${ended} of ${this.#files.length} documents have ended`);
      }
    };
    await Promise.all(Array.from({ length: SIDE_BY_SIDE }, work));
    const known = outcomes.filter((outcome) => outcome !== undefined);
    if (!this.#options.json && !this.#stopped.signal.aborted) printOutcomes(this.#terminal, known);
    this.#say(`${ended} of ${this.#files.length} documents have reached their end state`);
    return known;
  }

  #printAddresses(platform: Platform, { gatewayUrl, urls }: DemoServices): void {
    const lines = [
      `Gateway        ${gatewayUrl}   OpenAPI: ${gatewayUrl}/docs`,
      `Kafka          ${platform.kafkaBrokers}`,
      `Registry       ${platform.schemaRegistryUrl}`,
      `PostgreSQL     ${platform.databaseUrl}`,
      `Blobs          ${platform.blobStoreUrl}`,
      `Metrics        ${Object.entries(urls)
        .map(([name, url]) => `${name} ${url}/metrics`)
        .join('\n               ')}`,
      `Logs           ${join(dataDir, 'logs')}`,
      '',
      'Send your own:',
      `  curl --data-binary @invoice.pdf -H 'content-type: application/pdf' '${gatewayUrl}/v1/documents?wait=30'`,
      '  ./docstream produce invoice.pdf && ./docstream results',
      `  kcat -P -b ${platform.kafkaBrokers} -t ${TOPICS.ingest.name} -X message.max.bytes=${MAX_RECORD_BYTES} invoice.pdf`,
      '',
      'Ctrl-C stops everything; the data stay in .docstream.',
    ];
    const text = lines.join('\n');
    if (this.#options.json) this.#terminal.warn(text);
    else this.#terminal.print(`\n${text}`);
  }

  #untilStopped(): Promise<void> {
    const { signal } = this.#stopped;
    if (signal.aborted) return Promise.resolve();
    // Keeps the process alive; the platform's children would not.
    const alive = setInterval(() => undefined, 60_000);
    return new Promise((resolve) => {
      signal.addEventListener(
        'abort',
        () => {
          clearInterval(alive);
          resolve();
        },
        { once: true },
      );
    });
  }

  #say(sentence: string): void {
    const seconds = ((Date.now() - this.#startedMs) / 1_000).toFixed(1);
    this.#terminal.warn(`[${seconds.padStart(5)} s] ${sentence}`);
  }
}

function externalParts(env: Environment, hubModelDir: string | undefined) {
  return {
    kafkaBrokers: env['DOCSTREAM_KAFKA_BROKERS'],
    schemaRegistryUrl: env['DOCSTREAM_SCHEMA_REGISTRY_URL'],
    databaseUrl: env['DOCSTREAM_DATABASE_URL'],
    blobStoreUrl: env['DOCSTREAM_BLOB_STORE_URL'],
    modelDir: hubModelDir ?? env['DOCSTREAM_MODEL_DIR'],
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
