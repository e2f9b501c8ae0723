import { isEndState, type DocumentId, type RunId } from '@docstream/contracts';
import {
  PoisonError,
  type AcceptedDocument,
  type Acceptance,
  type DocumentPage,
  type DocumentQuery,
  type DocumentRepository,
  type DocumentView,
  type EndStateWatcher,
  type ErasedRows,
  type OutgoingRecord,
  type RecordProducer,
} from '@docstream/core';

/** The rows in memory, and whoever waits for an end; `change` plays the store. */
export class MemoryDocuments implements DocumentRepository, EndStateWatcher {
  readonly #views = new Map<string, DocumentView>();
  readonly #originals = new Map<string, string>();
  readonly #waiting = new Set<{ readonly run: RunId; readonly wake: (ended: boolean) => void }>();
  readonly accepted: AcceptedDocument[] = [];
  readonly withdrawn: RunId[] = [];
  /** Blobs of parsed text by `tenant/documentId`, as the store would have noted them. */
  readonly parsedTexts = new Map<string, readonly string[]>();
  /** Set to make every call fail, as when the database is away. */
  outage: Error | undefined;
  /** Set to make every call hang. */
  isStuck = false;

  async accept(document: AcceptedDocument): Promise<Acceptance> {
    await this.#answer();
    this.accepted.push(document);
    const { documentId, run, tenant, reprocess } = document;
    const known = this.#views.get(`${tenant}/${documentId}`);
    const goesOn = known !== undefined && (known.state === 'stored' || !isEndState(known.state));
    if (goesOn && !reprocess && known.erasedAt === null)
      return { outcome: 'existing', documentId, run: known.run, state: known.state };
    this.put(viewOf(document));
    return { outcome: 'new-run', documentId, run, state: 'accepted' };
  }

  async withdraw(documentId: DocumentId, run: RunId): Promise<void> {
    await this.#answer();
    this.withdrawn.push(run);
    for (const [key, view] of this.#views)
      if (view.documentId === documentId && view.run === run) this.#views.delete(key);
  }

  async find(tenant: string, idOrPrefix: string): Promise<DocumentView | null> {
    await this.#answer();
    const fitting = [...this.#views.values()].filter(
      (view) => view.tenant === tenant && view.documentId.startsWith(idOrPrefix),
    );
    if (fitting.length > 1) throw new PoisonError('AMBIGUOUS_ID', 'several documents fit');
    return fitting[0] ?? null;
  }

  async list({ tenant, type, state, limit, cursor }: DocumentQuery): Promise<DocumentPage> {
    await this.#answer();
    const begin = cursor === undefined ? 0 : Number(Buffer.from(cursor, 'base64url').toString('latin1'));
    if (!Number.isInteger(begin)) throw new PoisonError('INVALID_REQUEST', 'no cursor');
    const fitting = [...this.#views.values()].filter(
      (view) =>
        view.tenant === tenant &&
        (type === undefined || view.type === type) &&
        (state === undefined || view.state === state),
    );
    const end = begin + limit;
    return {
      documents: fitting.slice(begin, end),
      nextCursor: end < fitting.length ? Buffer.from(String(end)).toString('base64url') : null,
    };
  }

  async erase(tenant: string, documentId: DocumentId): Promise<ErasedRows> {
    await this.#answer();
    const key = `${tenant}/${documentId}`;
    const view = this.#views.get(key);
    const original = this.#originals.get(key);
    const blobs = {
      originals: original === undefined ? [] : [original],
      parsedTexts: this.parsedTexts.get(key) ?? [],
    };
    if (view === undefined || view.erasedAt !== null) return { rows: false, ...blobs };
    this.put({
      ...view,
      fileName: null,
      sha256: null,
      bytes: null,
      fields: {},
      erasedAt: '2026-11-23T00:00:00.000Z',
    });
    return { rows: true, ...blobs };
  }

  async checkHealth(): Promise<void> {
    await this.#answer();
  }

  waitForEnd(documentId: DocumentId, run: RunId, timeoutMs: number): Promise<boolean> {
    const ended = [...this.#views.values()].some(
      (view) => view.documentId === documentId && view.run === run && isEndState(view.state),
    );
    if (ended) return Promise.resolve(true);
    return new Promise((resolve) => {
      const waiter = {
        run,
        wake: (inTime: boolean) => {
          clearTimeout(timer);
          this.#waiting.delete(waiter);
          resolve(inTime);
        },
      };
      const timer = setTimeout(() => waiter.wake(false), timeoutMs);
      this.#waiting.add(waiter);
    });
  }

  async close(): Promise<void> {
    for (const { wake } of this.#waiting) wake(false);
  }

  get waiting(): number {
    return this.#waiting.size;
  }

  put(view: DocumentView): void {
    const key = `${view.tenant}/${view.documentId}`;
    this.#views.set(key, view);
    if (view.sha256 !== null) this.#originals.set(key, view.sha256);
  }

  /** Changes the row as the store would and wakes those who wait for its end. */
  change(tenant: string, documentId: string, changes: Partial<DocumentView>): void {
    const view = this.#views.get(`${tenant}/${documentId}`);
    if (view === undefined) throw new Error(`no document ${documentId}`);
    const changed = { ...view, ...changes };
    this.put(changed);
    if (!isEndState(changed.state)) return;
    for (const { run, wake } of this.#waiting) if (run === changed.run) wake(true);
  }

  get views(): readonly DocumentView[] {
    return [...this.#views.values()];
  }

  async #answer(): Promise<void> {
    if (this.isStuck) await new Promise(() => undefined);
    if (this.outage !== undefined) throw this.outage;
  }
}

function viewOf(document: AcceptedDocument): DocumentView {
  const { documentId, tenant, run, fileName, sha256, bytes, mediaType } = document;
  const acceptedAt = new Date(document.acceptedAtMs).toISOString();
  return {
    documentId,
    tenant,
    run,
    fileName,
    sha256,
    bytes,
    mediaType,
    state: 'accepted',
    quality: null,
    type: null,
    confidence: null,
    acceptedAt,
    updatedAt: acceptedAt,
    pageCount: null,
    language: null,
    classification: null,
    fields: {},
    error: null,
    timeline: [],
    stagesMs: {},
    erasedAt: null,
  };
}

/** What was produced, in order. */
export class MemoryProducer implements RecordProducer {
  readonly records: OutgoingRecord[] = [];
  outage: Error | undefined;
  /** Set to make every call hang. */
  isStuck = false;

  async produce(records: readonly OutgoingRecord[]) {
    if (this.isStuck) await new Promise(() => undefined);
    if (this.outage !== undefined) throw this.outage;
    const begin = this.records.push(...records) - records.length;
    return records.map(({ topic }, index) => ({ topic, partition: 0, offset: BigInt(begin + index) }));
  }

  async close(): Promise<void> {
    this.records.length = 0;
  }
}
