import { tmpdir } from 'node:os';
import { isAbsolute } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FatalError, systemClock, type Clock } from '@docstream/core';
import type { BlobBackend } from './backend.js';
import { FolderBackend } from './folder-backend.js';
import { S3Backend } from './s3-backend.js';
import { S3Connection } from './s3-connection.js';

export interface BlobStoreOptions {
  readonly clock?: Clock;
  /** Waits between looks for a blob that a healthy store does not have; default 0.5 s and 4.5 s: three looks. */
  readonly missingWaitsMs?: readonly number[];
  /** Folder store: below this much free space it counts as full; default 128 MiB. */
  readonly minFreeBytes?: number;
  /** S3: folder for streams that wait for their hash; default the system's. */
  readonly spoolFolder?: string;
  /** S3: limit for an answer, and for a silent connection; what is long gets longer. Default 10,000 ms. */
  readonly timeoutMs?: number;
}

const DEFAULT_MIN_FREE_BYTES = 128 * 1_048_576;
const DEFAULT_TIMEOUT_MS = 10_000;

/** FatalError CONFIGURATION_INVALID for a URL that names no store. Does no I/O. */
export function openBackend(url: string, options: BlobStoreOptions): BlobBackend {
  const { clock = systemClock } = options;
  if (url.startsWith('file:')) {
    const { minFreeBytes = DEFAULT_MIN_FREE_BYTES } = options;
    return new FolderBackend({ root: folderOf(url), minFreeBytes, clock });
  }
  const parsed = URL.parse(url);
  if (parsed?.protocol !== 's3:' || parsed.host === '') throw invalid('is neither file: nor s3://bucket');
  if (parsed.username !== '') {
    throw invalid('holds credentials: give them to the SDK (AWS_ACCESS_KEY_ID, a role, …)');
  }
  const { spoolFolder = tmpdir(), timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const unknown = [...parsed.searchParams.keys()].find((name) => !['endpoint', 'region'].includes(name));
  if (unknown !== undefined) throw invalid(`has the unknown parameter ${unknown}`);
  const endpoint = parsed.searchParams.get('endpoint');
  if (endpoint !== null && !/^https?:$/.test(URL.parse(endpoint)?.protocol ?? '')) {
    throw invalid('has an endpoint that is no http or https URL');
  }
  const connection = new S3Connection({
    bucket: parsed.hostname,
    prefix: decodeURIComponent(parsed.pathname).replace(/^\/+|\/+$/g, ''),
    region: parsed.searchParams.get('region') ?? 'us-east-1',
    ...(endpoint === null ? {} : { endpoint }),
    timeoutMs,
  });
  return new S3Backend(connection, { spoolFolder, clock });
}

function folderOf(url: string): string {
  if (!url.startsWith('file:/')) throw invalid('names a relative folder: give an absolute one (file:///…)');
  let path: string;
  try {
    path = fileURLToPath(url);
  } catch (cause) {
    throw invalid('is no file URL of this machine', cause);
  }
  if (!isAbsolute(path)) throw invalid('names a relative folder: give an absolute one (file:///…)');
  return path;
}

function invalid(what: string, cause?: unknown): FatalError {
  return new FatalError('CONFIGURATION_INVALID', `DOCSTREAM_BLOB_STORE_URL ${what}.`, { cause });
}
