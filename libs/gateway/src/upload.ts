import type { FastifyRequest } from 'fastify';
import type { MultipartFile, MultipartValue } from '@fastify/multipart';
import { DocstreamError, PoisonError } from '@docstream/core';
import { fileNameFromHeaders, sanitiseFileName } from './file-name.js';
import { RequestError } from './request-error.js';

export const PDF_MEDIA_TYPE = 'application/pdf';
const FORM_MEDIA_TYPE = 'multipart/form-data';
/** Boundaries and part headers around one file are far smaller. */
const FORM_OVERHEAD_BYTES = 65_536;

/** A document on its way in. `pieces` throws when the sender goes away or the form is malformed, also after the file. */
export interface Upload {
  readonly fileName: string | null;
  readonly pieces: AsyncIterable<Uint8Array>;
}

type Part = MultipartFile | MultipartValue;

/**
 * The document in a request: the body itself or the one `file` part of a form. Nothing but the form's first headers is
 * read yet. Errors: RequestError; PoisonError EMPTY_RECORD and, by Content-Length, PDF_TOO_LARGE.
 */
export async function openUpload(request: FastifyRequest, limitBytes: number): Promise<Upload> {
  const mediaType = (request.headers['content-type'] ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  const declared = Number(request.headers['content-length'] ?? Number.NaN);
  const hasBody = declared > 0 || request.headers['transfer-encoding'] !== undefined;
  if (mediaType === '' && !hasBody) throw new PoisonError('EMPTY_RECORD', 'the request has no body');
  if (mediaType === PDF_MEDIA_TYPE) {
    if (declared > limitBytes) throw tooLarge(limitBytes);
    const pieces = guard(request, request.raw.iterator({ destroyOnReturn: false }));
    return { fileName: fileNameFromHeaders(request.headers), pieces };
  }
  if (mediaType === FORM_MEDIA_TYPE) {
    if (declared > limitBytes + FORM_OVERHEAD_BYTES) throw tooLarge(limitBytes);
    return openForm(request);
  }
  throw new RequestError(
    `send the document as ${PDF_MEDIA_TYPE} or as the part "file" of ${FORM_MEDIA_TYPE}`,
    {
      status: 415,
      facts: { contentType: mediaType.slice(0, 100) },
    },
  );
}

export function tooLarge(limitBytes: number): PoisonError {
  return new PoisonError('PDF_TOO_LARGE', `the document has more than ${limitBytes} bytes`, {
    facts: { limitBytes },
  });
}

async function openForm(request: FastifyRequest): Promise<Upload> {
  const parts = request.parts()[Symbol.asyncIterator]();
  const first = await nextPart(request, parts);
  if (first === null) throw new RequestError('the form has no part: send the document as the part "file"');
  if (first.fieldname !== 'file') {
    throw new RequestError('the form has a part of another name than "file"', {
      facts: { part: first.fieldname.slice(0, 100) },
    });
  }
  if (first.type !== 'file')
    throw new RequestError('the part "file" is a text: give it a file name, as browsers and curl -F do');
  const fileName =
    first.filename === undefined ? fileNameFromHeaders(request.headers) : sanitiseFileName(first.filename);
  return { fileName, pieces: guard(request, filePieces(request, first, parts)) };
}

/** The file's bytes; then the rest of the form must be empty, so that a deposit ends only when the request was good. */
async function* filePieces(
  request: FastifyRequest,
  part: MultipartFile,
  parts: AsyncIterator<Part>,
): AsyncGenerator<Uint8Array> {
  for await (const piece of part.file) yield piece as Uint8Array;
  // A file at the limit of the form parser has one byte more than a document may have: the meter has thrown already.
  const next = await nextPart(request, parts);
  if (next !== null) throw new RequestError('the form has more than one part: send one document a request');
}

async function nextPart(request: FastifyRequest, parts: AsyncIterator<Part>): Promise<Part | null> {
  try {
    const next = await parts.next();
    return next.done === true ? null : next.value;
  } catch (error) {
    throw toUploadError(request, error);
  }
}

async function* guard(
  request: FastifyRequest,
  pieces: AsyncIterable<Uint8Array>,
): AsyncGenerator<Uint8Array> {
  try {
    yield* pieces;
  } catch (error) {
    throw toUploadError(request, error);
  }
}

/** The connection ended before the request did. */
export function isAborted({ raw }: FastifyRequest): boolean {
  return raw.destroyed && !raw.complete;
}

function toUploadError(request: FastifyRequest, cause: unknown): Error {
  if (cause instanceof DocstreamError) return cause;
  if (isAborted(request))
    return new RequestError('the sender went away before the whole document had arrived', { cause });
  return new RequestError('the form is not well formed: its parts end early or have no boundary', { cause });
}
