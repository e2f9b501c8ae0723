import { Controller, Delete, Get, Inject, Param, Post, Query, Req, Res, UseGuards } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { HEADERS, isEndState, type DocumentId } from '@docstream/contracts';
import { DocstreamError, PoisonError, type DocumentPage, type DocumentView } from '@docstream/core';
import { ApiKeyGuard } from './api-key.guard.js';
import { DocumentAcceptor, type Receipt } from './document-acceptor.js';
import { DocumentEraser, type Erasure } from './document-eraser.js';
import { DocumentReader } from './document-reader.js';
import { contentDisposition } from './file-name.js';
import { GATEWAY_OPTIONS, type GatewayOptions } from './ports.js';
import {
  readCursor,
  readDocumentId,
  readFlag,
  readLimit,
  readQuery,
  readState,
  readType,
  readWaitMs,
} from './query.js';
import { Tenant } from './tenant.js';
import { openUpload, PDF_MEDIA_TYPE } from './upload.js';

export interface DocumentLinks {
  readonly self: string;
  readonly content: string;
}

export interface ReceiptBody extends Omit<Receipt, 'outcome'> {
  readonly links: DocumentLinks;
}

export interface ViewBody extends DocumentView {
  readonly links: DocumentLinks;
}

const TRACEPARENT = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

/** The HTTP API for documents; what it promises stands in the OpenAPI document. */
@Controller('v1/documents')
@UseGuards(ApiKeyGuard)
export class DocumentsController {
  readonly #options: GatewayOptions;
  readonly #acceptor: DocumentAcceptor;
  readonly #reader: DocumentReader;
  readonly #eraser: DocumentEraser;

  constructor(
    @Inject(GATEWAY_OPTIONS) options: GatewayOptions,
    @Inject(DocumentAcceptor) acceptor: DocumentAcceptor,
    @Inject(DocumentReader) reader: DocumentReader,
    @Inject(DocumentEraser) eraser: DocumentEraser,
  ) {
    this.#options = options;
    this.#acceptor = acceptor;
    this.#reader = reader;
    this.#eraser = eraser;
  }

  @Post()
  async submit(
    @Req() request: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Query() query: unknown,
    @Tenant() tenant: string,
  ): Promise<ReceiptBody | ViewBody> {
    const parameters = readQuery(query, ['wait', 'reprocess']);
    const waitMs = readWaitMs(parameters['wait']);
    const reprocess = readFlag('reprocess', parameters['reprocess']);
    const upload = await openUpload(request, this.#options.settings.uploadLimitBytes);
    const traceparent = traceparentOf(request);
    const receipt = await this.#acceptor.accept({ tenant, upload, reprocess, traceparent });
    void reply.header('location', linksOf(receipt.documentId).self).header('cache-control', 'no-store');
    const result = await this.#resultOf(receipt, waitMs);
    void reply.status(result === null ? 202 : 200);
    if (result !== null) return toViewBody(result);
    const { documentId, run, state } = receipt;
    return { documentId, run, state, tenant, links: linksOf(documentId) };
  }

  @Get()
  async list(
    @Query() query: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Tenant() tenant: string,
  ): Promise<DocumentPage> {
    const { type, state, limit, cursor } = readQuery(query, ['type', 'state', 'limit', 'cursor']);
    void reply.header('cache-control', 'no-store');
    return this.#reader.list({
      tenant,
      limit: readLimit(limit),
      ...(type === undefined ? {} : { type: readType(type) }),
      ...(state === undefined ? {} : { state: readState(state) }),
      ...(cursor === undefined ? {} : { cursor: readCursor(cursor) }),
    });
  }

  @Get(':id')
  async read(
    @Param('id') id: string,
    @Query() query: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Tenant() tenant: string,
  ): Promise<ViewBody> {
    const { wait } = readQuery(query, ['wait']);
    void reply.header('cache-control', 'no-store');
    return toViewBody(await this.#reader.readWhenEnded(tenant, readDocumentId(id), readWaitMs(wait)));
  }

  @Get(':id/content')
  async content(
    @Param('id') id: string,
    @Query() query: unknown,
    @Res({ passthrough: true }) reply: FastifyReply,
    @Tenant() tenant: string,
  ): Promise<Uint8Array> {
    readQuery(query, []);
    const view = await this.#reader.read(tenant, readDocumentId(id));
    const bytes = await this.#redeem(view);
    void reply
      .header('content-type', PDF_MEDIA_TYPE)
      .header('content-disposition', contentDisposition(view.fileName, `${view.documentId}.pdf`))
      .header('content-security-policy', "default-src 'none'; sandbox")
      .header('cache-control', 'no-store');
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  @Delete(':id')
  async erase(@Param('id') id: string, @Query() query: unknown, @Tenant() tenant: string): Promise<Erasure> {
    readQuery(query, []);
    return this.#eraser.erase(tenant, readDocumentId(id));
  }

  /** The full result where it is there, or comes in time. Kafka has the document: no failure here may hide that. */
  async #resultOf({ documentId, run, state, tenant }: Receipt, waitMs: number): Promise<DocumentView | null> {
    if (!isEndState(state) && (waitMs === 0 || !(await this.#reader.hasEnded(documentId, run, waitMs))))
      return null;
    try {
      return await this.#reader.read(tenant, documentId);
    } catch (error) {
      if (!(error instanceof DocstreamError)) throw error;
      this.#options.ports.logger.warn('a result could not be read', {
        event: 'result-not-read',
        documentId,
        error,
      });
      return null;
    }
  }

  async #redeem({ tenant, sha256, bytes, mediaType, erasedAt }: DocumentView): Promise<Uint8Array> {
    if (erasedAt !== null)
      throw new PoisonError('CONTENT_GONE', 'the document was erased', { facts: { erasedAt } });
    if (sha256 === null || bytes === null)
      throw new PoisonError('NOT_FOUND', 'the bytes of the document are not known (yet)');
    try {
      return await this.#options.ports.blobStore.redeem(tenant, { sha256, bytes, mediaType });
    } catch (cause) {
      if (cause instanceof DocstreamError && cause.code === 'BLOB_NOT_FOUND')
        throw new PoisonError('CONTENT_GONE', 'the bytes of the document are no longer kept', { cause });
      throw cause;
    }
  }
}

function linksOf(documentId: DocumentId): DocumentLinks {
  const self = `/v1/documents/${documentId}`;
  return { self, content: `${self}/content` };
}

function toViewBody(view: DocumentView): ViewBody {
  return { ...view, links: linksOf(view.documentId) };
}

function traceparentOf({ headers }: FastifyRequest): string | undefined {
  const given = headers[HEADERS.traceparent];
  return typeof given === 'string' && TRACEPARENT.test(given) ? given : undefined;
}
