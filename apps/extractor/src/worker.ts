import type { ExtractedField } from '@docstream/contracts';
import { unpackParsed, type StageContext } from '@docstream/core';
import {
  UNKNOWN_TYPE,
  extractFields,
  type DefinitionSet,
  type EmbeddedInvoiceUse,
} from '@docstream/extraction';

/** What crosses into the extractor's worker process. */
export interface ExtractInput {
  /** Gzipped JSON of a ParsedDocument: unpacked here, where it costs this document only. */
  readonly parsed: Uint8Array;
  /** Document type of the classifier, `unknown` included. */
  readonly type: string;
  readonly embeddedInvoice: EmbeddedInvoiceUse;
}

export interface ExtractOutput {
  /** Best first per name. */
  readonly fields: readonly ExtractedField[];
  /** Version of the rules. */
  readonly extractor: string;
}

/** What the pool hands to each child before its first document. */
export interface ExtractorSettings {
  readonly definitions: DefinitionSet;
}

let settings: ExtractorSettings | undefined;

/** The extractor stage's `run`: the found fields in the shape of the event. */
export async function extract(
  { parsed, type, embeddedInvoice }: ExtractInput,
  _context: StageContext,
): Promise<ExtractOutput> {
  if (settings === undefined) throw new Error('The extractor got work before its definitions.');
  const { definitions } = settings;
  const fields = extractFields(await unpackParsed(parsed), type, { definitions, embeddedInvoice }).map(
    ({ name, value, page, box, confidence, raw, rule, conflict }): ExtractedField => ({
      name,
      value: JSON.stringify(value),
      page: page ?? null,
      box: box === undefined ? null : [...box],
      confidence,
      raw: raw ?? null,
      rule,
      conflict: conflict === undefined ? null : JSON.stringify(conflict),
    }),
  );
  return { fields, extractor: definitions.version };
}

const EMPTY_PAGE = { number: 1, width: 595, height: 842, rotation: 0, state: 'empty', blocks: [] } as const;

/** Loads what the first document would otherwise wait for: label indexes and telephone metadata. */
export function warmUp(given: ExtractorSettings): Promise<void> {
  settings = given;
  for (const type of ['invoice', UNKNOWN_TYPE]) {
    extractFields(
      { version: 1, pages: [EMPTY_PAGE], metadata: {}, attachments: [], quality: 'empty', parser: 'warm-up' },
      type,
      given,
    );
  }
  return Promise.resolve();
}
