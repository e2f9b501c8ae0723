import type { DocumentId, RunId } from '@docstream/contracts';

/** What the gateway itself knows of a document that Kafka has acknowledged. */
export interface AcknowledgedDocument {
  readonly tenant: string;
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly fileName: string | null;
  readonly sha256: string;
  readonly bytes: number;
  readonly mediaType: string;
  readonly acceptedAtMs: number;
}

const CAPACITY = 10_000;

/**
 * The newest acknowledged documents of this process, at most 10,000. They answer where the database doesn't know a
 * document yet (it was away at acceptance) and tell a run that is on the topic from one that a crash left behind.
 */
export class AcknowledgedDocuments {
  readonly #capacity: number;
  readonly #byKey = new Map<string, AcknowledgedDocument>();

  constructor(capacity = CAPACITY) {
    this.#capacity = capacity;
  }

  remember(document: AcknowledgedDocument): void {
    const key = keyOf(document.tenant, document.documentId);
    this.#byKey.delete(key);
    this.#byKey.set(key, document);
    if (this.#byKey.size <= this.#capacity) return;
    const oldest = this.#byKey.keys().next();
    if (oldest.done !== true) this.#byKey.delete(oldest.value);
  }

  forget(tenant: string, documentId: DocumentId): void {
    this.#byKey.delete(keyOf(tenant, documentId));
  }

  has(tenant: string, documentId: DocumentId, run: RunId): boolean {
    return this.#byKey.get(keyOf(tenant, documentId))?.run === run;
  }

  /** Those whose id begins so. */
  startingWith(tenant: string, prefix: string): readonly AcknowledgedDocument[] {
    const keyPrefix = keyOf(tenant, prefix);
    return [...this.#byKey].filter(([key]) => key.startsWith(keyPrefix)).map(([, document]) => document);
  }
}

function keyOf(tenant: string, id: string): string {
  return `${tenant}/${id}`;
}
