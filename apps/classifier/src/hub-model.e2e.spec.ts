import { eventually, buildPdf } from '@docstream/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  createReadStream,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

jest.setTimeout(120_000);

const root = fileURLToPath(new URL('../../..', import.meta.url));
const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'docstream-hub-'));
const modelDir = process.env['DOCSTREAM_MODEL_DIR'] ?? '';
const base = `/owner/minilm/resolve/${'b'.repeat(40)}/`;
const asked: string[] = [];
let isSilent = false;
/** Plays the hub with the model that the demo uses. */
const hub = createServer((request, response) => {
  const file = (request.url ?? '').slice(base.length);
  asked.push(file);
  if (isSilent) return;
  const path = join(modelDir, file);
  if (existsSync(path)) createReadStream(path).pipe(response);
  else response.writeHead(404).end();
});
let env: Record<string, string | undefined>;
const services = new Set<ChildProcess>();

function start(change: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [join(root, 'apps/classifier/dist/main.js')], {
    env: { ...env, ...change },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  services.add(child);
  const said = { text: '' };
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (bytes: Buffer) => (said.text += bytes.toString()));
  const isReady = async (): Promise<boolean> => {
    const url = /"event":"listening","url":"([^"]+)"/.exec(said.text)?.[1];
    return url !== undefined && (await fetch(`${url}/health/ready`)).status === 200;
  };
  return { child, said, isReady, exited: once(child, 'exit') };
}

beforeAll(async () => {
  hub.listen(0, '127.0.0.1');
  await once(hub, 'listening');
  mkdirSync(join(folder, 'blobs'));
  const weights = readFileSync(join(modelDir, 'onnx/model_quantized.onnx'));
  env = {
    ...process.env,
    DOCSTREAM_BLOB_STORE_URL: pathToFileURL(join(folder, 'blobs')).href,
    DOCSTREAM_MODEL_DIR: '',
    DOCSTREAM_MODEL: 'owner/minilm',
    DOCSTREAM_MODEL_REVISION: 'b'.repeat(40),
    DOCSTREAM_MODEL_SHA256: createHash('sha256').update(weights).digest('hex'),
    DOCSTREAM_MODEL_HUB: `http://127.0.0.1:${(hub.address() as AddressInfo).port}`,
    DOCSTREAM_CACHE_DIR: join(folder, 'cache'),
  };
});

afterEach(async () => {
  for (const child of services) {
    if (child.exitCode === null) {
      const exited = once(child, 'exit');
      child.kill('SIGTERM');
      await exited;
    }
  }
  services.clear();
});

afterAll(() => {
  hub.close();
  hub.closeAllConnections();
  rmSync(folder, { recursive: true });
});

describe('the classifier with a model of a hub', () => {
  it('ends with what to do when the model is not there and may not be fetched', async () => {
    const { exited, said } = start();
    expect(await exited).toEqual([1, null]);
    expect(said.text).toContain('set DOCSTREAM_MODEL_DOWNLOAD=true');
    expect(asked).toEqual([]);
  });

  it('answers health while it fetches, and stops in order when it is told to', async () => {
    isSilent = true;
    const { child, isReady, exited } = start({ DOCSTREAM_MODEL_DOWNLOAD: 'true' });
    await eventually('the hub is asked', () => asked.length === 1);
    expect(await isReady()).toBe(false);
    child.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);
    isSilent = false;
    asked.length = 0;
  });

  it('fetches it before it is ready, and asks for nothing at the next start or in the CLI', async () => {
    const first = start({ DOCSTREAM_MODEL_DOWNLOAD: 'true' });
    await eventually('it is ready', first.isReady, 60_000);
    expect(asked.toSorted()).toEqual([
      'config.json',
      'onnx/model_quantized.onnx',
      'tokenizer.json',
      'tokenizer_config.json',
    ]);
    expect(first.said.text).toContain('the embedding model is fetched');

    const second = start();
    await eventually('it is ready without the hub', second.isReady, 60_000);

    const lines = [
      'Invoice number 7',
      'We ask you to pay the amount of the invoice by the end of the month.',
      'Total 12.00 EUR',
    ];
    const texts = lines.map((text, index) => ({ x: 60, y: 720 - 18 * index, size: 11, text }));
    writeFileSync(join(folder, 'one.pdf'), buildPdf([{ texts }]));
    const cli = join(root, 'apps/cli/dist/main.js');
    const { stdout } = await run(
      process.execPath,
      [cli, 'explain', join(folder, 'one.pdf'), '--output', 'json'],
      { env },
    );
    expect(JSON.parse(stdout)).toMatchObject({ languages: ['en', 'de', 'fr'] });
    expect(asked).toHaveLength(4);
  });
});
