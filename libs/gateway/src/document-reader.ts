import { Inject, Injectable, type OnModuleDestroy } from '@nestjs/common';
import { isDocumentId, isEndState, type DocumentId, type RunId } from '@docstream/contracts';
import {
  DependencyError,
  PoisonError,
  within,
  type DocumentPage,
  type DocumentQuery,
  type DocumentView,
} from '@docstream/core';
import { AcknowledgedDocuments, type AcknowledgedDocument } from './acknowledged-documents.js';
import { GATEWAY_OPTIONS, type GatewayOptions } from './ports.js';
import { invalidParameter } from './request-error.js';

const DEFAULT_DATABASE_TIMEOUT_MS = 4_000;
/** Beyond the watcher's own time-out: it should have answered by itself. */
const WATCH_GRACE_MS = 1_000;

/** Results and states. Errors: NOT_FOUND, AMBIGUOUS_ID; DependencyError DATABASE_UNAVAILABLE, never NOT_FOUND instead. */
@Injectable()
export class DocumentReader implements OnModuleDestroy {
  readonly #options: GatewayOptions;
  readonly #acknowledged: AcknowledgedDocuments;
  readonly #closing = new AbortController();

  constructor(
    @Inject(GATEWAY_OPTIONS) options: GatewayOptions,
    @Inject(AcknowledgedDocuments) acknowledged: AcknowledgedDocuments,
  ) {
    this.#options = options;
    this.#acknowledged = acknowledged;
  }

  /** Ends every wait: those who wait get what is known now. */
  onModuleDestroy(): void {
    this.#closing.abort();
  }

  async read(tenant: string, idOrPrefix: string): Promise<DocumentView> {
    const found = await this.#inTime(this.#options.ports.documents.find(tenant, idOrPrefix));
    if (found !== null) return found;
    const acknowledged = this.findAcknowledged(tenant, idOrPrefix);
    if (acknowledged !== null) return toAcceptedView(acknowledged);
    throw new PoisonError('NOT_FOUND', 'there is no such document');
  }

  /** As `read`, after waiting up to `waitMs` for the end of the document's newest run. */
  async readWhenEnded(tenant: string, idOrPrefix: string, waitMs: number): Promise<DocumentView> {
    const view = await this.read(tenant, idOrPrefix);
    if (waitMs === 0 || isEndState(view.state)) return view;
    return (await this.hasEnded(view.documentId, view.run, waitMs))
      ? this.read(tenant, view.documentId)
      : view;
  }

  /** Whether the run ended in time. False, too, when it can't be told: whoever waits has another way to ask. */
  async hasEnded(documentId: DocumentId, run: RunId, waitMs: number): Promise<boolean> {
    const { endStates, clock, logger } = this.#options.ports;
    const done = new AbortController();
    const signal = AbortSignal.any([done.signal, this.#closing.signal]);
    try {
      return await Promise.race([
        endStates.waitForEnd(documentId, run, waitMs),
        clock.sleep(waitMs + WATCH_GRACE_MS, signal).then(() => false),
      ]);
    } catch (error) {
      logger.warn('waiting for a result failed', { event: 'wait-failed', documentId, run, error });
      return false;
    } finally {
      done.abort();
    }
  }

  async list(query: DocumentQuery): Promise<DocumentPage> {
    try {
      return await this.#inTime(this.#options.ports.documents.list(query));
    } catch (error) {
      if (error instanceof PoisonError && error.code === 'INVALID_REQUEST')
        throw invalidParameter('cursor', 'is not one that a list gave as nextCursor');
      throw error;
    }
  }

  findAcknowledged(tenant: string, idOrPrefix: string): AcknowledgedDocument | null {
    const fitting = this.#acknowledged.startingWith(tenant, idOrPrefix);
    if (fitting.length > 1 && !isDocumentId(idOrPrefix))
      throw new PoisonError('AMBIGUOUS_ID', `several documents begin with ${idOrPrefix}`);
    return fitting[0] ?? null;
  }

  #inTime<T>(work: Promise<T>): Promise<T> {
    const { ports, settings } = this.#options;
    const timeoutMs = settings.databaseTimeoutMs ?? DEFAULT_DATABASE_TIMEOUT_MS;
    return within(
      timeoutMs,
      work,
      () =>
        new DependencyError(
          'DATABASE_UNAVAILABLE',
          'database',
          `the database did not answer within ${timeoutMs} ms`,
        ),
      ports.clock,
    );
  }
}

/** The document is on its way and the database doesn't know it yet. */
function toAcceptedView(document: AcknowledgedDocument): DocumentView {
  const { documentId, tenant, run, fileName, sha256, bytes, mediaType } = document;
  const acceptedAt = new Date(document.acceptedAtMs).toISOString();
  return {
    documentId,
    tenant,
    fileName,
    state: 'accepted',
    quality: null,
    type: null,
    confidence: null,
    run,
    acceptedAt,
    updatedAt: acceptedAt,
    sha256,
    bytes,
    mediaType,
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
