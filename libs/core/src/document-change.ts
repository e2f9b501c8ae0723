import {
  STATE_RANK,
  type Classification,
  type DocumentId,
  type EventState,
  type Quality,
  type RunId,
} from '@docstream/contracts';
import type { ResultField } from './ports/documents.js';

/** What is known of a document's content in one run. Clean text: no U+0000, no lone surrogates. */
export interface RunDetail {
  readonly fileName: string | null;
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly mediaType: string | null;
  readonly quality: Quality | null;
  readonly pageCount: number | null;
  readonly language: string | null;
  readonly classification: Classification | null;
  readonly fields: Readonly<Record<string, readonly ResultField[]>> | null;
  readonly extractor: string | null;
}

/** Why a run ended without a result: a code of the closed list, and the stage where. */
export interface RunError {
  readonly stage: string;
  readonly code: string;
  readonly message: string;
}

/** Nothing is known. */
export const NO_DETAIL: RunDetail = {
  fileName: null,
  sha256: null,
  bytes: null,
  mediaType: null,
  quality: null,
  pageCount: null,
  language: null,
  classification: null,
  fields: null,
  extractor: null,
};

/**
 * What one or several records say about one run. Two groups of columns, state and detail, are each decided by the
 * highest evidence, so that merging is associative, commutative and idempotent: rows do not depend on the order in
 * which topics are read.
 */
export interface RunChange {
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly tenant: string;
  readonly state: EventState;
  /** Milliseconds since 1970, the broker's time of the record that says the state. */
  readonly stateAtMs: number;
  /** `topic/partition/offset` of that record; empty for the acceptor's own row. */
  readonly stateSource: string;
  readonly error: RunError | null;
  /** Rank of the state that the detail comes from; 0 for dead letters, which know little. */
  readonly detailRank: number;
  readonly detailAtMs: number;
  readonly detailSource: string;
  readonly detail: RunDetail;
  /** Blob that the parsed text travelled in; null while it is not known, and where the text travelled inline. */
  readonly parsedSha256: string | null;
  readonly acceptedAtMs: number;
  /** Time of the ingest record; null while it has not been seen. */
  readonly receivedAtMs: number | null;
  readonly updatedAtMs: number;
}

export interface TimelineChange {
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly tenant: string;
  readonly event: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly atMs: number;
  readonly runMs: number | null;
}

export interface SubmissionChange {
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly tenant: string;
  /** CloudEvents source and id; for raw records the ingest coordinates. */
  readonly source: string;
  readonly id: string;
  readonly submittedAtMs: number;
}

/** Row changes of one record. */
export interface DocumentChange {
  readonly timeline: TimelineChange;
  readonly run: RunChange;
  readonly submission: SubmissionChange | null;
}

/** A result stands above a dead letter of the same run (the store may have refused another of its events). */
type Evidence = readonly [rank: number, isResult: number, atMs: number, source: string];

function isNewer(evidence: Evidence, other: Evidence): boolean {
  for (const [index, part] of evidence.entries()) {
    const compared = other[index] ?? 0;
    if (part !== compared) return part > compared;
  }
  return false;
}

function stateEvidence({ state, stateAtMs, stateSource }: RunChange): Evidence {
  return [STATE_RANK[state], state === 'stored' ? 1 : 0, stateAtMs, stateSource];
}

function detailEvidence({ detailRank, detailAtMs, detailSource }: RunChange): Evidence {
  return [detailRank, 0, detailAtMs, detailSource];
}

/** Joins what is known of one run; the same rule stands in SQL beside the tables. */
export function mergeRunChanges(one: RunChange, other: RunChange): RunChange {
  const state = isNewer(stateEvidence(other), stateEvidence(one)) ? other : one;
  const detail = isNewer(detailEvidence(other), detailEvidence(one)) ? other : one;
  const parsed = [one.parsedSha256, other.parsedSha256].filter((sha256) => sha256 !== null).toSorted();
  const received = [one.receivedAtMs, other.receivedAtMs].filter((time) => time !== null);
  return {
    documentId: one.documentId,
    run: one.run,
    tenant: one.tenant,
    state: state.state,
    stateAtMs: state.stateAtMs,
    stateSource: state.stateSource,
    error: state.error,
    detailRank: detail.detailRank,
    detailAtMs: detail.detailAtMs,
    detailSource: detail.detailSource,
    detail: detail.detail,
    parsedSha256: parsed.at(-1) ?? null,
    acceptedAtMs: Math.min(one.acceptedAtMs, other.acceptedAtMs),
    receivedAtMs: received.length === 0 ? null : Math.min(...received),
    updatedAtMs: Math.max(one.updatedAtMs, other.updatedAtMs),
  };
}
