import { createGzip, type Gzip } from 'node:zlib';
import type { Page, PageState, ParsedDocument, Quality } from '@docstream/contracts';
import { PoisonError } from './errors.js';

/** A gzip of a few bytes can unpack to gigabytes; ours never are larger than this. */
export const MAX_UNPACKED_BYTES = 512 * 1_048_576 - 1_048_576;

/** The first line of a packed document; the last one begins with `],`. */
export const PACKED_OPENING = '{"version":1,"pages":[';

/** A ParsedDocument as it travels, with what its event tells of it. Plain data: crosses processes. */
export interface PackedDocument {
  /** Gzipped JSON of the ParsedDocument. */
  readonly parsed: Uint8Array;
  readonly quality: Quality;
  readonly pageCount: number;
  readonly pagesWithText: number;
  readonly pagesFailed: number;
  /** Numbers of the pages that OCR might read. */
  readonly imageOnlyPages: readonly number[];
  readonly language: string | null;
  readonly title: string | null;
  readonly parser: string;
}

/**
 * Writes a ParsedDocument as gzipped JSON while its pages come: neither the document nor its JSON is ever whole in memory.
 * Each page has a line of its own, which is what `readPacked` relies on.
 * Errors: PoisonError PARSE_OUTPUT_TOO_LARGE for what `unpackParsed` would refuse.
 */
export class DocumentPacker {
  private readonly gzip: Gzip = createGzip({ level: 4 });
  private readonly chunks: Uint8Array[] = [];
  private readonly states: PageState[] = [];
  private readonly imageOnlyPages: number[] = [];
  private unpackedBytes = 0;

  constructor(private readonly maxUnpackedBytes: number = MAX_UNPACKED_BYTES) {
    this.gzip.on('data', (chunk: Uint8Array) => this.chunks.push(chunk));
  }

  async add(page: Page): Promise<void> {
    const opening = this.states.length === 0 ? PACKED_OPENING : ',';
    this.states.push(page.state);
    if (page.state === 'image-only') this.imageOnlyPages.push(page.number);
    await this.write(`${opening}\n${JSON.stringify(page)}`);
  }

  /** Once, after the last page. */
  async finish(frame: Omit<ParsedDocument, 'version' | 'pages'>): Promise<PackedDocument> {
    const opening = this.states.length === 0 ? PACKED_OPENING : '';
    await this.write(`${opening}\n],${JSON.stringify(frame).slice(1)}`);
    await new Promise<void>((resolve, reject) => {
      this.gzip.once('error', reject);
      this.gzip.once('end', resolve);
      this.gzip.end();
    });
    const count = (state: PageState): number => this.states.filter((each) => each === state).length;
    return {
      parsed: Buffer.concat(this.chunks),
      quality: frame.quality,
      pageCount: this.states.length,
      pagesWithText: count('text'),
      pagesFailed: count('failed'),
      imageOnlyPages: this.imageOnlyPages,
      language: frame.language ?? null,
      title: frame.metadata.title ?? null,
      parser: frame.parser,
    };
  }

  /** Safe to repeat, also after `finish`. */
  close(): void {
    this.gzip.destroy();
  }

  private async write(json: string): Promise<void> {
    const bytes = Buffer.from(json);
    this.unpackedBytes += bytes.byteLength;
    if (this.unpackedBytes > this.maxUnpackedBytes) {
      throw new PoisonError('PARSE_OUTPUT_TOO_LARGE', 'The PDF’s text with its places is too large.', {
        facts: { limitBytes: this.maxUnpackedBytes },
      });
    }
    await new Promise<void>((resolve, reject) => {
      this.gzip.write(bytes, (error) => (error == null ? resolve() : reject(error)));
    });
  }
}

/** A whole document at once. */
export async function packDocumentOf({
  version: _version,
  pages,
  ...frame
}: ParsedDocument): Promise<PackedDocument> {
  const packer = new DocumentPacker();
  for (const page of pages) await packer.add(page);
  return packer.finish(frame).finally(() => packer.close());
}
