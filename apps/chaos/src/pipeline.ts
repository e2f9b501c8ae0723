import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { ServiceName } from '@docstream/contracts';
import { createSupervisor, findPorts, type Supervisor } from '@docstream/platform';
import type { KillPoint, Mutation } from './patches.js';
import { until } from './waiting.js';

export type AppName = ServiceName | 'gateway';
export const APPS: readonly AppName[] = ['gateway', 'parser', 'classifier', 'extractor', 'store'];

export interface PipelineOptions {
  readonly root: string;
  readonly folder: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly mutation?: Mutation;
  /** The shipped stages with parser, model and rules, instead of the light ones. */
  readonly isFull?: boolean;
  readonly onEvent: (sentence: string) => void;
}

export interface StartOptions {
  readonly inWorker?: boolean;
  /** It takes what it would refuse otherwise. */
  readonly isCured?: boolean;
  readonly env?: Readonly<Record<string, string>>;
}

interface Running {
  readonly app: AppName;
  readonly url: string;
  readonly supervisor: Supervisor;
  /** How it ended last: `SIGKILL`, `exit code 0`. */
  lastExit: string;
}

/** The services as processes, each under a supervisor of its own, so that one can be stopped for good. */
export class Pipeline {
  readonly #options: PipelineOptions;
  readonly #running = new Map<string, Running>();

  constructor(options: PipelineOptions) {
    this.#options = options;
    mkdirSync(this.#folderOf('armed'), { recursive: true });
  }

  async startAll(): Promise<void> {
    await Promise.all(APPS.map((app) => this.start(app)));
  }

  /** Starts a service, or one more member of it under another name; resolves when it has joined its group. */
  async start(app: AppName, name: string = app, options: StartOptions = {}): Promise<void> {
    const [port = 0] = await findPorts(1);
    const url = `http://127.0.0.1:${port}`;
    const supervisor = createSupervisor({
      restartDelayMs: 300,
      maxRestartDelayMs: 1_000,
      stableAfterMs: 5_000,
      onEvent: (sentence) => {
        running.lastExit = / ended \((.*)\);/.exec(sentence)?.[1] ?? running.lastExit;
        this.#options.onEvent(sentence);
      },
    });
    const running: Running = { app, url, supervisor, lastExit: '' };
    this.#running.set(name, running);
    const { root, env } = this.#options;
    await supervisor.start({
      name,
      command: process.execPath,
      args: [
        ...['--import', this.#preload(name), '--disable-warning=TimeoutNegativeWarning'],
        ...this.#program(app, options),
      ],
      cwd: root,
      env: {
        ...env,
        DOCSTREAM_HTTP_HOST: '127.0.0.1',
        DOCSTREAM_HTTP_PORT: String(port),
        DOCSTREAM_CONCURRENCY: '16',
        ...options.env,
      },
      logFile: join(this.#options.folder, 'logs', `${name}.log`),
      readyUrl: `${url}/health/ready`,
      stopWithinMs: 30_000,
    });
  }

  /** SIGTERM, and no restart; resolves with how long it took in milliseconds. */
  async stop(name: string): Promise<number> {
    const beganAt = performance.now();
    const { supervisor } = this.#get(name);
    this.#running.delete(name);
    await supervisor.stop();
    return performance.now() - beganAt;
  }

  /** Stops and starts it, in order. */
  async restart(name: string, options: StartOptions = {}): Promise<void> {
    const { app } = this.#get(name);
    await this.stop(name);
    await this.start(app, name, options);
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#running.keys()].map((name) => this.stop(name)));
  }

  /** Starts what is missing, so that the next scenario begins with one of each; ends the members beyond that. */
  async reset(): Promise<void> {
    const surplus = [...this.#running.keys()].filter((name) => !APPS.some((app) => app === name));
    await Promise.all(surplus.map((name) => this.stop(name)));
    this.disarm();
    await Promise.all(APPS.filter((app) => !this.#running.has(app)).map((app) => this.start(app)));
    await this.untilReady();
  }

  signal(name: string, signal: NodeJS.Signals): number {
    const pid = this.pidOf(name);
    if (pid === undefined) throw new Error(`${name} is not running`);
    process.kill(pid, signal);
    return pid;
  }

  pidOf(name: string): number | undefined {
    return this.#get(name).supervisor.pidOf(name);
  }

  names(): readonly string[] {
    return [...this.#running.keys()];
  }

  urlOf(name: string): string {
    return this.#get(name).url;
  }

  /** The service dies at this point, the `skip` first times excepted; once. */
  arm(name: string, point: KillPoint, skip = 0): void {
    writeFileSync(this.#armedFile(name), JSON.stringify({ id: randomUUID(), point, skip }));
  }

  disarm(): void {
    rmSync(this.#folderOf('armed'), { recursive: true, force: true });
    mkdirSync(this.#folderOf('armed'), { recursive: true });
  }

  lastExitOf(name: string): string {
    return this.#get(name).lastExit;
  }

  restartsOf(name: string): number {
    return this.#get(name).supervisor.restartsOf(name);
  }

  async untilReady(withinMs = 60_000): Promise<void> {
    await until(
      'every service is ready',
      async () => {
        const answers = await Promise.all([...this.#running.values()].map(({ url }) => isReady(url)));
        return answers.every(Boolean);
      },
      withinMs,
    );
  }

  /** The CLI as an operator calls it. */
  async docstream(
    ...args: string[]
  ): Promise<{ readonly code: number; readonly out: string; readonly err: string }> {
    const child = spawn(process.execPath, [join(this.#options.root, 'apps/cli/dist/main.js'), ...args], {
      env: this.#options.env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let out = '';
    let err = '';
    child.stdout.on('data', (text) => (out += String(text)));
    child.stderr.on('data', (text) => (err += String(text)));
    const code = await new Promise<number>((resolve) => child.on('close', (exit) => resolve(exit ?? -1)));
    return { code, out, err };
  }

  #get(name: string): Running {
    const running = this.#running.get(name);
    if (running === undefined) throw new Error(`${name} is not started`);
    return running;
  }

  #program(app: AppName, { inWorker = false, isCured = false }: StartOptions): readonly string[] {
    const { root, isFull = false } = this.#options;
    if (isFull || app === 'gateway' || app === 'store') return [join(root, 'apps', app, 'dist/main.js')];
    return [
      join(root, 'apps/chaos/dist/services/main.js'),
      app,
      ...(inWorker ? ['--in-worker'] : []),
      ...(isCured ? ['--cured'] : []),
    ];
  }

  #preload(name: string): string {
    const { root, mutation = '' } = this.#options;
    const url = pathToFileURL(join(root, 'apps/chaos/dist/preload.js'));
    url.search = new URLSearchParams({ armed: this.#armedFile(name), mutation }).toString();
    return url.href;
  }

  #folderOf(kind: 'armed'): string {
    return join(this.#options.folder, kind);
  }

  #armedFile(name: string): string {
    return join(this.#folderOf('armed'), `${name}.json`);
  }
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/health/ready`, { signal: AbortSignal.timeout(3_000) });
    await response.body?.cancel();
    return response.ok;
  } catch {
    return false;
  }
}
