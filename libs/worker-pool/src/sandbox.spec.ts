import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import type { StageContext } from '@docstream/core';
import { applicationCode, type Sandbox } from './sandbox.js';
import { createWorkerPool, type ReadyWorkerPool } from './worker-pool.js';

const ATTACKS = new URL('./fixtures/attacks.mjs', import.meta.url);
const FUNCTIONS = new URL('./fixtures/functions.mjs', import.meta.url);
const context: StageContext = { documentId: 'd', run: 'r', attempt: 1, deadlineMs: 30_000 };

interface Attack {
  readonly results: Readonly<Record<string, { readonly got?: string; readonly refused?: string }>>;
  readonly environment: Readonly<Record<string, string>>;
}

jest.setTimeout(60_000);

describe('sandbox', () => {
  const pools: { close(): Promise<void> }[] = [];
  const servers: Server[] = [];
  const callers: number[] = [];
  let folder = '';

  function poolOf<Output>(
    module: URL,
    name: string,
    sandbox?: Sandbox,
    memoryMb = 512,
  ): ReadyWorkerPool<unknown, Output> {
    const pool = createWorkerPool<unknown, Output>({
      function: { module, export: name },
      size: 1,
      limits: { memoryMb, outputBytes: 1_000_000 },
      ...(sandbox === undefined ? {} : { sandbox }),
    });
    pools.push(pool);
    return pool;
  }

  async function attack(sandbox?: Sandbox): Promise<Attack> {
    const tcp = createServer((socket) => {
      callers.push(socket.remotePort ?? 0);
      // The attacker hangs up when it has what it came for.
      socket.on('error', () => socket.destroy());
      socket.end('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n');
    });
    const local = createServer((socket) => socket.end());
    servers.push(tcp.listen(0, '127.0.0.1'), local.listen(join(folder, 'socket')));
    await Promise.all([once(tcp, 'listening'), once(local, 'listening')]);
    const address = tcp.address();
    const port = address !== null && typeof address === 'object' ? address.port : 0;
    const input = { port, socket: join(folder, 'socket'), file: join(folder, 'written') };
    return (await poolOf<Attack>(ATTACKS, 'attack', sandbox).run(input, context)).value;
  }

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'docstream-sandbox-'));
    callers.length = 0;
  });
  afterEach(async () => {
    await Promise.all(pools.splice(0).map((pool) => pool.close()));
    for (const server of servers.splice(0)) server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it('refuses files, network, processes, threads, native code and signals', async () => {
    const { results } = await attack({ readable: [] });
    expect(Object.entries(results).filter(([, { got }]) => got !== undefined)).toEqual([]);
    expect(results).toMatchObject({
      'read a file': { refused: 'ERR_ACCESS_DENIED' },
      'read the environment of the service': { refused: 'ERR_ACCESS_DENIED' },
      'write a file': { refused: 'ERR_ACCESS_DENIED' },
      'write a database': { refused: 'ERR_UNKNOWN_BUILTIN_MODULE' },
      'start a process': { refused: 'ERR_ACCESS_DENIED' },
      'connect to a port': { refused: 'ERR_ACCESS_DENIED' },
      'connect to a socket': { refused: 'ERR_ACCESS_DENIED' },
      'start a thread with more permissions': { refused: 'ERR_ACCESS_DENIED' },
      'load native code': { refused: 'ERR_DLOPEN_DISABLED' },
      'signal the service': { refused: 'TypeError: process.kill is not a function' },
    });
    expect(callers).toEqual([]);
    expect(readdirSync(folder)).toEqual(['socket']);
  });

  it('is what refuses them: without it they get through', async () => {
    const { results } = await attack();
    for (const name of ['read a file', 'write a file', 'start a process', 'connect to a port', 'fetch']) {
      expect({ name, ...results[name] }).not.toHaveProperty('refused');
    }
    expect(callers).toHaveLength(2);
  });

  it('leaves an empty environment', async () => {
    process.env['DOCSTREAM_TEST_SECRET'] = 'swordfish';
    const { environment } = await attack({ readable: [] });
    delete process.env['DOCSTREAM_TEST_SECRET'];
    expect(environment).toEqual({});
  });

  it('lets the files be read that it names, with all that a folder has', async () => {
    const pool = poolOf<string>(FUNCTIONS, 'read', { readable: [new URL('./fixtures/', import.meta.url)] });
    const read = async (url: URL): Promise<string> =>
      (await pool.run({ file: fileURLToPath(url) }, context)).value;
    expect(await read(FUNCTIONS)).toContain('export function read');
    await expect(read(new URL('./worker-pool.ts', import.meta.url))).rejects.toThrow('--allow-fs-read');
  });

  it('still ends what hangs or takes too much memory', async () => {
    const sandbox = { readable: [] };
    const hanging = poolOf(FUNCTIONS, 'hang', sandbox).run({}, { ...context, deadlineMs: 100 });
    await expect(hanging).rejects.toMatchObject({ code: 'WORK_TIMEOUT' });
    const hogging = poolOf(FUNCTIONS, 'hogMemory', sandbox, 160).run({}, context);
    await expect(hogging).rejects.toMatchObject({ code: 'WORK_OUT_OF_MEMORY' });
  });

  it('names built code and packages, and nothing of the rest of the repository', () => {
    const root = new URL('../../../', import.meta.url);
    const paths = applicationCode(new URL(import.meta.url)).map(({ href }) => href.slice(root.href.length));
    expect(paths).toEqual(
      expect.arrayContaining([
        'node_modules/',
        'package.json',
        'libs/core/dist/',
        'libs/adapters/pdfjs/dist/',
      ]),
    );
    expect(paths.filter((path) => !/^node_modules\/$|\/dist\/$|package\.json$/.test(path))).toEqual([]);
  });
});
