import type {
  Classification,
  DocumentId,
  DocumentState,
  ExtractedField,
  Quality,
  RunId,
} from '@docstream/contracts';

/** What the gateway or the CLI writes down before it answers: the accepted row. */
export interface AcceptedDocument {
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly tenant: string;
  readonly fileName: string | null;
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  /** CloudEvents source and id of the submission. */
  readonly submissionSource: string;
  readonly submissionId: string;
  readonly acceptedAtMs: number;
  /** True: a new run even when the document is stored or in flight (`?reprocess=true`). */
  readonly reprocess: boolean;
}

/** What became of `accept`: a new run begins, or the document is stored or in flight already (then nothing is produced). */
export interface Acceptance {
  readonly outcome: 'new-run' | 'existing';
  readonly documentId: DocumentId;
  /** The run that goes on or begins. */
  readonly run: RunId;
  readonly state: DocumentState;
}

export interface TimelineEntry {
  readonly run: RunId;
  /** `received`, `parsed`, `classified`, `extracted`, `dead-lettered`, `erased`. */
  readonly event: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  /** ISO 8601, the broker's time of the record. */
  readonly at: string;
  /** Milliseconds that the stage's function took, where the event says so. */
  readonly runMs: number | null;
}

export interface DocumentSummary {
  readonly documentId: DocumentId;
  readonly tenant: string;
  readonly fileName: string | null;
  readonly state: DocumentState;
  readonly quality: Quality | null;
  readonly type: string | null;
  readonly confidence: number | null;
  readonly run: RunId;
  readonly acceptedAt: string;
  readonly updatedAt: string;
}

/** A value as people and programs see it: the JSON of `ExtractedField.value` is parsed. */
export interface ResultField extends Omit<ExtractedField, 'value' | 'name'> {
  readonly value: unknown;
}

export interface DocumentView extends DocumentSummary {
  readonly sha256: string | null;
  readonly bytes: number | null;
  readonly mediaType: string;
  readonly pageCount: number | null;
  readonly language: string | null;
  readonly classification: Classification | null;
  /** Fields by name, best value first. */
  readonly fields: Readonly<Record<string, readonly ResultField[]>>;
  readonly error: { readonly stage: string; readonly code: string; readonly message: string } | null;
  readonly timeline: readonly TimelineEntry[];
  /** Milliseconds by stage of the newest run: `parser`, `classifier`, `extractor`, and `total` from acceptance to end. */
  readonly stagesMs: Readonly<Record<string, number>>;
  readonly erasedAt: string | null;
}

export interface DocumentQuery {
  readonly tenant: string;
  readonly type?: string;
  readonly state?: DocumentState;
  readonly limit: number;
  /** Opaque; from the last page's `nextCursor`. */
  readonly cursor?: string;
}

export interface DocumentPage {
  readonly documents: readonly DocumentSummary[];
  readonly nextCursor: string | null;
}

/** What `erase` found. A blob is named by the SHA-256 of its bytes. */
export interface ErasedRows {
  /** False when there were no rows (left). */
  readonly rows: boolean;
  /** Blobs of the original bytes, of every run, erased before or now. */
  readonly originals: readonly string[];
  /** Blobs of parsed text likewise, without those that another document of the tenant needs. */
  readonly parsedTexts: readonly string[];
}

/** Reads and the gateway's few writes. Errors: DependencyError DATABASE_UNAVAILABLE or DATABASE_NOT_MIGRATED. */
export interface DocumentRepository {
  accept(document: AcceptedDocument): Promise<Acceptance>;
  /** Takes an accepted row back when Kafka did not take the event and nothing else refers to it. */
  withdraw(documentId: DocumentId, run: RunId): Promise<void>;
  /** Full id or a prefix of six characters or more. PoisonError AMBIGUOUS_ID when several fit. */
  find(tenant: string, idOrPrefix: string): Promise<DocumentView | null>;
  list(query: DocumentQuery): Promise<DocumentPage>;
  /** Erases the rows and leaves a content-free tombstone for each run, which keeps the names of its blobs: safe to repeat. */
  erase(tenant: string, documentId: DocumentId): Promise<ErasedRows>;
  checkHealth(): Promise<void>;
}

/** Wakes those who wait for a result (PostgreSQL LISTEN/NOTIFY behind it). */
export interface EndStateWatcher {
  /** Resolves true when that run reached an end state, false after `timeoutMs`. Sees an end reached before the call, too. */
  waitForEnd(documentId: DocumentId, run: RunId, timeoutMs: number): Promise<boolean>;
  close(): Promise<void>;
}
