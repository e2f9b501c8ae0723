import type { ExtractedField } from '@docstream/contracts';
import { unpackParsed, type StageContext } from '@docstream/core';
import { EXTRACTOR_VERSION, extractFields } from '@docstream/extraction';

/** What crosses into the extractor's worker process. */
export interface ExtractInput {
  /** Gzipped JSON of a ParsedDocument: unpacked here, where it costs this document only. */
  readonly parsed: Uint8Array;
  /** Document type of the classifier, `unknown` included. */
  readonly type: string;
}

export interface ExtractOutput {
  /** Best first per name. */
  readonly fields: readonly ExtractedField[];
  /** Version of the rules. */
  readonly extractor: string;
}

/** The extractor stage's `run`: the found fields in the shape of the event. */
export async function extract(
  { parsed, type }: ExtractInput,
  _context: StageContext,
): Promise<ExtractOutput> {
  const fields = extractFields(await unpackParsed(parsed), type).map(
    ({ name, value, page, box, confidence, raw, rule }): ExtractedField => ({
      name,
      value: JSON.stringify(value),
      page,
      box: [...box],
      confidence,
      raw,
      rule,
      conflict: null,
    }),
  );
  return { fields, extractor: EXTRACTOR_VERSION };
}

const EMPTY_PAGE = { number: 1, width: 595, height: 842, rotation: 0, state: 'empty', blocks: [] } as const;

/** Loads what the first document would otherwise wait for: label indexes and telephone metadata. */
export function warmUp(): Promise<void> {
  for (const type of ['invoice', 'unknown']) {
    extractFields(
      { version: 1, pages: [EMPTY_PAGE], metadata: {}, attachments: [], quality: 'empty', parser: 'warm-up' },
      type,
    );
  }
  return Promise.resolve();
}
