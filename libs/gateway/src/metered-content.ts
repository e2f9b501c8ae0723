import { INLINE_LIMIT_BYTES, documentIdHasher, type DocumentId } from '@docstream/contracts';
import { PoisonError, SNIFF_BYTES, isPdf } from '@docstream/core';
import { tooLarge } from './upload.js';

/** `%PDF-` may begin at the last sniffed byte. */
const HEAD_BYTES = SNIFF_BYTES + 4;

/** Counts, hashes and checks a document while it passes on to the blob store. */
export class MeteredContent {
  readonly #source: AsyncIterator<Uint8Array>;
  readonly #limitBytes: number;
  readonly #hasher: ReturnType<typeof documentIdHasher>;
  #head: readonly Uint8Array[] = [];
  #inline: Uint8Array[] | null = [];
  #bytes = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(tenant: string, pieces: AsyncIterable<Uint8Array>, limitBytes: number) {
    this.#source = pieces[Symbol.asyncIterator]();
    this.#limitBytes = limitBytes;
    this.#hasher = documentIdHasher(tenant);
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Why the source ended early, whatever the blob store made of it. */
  get failure(): { readonly error: unknown } | undefined {
    return this.#failure;
  }

  /** Reads as much as it takes to tell a PDF; before it nothing is deposited. EMPTY_RECORD, NOT_A_PDF. */
  async sniff(): Promise<void> {
    const head: Uint8Array[] = [];
    for (let length = 0; length < HEAD_BYTES;) {
      const next = await this.#source.next();
      if (next.done === true) break;
      head.push(next.value);
      length += next.value.byteLength;
    }
    const bytes = Buffer.concat(head);
    if (bytes.byteLength === 0) throw new PoisonError('EMPTY_RECORD', 'the document has zero bytes');
    if (!isPdf(bytes))
      throw new PoisonError('NOT_A_PDF', `there is no %PDF- within the first ${SNIFF_BYTES} bytes`);
    this.#head = head;
  }

  /** All pieces, once. Throws PDF_TOO_LARGE at the first byte too many. */
  async *pieces(): AsyncGenerator<Uint8Array> {
    try {
      for (const piece of this.#head) yield this.#pass(piece);
      for (let next = await this.#source.next(); next.done !== true; next = await this.#source.next()) {
        yield this.#pass(next.value);
      }
    } catch (error) {
      this.#failure = { error };
      throw error;
    }
  }

  /** Lets go of the source, read to its end or not: what remains of the request can be drained then. */
  close(): void {
    // A piece may still be awaited: the source ends after it, and how it ends matters to nobody.
    void Promise.allSettled([this.#source.return?.()]);
  }

  /** After the last piece. */
  finish(): { readonly documentId: DocumentId; readonly inline: Uint8Array | null } {
    return {
      documentId: this.#hasher.finish(),
      inline: this.#inline === null ? null : Buffer.concat(this.#inline),
    };
  }

  #pass(piece: Uint8Array): Uint8Array {
    this.#bytes += piece.byteLength;
    if (this.#bytes > this.#limitBytes) throw tooLarge(this.#limitBytes);
    this.#hasher.update(piece);
    if (this.#bytes > INLINE_LIMIT_BYTES) this.#inline = null;
    else this.#inline?.push(piece);
    return piece;
  }
}
