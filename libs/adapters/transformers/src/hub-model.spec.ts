import type { Logger, HubModel } from '@docstream/core';
import { hurriedClock, silentLogger } from '@docstream/testing';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fetchHubModel, type FetchLimits } from './hub-model.js';
import { missingModelFiles } from './model-files.js';

const WEIGHTS = Buffer.alloc(300_000, 'weights ');
const BASE = `/owner/name/resolve/${'a'.repeat(40)}`;
const FILES: Readonly<Record<string, Buffer>> = {
  'config.json': Buffer.from('{"model_type":"bert"}'),
  'tokenizer_config.json': Buffer.from('{}'),
  'tokenizer.json': Buffer.from('{"version":"1.0"}'),
  'onnx/model_quantized.onnx': WEIGHTS,
};
const NAMES = Object.keys(FILES);

type Answer = (response: ServerResponse, file: string) => void;
const send: Answer = (response, file) => response.end(FILES[file]);

/** Plays the hub on loopback. */
class Hub {
  readonly asked: string[] = [];
  /** Answers that files get instead of themselves; one more each time, the last one for ever. */
  readonly instead = new Map<string, Answer[]>();
  readonly server = createServer((request, response) => {
    const path = request.url ?? '';
    this.asked.push(path);
    const file = path.slice(path.startsWith('/moved/') ? '/moved/'.length : BASE.length + 1);
    if (path.startsWith('/moved/')) return send(response, file);
    const answers = this.instead.get(file) ?? [];
    const answer = (answers.length > 1 ? answers.shift() : answers[0]) ?? send;
    answer(response, file);
  });

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }
}

const status =
  (code: number, headers: Readonly<Record<string, string>> = {}): Answer =>
  (response) =>
    response.writeHead(code, headers).end('no');
const redirect =
  (location: (file: string) => string): Answer =>
  (response, file) =>
    response.writeHead(307, { location: location(file) }).end();
/** Half of what was announced, then the end of the connection. */
const truncate: Answer = (response, file) => {
  response.writeHead(200, { 'content-length': String(FILES[file]?.length) });
  response.write(FILES[file]?.subarray(0, 100_000), () => response.destroy());
};

describe('a model of a hub', () => {
  let hub: Hub;
  let cache = '';
  let model: HubModel;

  beforeEach(async () => {
    hub = new Hub();
    cache = mkdtempSync(join(tmpdir(), 'docstream-hub-'));
    hub.server.listen(0, '127.0.0.1');
    await once(hub.server, 'listening');
    model = {
      name: 'owner/name',
      revision: 'a'.repeat(40),
      sha256: createHash('sha256').update(WEIGHTS).digest('hex'),
      hub: hub.url,
      folder: join(cache, 'owner', 'name'),
      mayDownload: true,
    };
  });
  afterEach(() => {
    hub.server.close();
    hub.server.closeAllConnections();
    rmSync(cache, { recursive: true });
  });

  const fetchIt = (
    limits: Partial<FetchLimits> = {},
    change: { readonly logger?: Logger; readonly signal?: AbortSignal } = {},
  ): Promise<void> => fetchHubModel(model, { logger: silentLogger, clock: hurriedClock, limits, ...change });
  const instead = (file: string, ...answers: Answer[]) => hub.instead.set(file, answers);
  const drafts = (): readonly string[] => readdirSync(join(model.folder, '.partial'));
  const expectWhole = (): void => {
    for (const name of NAMES)
      expect(readFileSync(join(model.folder, name)).equals(FILES[name] ?? WEIGHTS)).toBe(true);
    expect(drafts()).toEqual([]);
  };
  /** The weights are not there, neither whole nor in part. */
  const expectNoWeights = (): void => {
    expect(missingModelFiles(model.folder)).toEqual(['onnx/model_quantized.onnx']);
    expect(drafts()).toEqual([]);
  };

  it('is fetched file by file, the weights last, and said so', async () => {
    const said: string[] = [];
    await fetchIt({}, { logger: { ...silentLogger, info: (text) => said.push(text) } });
    expect(hub.asked).toEqual(NAMES.map((name) => `${BASE}/${name}`));
    expectWhole();
    expect(said).toEqual(['the embedding model is fetched', 'the embedding model is there']);
  });

  it('says every few seconds how far it is', async () => {
    const said: unknown[] = [];
    let nowMs = 0;
    await fetchHubModel(model, {
      logger: {
        ...silentLogger,
        info: (text, facts) => text.includes('being fetched') && said.push(facts),
      },
      clock: { ...hurriedClock, nowMs: () => (nowMs += 10_000) },
    });
    expect(said.at(-1)).toEqual({
      model: 'owner/name',
      file: 'onnx/model_quantized.onnx',
      bytes: WEIGHTS.length,
      allBytes: WEIGHTS.length,
    });
  });

  it('is not asked for when its files are there, allowed or not', async () => {
    await fetchIt();
    hub.asked.length = 0;
    await fetchIt();
    model = { ...model, mayDownload: false };
    await fetchIt();
    expect(hub.asked).toEqual([]);
  });

  it('is not fetched unless that is allowed; the error says what to set and what to put where', async () => {
    model = { ...model, mayDownload: false };
    const failure = await fetchIt().catch((error: unknown) => error);
    expect(failure).toMatchObject({ name: 'FatalError', code: 'CONFIGURATION_INVALID' });
    const text = String(failure);
    for (const part of [
      'DOCSTREAM_MODEL_DOWNLOAD=true',
      model.folder,
      ...NAMES,
      `${hub.url}${BASE}/config.json`,
    ])
      expect(text).toContain(part);
    expect(hub.asked).toEqual([]);
  });

  it('is followed through redirects', async () => {
    for (const name of NAMES)
      instead(
        name,
        redirect((file) => `/moved/${file}`),
      );
    await fetchIt();
    expectWhole();
  });

  it.each([
    ['to no place of the web', 'file:///etc/passwd', 'redirects to where'],
    ['for ever', `${BASE}/config.json`, 'redirects more than'],
  ])('is given up when it redirects %s', async (_, location, problem) => {
    instead(
      'config.json',
      redirect(() => location),
    );
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(problem),
    });
  });

  it('is refused with another checksum, and nothing of the weights is kept', async () => {
    instead('onnx/model_quantized.onnx', (response) => response.end('other weights'));
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('as DOCSTREAM_MODEL_SHA256 demands'),
    });
    expectNoWeights();
  });

  it('is refused when a page comes instead of JSON', async () => {
    instead('tokenizer.json', (response) => response.end('<html>Please log in</html>'));
    await expect(fetchIt()).rejects.toMatchObject({ message: expect.stringContaining('is no JSON') });
    expect(existsSync(join(model.folder, 'tokenizer.json'))).toBe(false);
  });

  it.each([
    [404, { 'x-error-code': 'EntryNotFound' }, '404 (EntryNotFound)'],
    [401, { 'x-error-code': 'GatedRepo' }, '401 (GatedRepo)'],
    [403, {}, 'answers 403:'],
  ])('is refused at once when the hub answers %i', async (code, headers, problem) => {
    instead('onnx/model_quantized.onnx', status(code, headers));
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining(problem),
    });
    expect(hub.asked).toHaveLength(4);
    expectNoWeights();
  });

  it('leaves nothing that looks whole when the body ends early, every time', async () => {
    instead('onnx/model_quantized.onnx', truncate);
    await expect(fetchIt({ attempts: 2 })).rejects.toMatchObject({
      code: 'MODEL_HUB_UNAVAILABLE',
      dependency: 'model-hub',
    });
    expect(hub.asked).toHaveLength(5);
    expectNoWeights();
  });

  it('is tried again after a truncated body and an overloaded hub, and only what is missing', async () => {
    instead('onnx/model_quantized.onnx', truncate, status(503), status(429), send);
    await fetchIt();
    expect(hub.asked).toHaveLength(7);
    expectWhole();
  });

  it('is continued by the next start with what is missing', async () => {
    instead('onnx/model_quantized.onnx', truncate, send);
    await expect(fetchIt({ attempts: 1 })).rejects.toMatchObject({ code: 'MODEL_HUB_UNAVAILABLE' });
    hub.asked.length = 0;
    await fetchIt();
    expect(hub.asked).toEqual([`${BASE}/onnx/model_quantized.onnx`]);
    expectWhole();
  });

  it.each([
    [
      'announces',
      (response: ServerResponse) => response.writeHead(200, { 'content-length': '300000' }).end(WEIGHTS),
    ],
    ['sends', (response: ServerResponse) => (response.write(WEIGHTS), response.end())],
  ])('is refused when the hub %s more than the limit', async (_, answer) => {
    instead('onnx/model_quantized.onnx', answer);
    await expect(fetchIt({ modelBytes: 299_999 })).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('larger than the 299999 bytes'),
    });
    expectNoWeights();
  });

  it('is given up when the hub falls silent', async () => {
    instead('onnx/model_quantized.onnx', (response, file) => response.write(FILES[file]?.subarray(0, 1_000)));
    await expect(fetchIt({ attempts: 1, idleMs: 100 })).rejects.toMatchObject({
      code: 'MODEL_HUB_UNAVAILABLE',
      message: expect.stringContaining('sent nothing for 0.1 s'),
    });
    expectNoWeights();
  });

  it('is given up when it takes too long altogether', async () => {
    instead('config.json', (response) => {
      const timer = setInterval(() => response.write(' '), 20);
      response.once('close', () => clearInterval(timer));
    });
    await expect(fetchIt({ attempts: 1, totalMs: 200, idleMs: 10_000 })).rejects.toMatchObject({
      message: expect.stringContaining('was not complete after 0.2 s'),
    });
  });

  it('is given up when there is no hub', async () => {
    hub.server.close();
    hub.server.closeAllConnections();
    await expect(fetchIt({ attempts: 2 })).rejects.toMatchObject({ code: 'MODEL_HUB_UNAVAILABLE' });
  });

  it('is dropped where the service is stopped, without a trace', async () => {
    const stopped = new AbortController();
    instead('onnx/model_quantized.onnx', (response, file) =>
      response.write(FILES[file]?.subarray(0, 1_000), () => stopped.abort(new Error('stopping'))),
    );
    await expect(fetchIt({}, { signal: stopped.signal })).rejects.toThrow('stopping');
    expectNoWeights();
  });

  it('is fetched by two at once without harm', async () => {
    const waiting: (() => void)[] = [];
    instead('onnx/model_quantized.onnx', (response, file) => {
      waiting.push(() => send(response, file));
      if (waiting.length === 2) for (const answer of waiting) answer();
    });
    await Promise.all([fetchIt(), fetchIt()]);
    expect(waiting).toHaveLength(2);
    expectWhole();
  });

  it('is not hindered by drafts of processes that were killed; old ones go', async () => {
    const folder = join(model.folder, '.partial');
    mkdirSync(folder, { recursive: true });
    for (const name of ['old', 'new']) writeFileSync(join(folder, name), 'half');
    utimesSync(join(folder, 'old'), 0, 0);
    await fetchIt();
    expect(drafts()).toEqual(['new']);
    expect(missingModelFiles(model.folder)).toEqual([]);
  });

  it('is refused where the cache folder cannot be written', async () => {
    writeFileSync(join(cache, 'owner'), 'a file in the way');
    await expect(fetchIt()).rejects.toMatchObject({
      code: 'CONFIGURATION_INVALID',
      message: expect.stringContaining('set DOCSTREAM_CACHE_DIR'),
    });
  });
});
