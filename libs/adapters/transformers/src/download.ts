import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { DependencyError, FatalError } from '@docstream/core';

const HUB = 'model-hub';
const MAX_REDIRECTS = 5;
const REDIRECTS = [301, 302, 303, 307, 308];
/** Statuses that another attempt may heal. */
const PASSING = [408, 425, 429];

export interface Download {
  readonly url: string;
  /** Appears whole and checked, or not at all; what is there is replaced. */
  readonly file: string;
  /** Where it grows meanwhile, on the same file system; nobody else's. */
  readonly draft: string;
  readonly maxBytes: number;
  /** Without a byte, and altogether. */
  readonly idleMs: number;
  readonly totalMs: number;
  /** Throws when the draft is not what it should be. */
  readonly check: (draft: string, sha256: string) => Promise<void>;
  /** Bytes so far and, where the hub says so, of all. */
  readonly onProgress: (bytes: number, allBytes: number | null) => void;
  readonly signal: AbortSignal;
}

/**
 * One attempt to fetch a file. Errors: DependencyError MODEL_HUB_UNAVAILABLE for what another attempt may heal, FatalError
 * CONFIGURATION_INVALID for what it may not (refused, too large, a folder that cannot be written), those of `check`, and
 * the signal's reason. After an error there is no draft.
 */
export async function downloadFile(download: Download): Promise<void> {
  const { url, file, draft, idleMs, totalMs, signal } = download;
  const limit = new AbortController();
  const expire = (what: string) => limit.abort(unavailable(`${url} ${what}`));
  const idle = setTimeout(() => expire(`sent nothing for ${idleMs / 1_000} s`), idleMs);
  const total = setTimeout(() => expire(`was not complete after ${totalMs / 1_000} s`), totalMs);
  try {
    await Promise.all([file, draft].map((path) => mkdir(dirname(path), { recursive: true })));
    const either = AbortSignal.any([signal, limit.signal]);
    const response = await request(url, either);
    const sha256 = await writeDraft(download, response, () => idle.refresh(), either);
    await download.check(draft, sha256);
    await rename(draft, file);
  } catch (error) {
    // The first error says more than one of this; what stays is old to a later start.
    await Promise.allSettled([rm(draft, { force: true })]);
    signal.throwIfAborted();
    limit.signal.throwIfAborted();
    throw explain(error, url, file);
  } finally {
    clearTimeout(idle);
    clearTimeout(total);
  }
}

async function request(url: string, signal: AbortSignal): Promise<Response> {
  let place = new URL(url);
  for (let hops = 0; hops <= MAX_REDIRECTS; hops += 1) {
    const response = await fetch(place, {
      redirect: 'manual',
      headers: { 'accept-encoding': 'identity', 'user-agent': 'docstream' },
      signal,
    });
    if (response.status === 200) return response;
    await response.body?.cancel();
    if (!REDIRECTS.includes(response.status)) throw refusal(url, response);
    place = nextPlace(url, place, response.headers.get('location'));
  }
  throw new FatalError('CONFIGURATION_INVALID', `${url} redirects more than ${MAX_REDIRECTS} times.`);
}

/** Where a redirect leads. FatalError where that is not the web, or out of TLS. */
export function nextPlace(url: string, from: URL, location: string | null): URL {
  const next = location !== null && URL.canParse(location, from) ? new URL(location, from) : null;
  const allowed = from.protocol === 'https:' ? ['https:'] : ['http:', 'https:'];
  if (next !== null && allowed.includes(next.protocol)) return next;
  throw new FatalError('CONFIGURATION_INVALID', `${url} redirects to where it may not be fetched from.`);
}

function refusal(url: string, { status, headers }: Response): Error {
  if (status >= 500 || PASSING.includes(status)) return unavailable(`${url} answers ${status}`);
  // What a hub of Hugging Face says of a missing or gated repository, revision or file.
  const reason = /^\w{1,40}$/.exec(headers.get('x-error-code') ?? '')?.[0];
  return new FatalError(
    'CONFIGURATION_INVALID',
    `${url} answers ${status}${reason === undefined ? '' : ` (${reason})`}: the model, the revision or the file is not there, or not for everybody. Check DOCSTREAM_MODEL, DOCSTREAM_MODEL_REVISION and DOCSTREAM_MODEL_HUB, or fetch the model yourself and set DOCSTREAM_MODEL_DIR to its folder.`,
  );
}

/** Gives the SHA-256 of what was written. */
async function writeDraft(
  { url, draft, maxBytes, onProgress }: Download,
  { body, headers }: Response,
  onBytes: () => void,
  signal: AbortSignal,
): Promise<string> {
  const length = headers.get('content-length');
  const allBytes = length === null || headers.has('content-encoding') ? null : Number(length);
  if (allBytes !== null && allBytes > maxBytes) {
    await body?.cancel();
    throw tooLarge(url, maxBytes);
  }
  if (body === null) throw unavailable(`${url} sent nothing`);
  const hash = createHash('sha256');
  let bytes = 0;
  async function* counted(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of chunks) {
      bytes += chunk.byteLength;
      if (bytes > maxBytes) throw tooLarge(url, maxBytes);
      hash.update(chunk);
      onBytes();
      onProgress(bytes, allBytes);
      yield chunk;
    }
  }
  await pipeline(
    Readable.fromWeb(body),
    counted,
    // On the disk before it is renamed.
    createWriteStream(draft, { flags: 'wx', flush: true }),
    { signal },
  );
  if (allBytes !== null && bytes !== allBytes) throw unavailable(`${url} sent ${bytes} of ${allBytes} bytes`);
  return hash.digest('hex');
}

/** `fetch` wraps what the network did; what the file system did names its system call. */
function explain(error: unknown, url: string, file: string): unknown {
  if (error instanceof FatalError || error instanceof DependencyError) return error;
  if (isSystemError(error))
    return new FatalError(
      'CONFIGURATION_INVALID',
      `${file} cannot be written (${error.code}): make room or correct the permissions, or set DOCSTREAM_CACHE_DIR to a folder that can be written.`,
      { cause: error },
    );
  return unavailable(`${url} could not be fetched (${reasonOf(error)})`, error);
}

function isSystemError(error: unknown): error is { readonly code: string } {
  return typeof error === 'object' && error !== null && 'syscall' in error && 'code' in error;
}

function reasonOf(error: unknown): string {
  if (typeof error !== 'object' || error === null || !('message' in error)) return String(error);
  const { cause } = error as { cause?: unknown };
  return cause === undefined ? String(error.message) : reasonOf(cause);
}

const unavailable = (message: string, cause?: unknown): DependencyError =>
  new DependencyError('MODEL_HUB_UNAVAILABLE', HUB, message, cause === undefined ? {} : { cause });

const tooLarge = (url: string, maxBytes: number): FatalError =>
  new FatalError(
    'CONFIGURATION_INVALID',
    `${url} is larger than the ${maxBytes} bytes that are allowed for it: choose a smaller model in DOCSTREAM_MODEL.`,
  );
