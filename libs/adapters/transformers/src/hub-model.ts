import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import {
  DependencyError,
  FatalError,
  systemClock,
  type Clock,
  type HubModel,
  type Logger,
} from '@docstream/core';
import { downloadFile, type Download } from './download.js';
import { MODEL_FILE, missingModelFiles, type ModelFile } from './model-files.js';

export interface FetchOptions {
  readonly logger: Logger;
  /** Ends the fetching; its reason is thrown then. */
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  readonly limits?: Partial<FetchLimits>;
}

export interface FetchLimits {
  readonly modelBytes: number;
  /** Of each of the other files. */
  readonly otherBytes: number;
  readonly idleMs: number;
  /** Of one attempt for one file. */
  readonly totalMs: number;
  readonly attempts: number;
}

const MEBIBYTE = 1_048_576;
const LIMITS: FetchLimits = {
  modelBytes: 1_024 * MEBIBYTE,
  otherBytes: 64 * MEBIBYTE,
  idleMs: 30_000,
  totalMs: 3_600_000,
  attempts: 5,
};
const RETRY_DELAY_MS = 1_000;
const PROGRESS_EVERY_MS = 5_000;
/** Within the model's folder: files that are not whole yet. */
const DRAFTS = '.partial';

/**
 * Sees to it that the model's folder has its files: asks the hub for those that are missing, if that is allowed, and for
 * nothing else. A file appears when it is whole and, the weights, when their checksum is right; several processes may do
 * this at once. Errors: FatalError CONFIGURATION_INVALID, DependencyError MODEL_HUB_UNAVAILABLE after several attempts.
 */
export async function fetchHubModel(model: HubModel, options: FetchOptions): Promise<void> {
  const { logger, clock = systemClock } = options;
  const missing = missingModelFiles(model.folder);
  if (missing.length === 0) return;
  if (!model.mayDownload) throw notAllowed(model, missing);
  const limits = { ...LIMITS, ...options.limits };
  await removeOldDrafts(join(model.folder, DRAFTS), clock.nowMs() - limits.totalMs);
  const { name, revision, hub, folder } = model;
  logger.info('the embedding model is fetched', { model: name, revision, hub, folder, files: missing });
  const startedMs = clock.nowMs();
  for (const file of missing) await fetchFile(model, file, { ...options, clock, limits });
  logger.info('the embedding model is there', { model: name, ms: clock.nowMs() - startedMs });
}

async function fetchFile(
  model: HubModel,
  file: ModelFile,
  {
    logger,
    clock,
    limits,
    signal = new AbortController().signal,
  }: FetchOptions & { clock: Clock; limits: FetchLimits },
): Promise<void> {
  const { idleMs, totalMs } = limits;
  const isWeights = file === MODEL_FILE;
  const download: Omit<Download, 'draft'> = {
    url: urlOf(model, file),
    file: join(model.folder, file),
    maxBytes: isWeights ? limits.modelBytes : limits.otherBytes,
    idleMs,
    totalMs,
    check: isWeights
      ? (_draft, sha256) => checkWeights(model, sha256)
      : (draft) => checkJson(model, file, draft),
    onProgress: progressLog(logger, clock, { model: model.name, file }),
    signal,
  };
  for (let attempt = 1; ; attempt += 1) {
    // Another process may have been faster.
    if (existsSync(download.file)) return;
    try {
      return await downloadFile({ ...download, draft: join(model.folder, DRAFTS, randomUUID()) });
    } catch (error) {
      if (!(error instanceof DependencyError) || attempt >= limits.attempts) throw error;
      const delayMs = RETRY_DELAY_MS * 2 ** (attempt - 1);
      logger.warn('the model hub failed', { reason: error.message, attempt, delayMs });
      await clock.sleep(delayMs, signal);
      signal.throwIfAborted();
    }
  }
}

const urlOf = ({ hub, name, revision }: HubModel, file: string): string =>
  `${hub}/${name}/resolve/${revision}/${file}`;

function notAllowed(model: HubModel, missing: readonly ModelFile[]): FatalError {
  const urls = missing.map((file) => urlOf(model, file));
  return new FatalError(
    'CONFIGURATION_INVALID',
    `The embedding model ${model.name} is not in ${model.folder}, and fetching it is not allowed: set DOCSTREAM_MODEL_DOWNLOAD=true, or put there, each at the same path, ${missing.join(', ')} (from ${urls.join(' , ')}).`,
  );
}

async function checkWeights(model: HubModel, sha256: string): Promise<void> {
  if (sha256 === model.sha256) return;
  throw new FatalError(
    'CONFIGURATION_INVALID',
    `${urlOf(model, MODEL_FILE)} has the SHA-256 ${sha256}, not ${model.sha256} as DOCSTREAM_MODEL_SHA256 demands; nothing of it is kept. Correct DOCSTREAM_MODEL_SHA256 if that is the file you mean, or DOCSTREAM_MODEL_REVISION.`,
  );
}

/** A page that asks for a login is no configuration of a model. */
async function checkJson(model: HubModel, file: ModelFile, draft: string): Promise<void> {
  const text = await readFile(draft, 'utf8');
  try {
    JSON.parse(text);
  } catch (cause) {
    throw new FatalError(
      'CONFIGURATION_INVALID',
      `${urlOf(model, file)} is no JSON; check DOCSTREAM_MODEL_HUB, and whether a proxy answers in its place.`,
      { cause },
    );
  }
}

/** A line every few seconds. */
function progressLog(
  logger: Logger,
  clock: Clock,
  facts: Readonly<Record<string, unknown>>,
): Download['onProgress'] {
  let lastMs = clock.nowMs();
  return (bytes, allBytes) => {
    if (clock.nowMs() - lastMs < PROGRESS_EVERY_MS) return;
    lastMs = clock.nowMs();
    logger.info('the embedding model is being fetched', { ...facts, bytes, allBytes });
  };
}

/** What processes that were killed left behind: no attempt takes that long. */
async function removeOldDrafts(folder: string, beforeMs: number): Promise<void> {
  if (!existsSync(folder)) return;
  for (const name of await readdir(folder)) {
    const draft = join(folder, name);
    // Another process may remove or rename it meanwhile.
    const modifiedMs = await stat(draft).then(
      ({ mtimeMs }) => mtimeMs,
      () => Infinity,
    );
    if (modifiedMs < beforeMs) await rm(draft, { force: true });
  }
}
