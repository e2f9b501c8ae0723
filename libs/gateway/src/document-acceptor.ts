import { Inject, Injectable } from '@nestjs/common';
import { randomBytes } from 'node:crypto';
import {
  TOPICS,
  eventIdOf,
  runIdFrom,
  type BlobRef,
  type DocumentId,
  type DocumentState,
  type RunId,
} from '@docstream/contracts';
import {
  DependencyError,
  buildEventHeaders,
  within,
  type AcceptedDocument,
  type Acceptance,
  type OutgoingRecord,
} from '@docstream/core';
import { AcknowledgedDocuments } from './acknowledged-documents.js';
import { MeteredContent } from './metered-content.js';
import { GATEWAY_OPTIONS, type GatewayOptions } from './ports.js';
import { Turns } from './turns.js';
import { PDF_MEDIA_TYPE, type Upload } from './upload.js';

const PUBLISHER = 'gateway';
const DEFAULT_BROKER_TIMEOUT_MS = 9_000;
const DEFAULT_DATABASE_TIMEOUT_MS = 4_000;

export interface Receipt {
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly state: DocumentState;
  readonly tenant: string;
  readonly outcome: Acceptance['outcome'];
}

export interface Submission {
  readonly tenant: string;
  readonly upload: Upload;
  /** A new run, also for a document that is stored or in flight. */
  readonly reprocess: boolean;
  /** W3C trace context of the request, handed on. */
  readonly traceparent: string | undefined;
}

/** A submission whose bytes are in the blob store. */
interface Deposited {
  readonly submission: Submission;
  readonly documentId: DocumentId;
  readonly blob: BlobRef;
  readonly inline: Uint8Array | null;
}

/**
 * Takes documents in. When `accept` resolves the bytes are durable and Kafka has acknowledged the event of this run;
 * when it rejects nothing is on a topic, or (Kafka's answer was lost) a repetition does no harm.
 * Errors: those of the upload; DependencyError BLOB_STORE_, REGISTRY_, BROKER_UNAVAILABLE. The database being away is none.
 */
@Injectable()
export class DocumentAcceptor {
  readonly #options: GatewayOptions;
  readonly #acknowledged: AcknowledgedDocuments;
  readonly #turns = new Turns();

  constructor(
    @Inject(GATEWAY_OPTIONS) options: GatewayOptions,
    @Inject(AcknowledgedDocuments) acknowledged: AcknowledgedDocuments,
  ) {
    this.#options = options;
    this.#acknowledged = acknowledged;
  }

  async accept(submission: Submission): Promise<Receipt> {
    const deposited = await this.#deposit(submission);
    const { clock } = this.#options.ports;
    const arrivedMs = clock.nowMs();
    // Of two senders of the same bytes the second must not rely on an event that Kafka may yet refuse the first.
    return this.#turns.take(`${submission.tenant}/${deposited.documentId}`, async () => {
      if (clock.nowMs() - arrivedMs > this.#brokerTimeoutMs / 2)
        throw late('BROKER_UNAVAILABLE', 'kafka', 'Kafka has not yet taken the same document from others');
      return this.#submit(deposited);
    });
  }

  get #brokerTimeoutMs(): number {
    return this.#options.settings.brokerTimeoutMs ?? DEFAULT_BROKER_TIMEOUT_MS;
  }

  async #deposit(submission: Submission): Promise<Deposited> {
    const { ports, settings } = this.#options;
    const { tenant, upload } = submission;
    const content = new MeteredContent(tenant, upload.pieces, settings.uploadLimitBytes);
    try {
      await content.sniff();
      const blob = await ports.blobStore.depositStream(tenant, content.pieces(), PDF_MEDIA_TYPE);
      return { submission, blob, ...content.finish() };
    } catch (error) {
      throw content.failure === undefined ? error : content.failure.error;
    } finally {
      content.close();
    }
  }

  async #submit(deposited: Deposited): Promise<Receipt> {
    const { tenant, reprocess } = deposited.submission;
    const first = this.#acceptedDocument(deposited, reprocess);
    const acceptance = await this.#writeRow(first);
    if (acceptance?.outcome !== 'existing') return this.#publish(deposited, first);
    if (await this.#isOnTopic(tenant, acceptance)) {
      const { documentId, run, state, outcome } = acceptance;
      return { documentId, run, state, tenant, outcome };
    }
    // The row may be what a crash between row and topic left behind: only a run of our own is certain.
    const second = this.#acceptedDocument(deposited, true);
    await this.#writeRow(second);
    return this.#publish(deposited, second);
  }

  #acceptedDocument(deposited: Deposited, reprocess: boolean): AcceptedDocument {
    const acceptedAtMs = this.#options.ports.clock.nowMs();
    const { submission, documentId, blob } = deposited;
    const run = runIdFrom(acceptedAtMs, randomBytes(10));
    return {
      documentId,
      run,
      tenant: submission.tenant,
      fileName: submission.upload.fileName,
      sha256: blob.sha256,
      bytes: blob.bytes,
      mediaType: blob.mediaType,
      submissionSource: `/docstream/${PUBLISHER}`,
      submissionId: eventIdOf(documentId, run, PUBLISHER),
      acceptedAtMs,
      reprocess,
    };
  }

  /** Null while the database is away: the document is taken in all the same, the store writes its row from the topic. */
  async #writeRow(document: AcceptedDocument): Promise<Acceptance | null> {
    const { documents, logger } = this.#options.ports;
    try {
      return await this.#withinDatabaseTime(documents.accept(document));
    } catch (error) {
      if (!(error instanceof DependencyError)) throw error;
      logger.warn('accepting without the database', {
        event: 'accepted-without-database',
        documentId: document.documentId,
        code: error.code,
      });
      return null;
    }
  }

  async #isOnTopic(tenant: string, { documentId, run, state }: Acceptance): Promise<boolean> {
    if (state !== 'accepted' || this.#acknowledged.has(tenant, documentId, run)) return true;
    try {
      const view = await this.#withinDatabaseTime(this.#options.ports.documents.find(tenant, documentId));
      return view?.timeline.some((entry) => entry.run === run && entry.event === 'received') ?? false;
    } catch (error) {
      if (error instanceof DependencyError) return false;
      throw error;
    }
  }

  async #publish(deposited: Deposited, accepted: AcceptedDocument): Promise<Receipt> {
    const { documentId, run, tenant, fileName, sha256, bytes, mediaType, acceptedAtMs } = accepted;
    const timeoutMs = this.#brokerTimeoutMs;
    try {
      await within(
        timeoutMs,
        this.#produce(deposited, accepted),
        () => late('BROKER_UNAVAILABLE', 'kafka', `Kafka did not acknowledge within ${timeoutMs} ms`),
        this.#options.ports.clock,
      );
    } catch (error) {
      await this.#withdraw(accepted);
      throw error;
    }
    this.#acknowledged.remember({
      tenant,
      documentId,
      run,
      fileName,
      sha256,
      bytes,
      mediaType,
      acceptedAtMs,
    });
    return { documentId, run, state: 'accepted', tenant, outcome: 'new-run' };
  }

  async #produce({ submission, blob, inline }: Deposited, accepted: AcceptedDocument): Promise<void> {
    const { codec, producer } = this.#options.ports;
    const { documentId, run, tenant, fileName, mediaType, acceptedAtMs } = accepted;
    const value = await codec.encode(TOPICS.ingest, {
      fileName,
      mediaType,
      content: inline,
      blob,
      receivedAt: acceptedAtMs,
    });
    const { traceparent } = submission;
    const record: OutgoingRecord = {
      topic: TOPICS.ingest.name,
      key: new TextEncoder().encode(documentId),
      value,
      headers: buildEventHeaders({
        identity: { documentId, run, tenant },
        publisher: PUBLISHER,
        event: 'DocumentReceived',
        timeMs: acceptedAtMs,
        ...(traceparent === undefined ? {} : { traceparent }),
      }),
    };
    await producer.produce([record]);
  }

  /** A row that stays behind is harmless: the next submission sees that nothing of it is on the topic. */
  async #withdraw({ documentId, run }: AcceptedDocument): Promise<void> {
    const { documents, logger } = this.#options.ports;
    try {
      await this.#withinDatabaseTime(documents.withdraw(documentId, run));
    } catch (error) {
      logger.warn('an accepted row could not be withdrawn', {
        event: 'withdraw-failed',
        documentId,
        run,
        error,
      });
    }
  }

  #withinDatabaseTime<T>(work: Promise<T>): Promise<T> {
    const { ports, settings } = this.#options;
    const timeoutMs = (settings.databaseTimeoutMs ?? DEFAULT_DATABASE_TIMEOUT_MS) / 2;
    return within(
      timeoutMs,
      work,
      () => late('DATABASE_UNAVAILABLE', 'database', `the database did not answer within ${timeoutMs} ms`),
      ports.clock,
    );
  }
}

function late(
  code: 'BROKER_UNAVAILABLE' | 'DATABASE_UNAVAILABLE',
  dependency: string,
  message: string,
): DependencyError {
  return new DependencyError(code, dependency, message);
}
