import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { STAGES, isEndState, type DocumentState } from '@docstream/contracts';
import type { DocumentView } from '@docstream/core';

/** What became of one file: the demo's line of JSON. */
export interface DocumentOutcome {
  readonly path: string;
  readonly documentId: string | null;
  readonly state: DocumentState | 'unfinished';
  readonly quality: string | null;
  readonly type: string | null;
  readonly confidence: number | null;
  readonly fields: Readonly<
    Record<
      string,
      readonly { value: unknown; page: number | null; box: readonly number[] | null; confidence: number }[]
    >
  >;
  readonly error?: { readonly code: string; readonly message: string };
  readonly stagesMs: Readonly<Record<string, number>>;
}

interface Accepted {
  readonly documentId: string;
  readonly run: string;
}

interface Problem {
  readonly code?: string;
  readonly detail?: string;
  readonly title?: string;
}

/** A document may wait behind all others; the demo gives up when one has not ended after this. */
const LONGEST_MS = 15 * 60_000;
const WAIT_SECONDS = 20;
/** The store reads topics side by side: a document can be stored a moment before its timeline is complete. */
const STAGES_MS = 60_000;
/** Asking again is safe: every submission may be repeated. */
const ATTEMPTS = 10;

/** Posts the file as a new run and waits for its end state. Never rejects: whatever happens is the outcome. */
export async function sendDocument(
  gatewayUrl: string,
  path: string,
  signal: AbortSignal,
): Promise<DocumentOutcome> {
  try {
    const answer = await post(gatewayUrl, path, await readFile(path), signal);
    if ('problem' in answer) return rejected(path, answer.problem);
    return outcomeOf(path, await waitForEnd(gatewayUrl, answer.accepted, signal));
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { ...nothing(path), state: 'unfinished', error: { code: 'UNCLASSIFIED', message } };
  }
}

async function post(
  gatewayUrl: string,
  path: string,
  bytes: Uint8Array<ArrayBuffer>,
  signal: AbortSignal,
): Promise<{ readonly accepted: Accepted } | { readonly problem: Problem }> {
  for (let attempt = 1; ; attempt += 1) {
    const response = await fetch(`${gatewayUrl}/v1/documents?reprocess=true`, {
      method: 'POST',
      signal,
      body: bytes,
      headers: {
        'content-type': 'application/pdf',
        'content-disposition': `attachment; filename*=UTF-8''${encodeURIComponent(basename(path))}`,
      },
    });
    if (response.ok) return { accepted: (await response.json()) as Accepted };
    if (response.status < 500 || attempt >= ATTEMPTS) return { problem: (await response.json()) as Problem };
    await pause(1_000, signal);
  }
}

async function waitForEnd(
  gatewayUrl: string,
  { documentId, run }: Accepted,
  signal: AbortSignal,
): Promise<DocumentView> {
  const endMs = Date.now() + LONGEST_MS;
  const stagesBy = endMs - LONGEST_MS + STAGES_MS;
  for (;;) {
    const response = await fetch(`${gatewayUrl}/v1/documents/${documentId}?wait=${WAIT_SECONDS}`, { signal });
    if (response.ok) {
      const view = (await response.json()) as DocumentView;
      // A newer run of the same bytes (the file twice) answers for this one as well.
      if (view.run >= run && isEndState(view.state) && (hasAllStages(view) || Date.now() > stagesBy))
        return view;
    }
    if (Date.now() > endMs)
      throw new Error(`document ${documentId} has not ended within ${LONGEST_MS / 60_000} minutes`);
    await pause(50, signal);
  }
}

function hasAllStages({ state, run, timeline }: DocumentView): boolean {
  return state !== 'stored' || timeline.filter((entry) => entry.run === run).length >= STAGES.length + 1;
}

function outcomeOf(path: string, view: DocumentView): DocumentOutcome {
  return {
    path,
    documentId: view.documentId,
    state: view.state,
    quality: view.quality,
    type: view.type,
    confidence: view.confidence,
    fields: Object.fromEntries(
      Object.entries(view.fields).map(([name, values]) => [
        name,
        values.map(({ value, page, box, confidence }) => ({ value, page, box, confidence })),
      ]),
    ),
    ...(view.error === null ? {} : { error: { code: view.error.code, message: view.error.message } }),
    stagesMs: view.stagesMs,
  };
}

function rejected(path: string, { code, detail, title }: Problem): DocumentOutcome {
  return {
    ...nothing(path),
    state: 'rejected',
    error: { code: code ?? 'INVALID_REQUEST', message: detail ?? title ?? '' },
  };
}

function nothing(path: string): Omit<DocumentOutcome, 'state'> {
  return { path, documentId: null, quality: null, type: null, confidence: null, fields: {}, stagesMs: {} };
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer);
        reject(new Error('stopped'));
      },
      { once: true },
    );
  });
}
