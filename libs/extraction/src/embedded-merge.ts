import { FIELD_TYPES, type EmbeddedInvoice, type FieldName } from '@docstream/contracts';
import type { FieldValue } from './candidate.js';
import { isConsistent } from './embedded-check.js';
import { embeddedValues, type EmbeddedValue } from './embedded-values.js';
import type { FoundField } from './found-field.js';
import type { PageLayout } from './layout.js';
import type { DocumentLocale } from './locale.js';
import { findPrinted } from './printed-value.js';
import { foldValue, isSameValue } from './same-value.js';

/** Which source a field shows where page and electronic invoice contradict each other; `ignore`: the page alone is read. */
export type EmbeddedInvoiceUse = 'prefer-page' | 'prefer-xml' | 'ignore';
export const EMBEDDED_INVOICE_USES: readonly EmbeddedInvoiceUse[] = ['prefer-page', 'prefer-xml', 'ignore'];

export interface PrintedText {
  readonly pages: readonly PageLayout[];
  readonly locale: DocumentLocale;
}

/** Of what only the XML says, and of what it says and the page prints without our rules having found it there. */
const UNPRINTED = 0.95;
/** The same of an invoice that contradicts the page elsewhere, or itself. */
const DOUBTED = 0.6;
const PRINTED = 0.98;
/** Two sources agree: what is left of the doubt. */
const DOUBT_LEFT = 0.1;
const AGREED_AT_LEAST = 0.97;
/** A surer reading of the page is what the page says; a less sure one is our mistake when the XML's value is printed. */
const READ = 0.8;
/** Less sure than this, the page says nothing that could contradict. */
const GUESSED = 0.5;
const CONTRADICTED = 0.5;

/**
 * Joins the values of the page with those of the electronic invoice inside. Agreeing, they are one, surer value at the
 * page's place. Contradicting: the preferred one with half its confidence, the other as its `conflict`.
 */
export function mergeEmbedded(
  found: readonly FoundField[],
  invoice: EmbeddedInvoice,
  use: Exclude<EmbeddedInvoiceUse, 'ignore'>,
  text: PrintedText,
): readonly FoundField[] {
  const rule = `embedded:${invoice.syntax}`;
  const all = embeddedValues(invoice);
  const merged: ReadonlyMap<string, readonly FoundField[]> = new Map(
    all.map((embedded) => {
      const own = found.filter(({ name }) => name === embedded.field);
      return [embedded.field, mergeField(own, embedded, { rule, use, text, all })] as const;
    }),
  );
  const isDoubted =
    !isConsistent(invoice) || [...merged.values()].flat().some(({ conflict }) => conflict !== undefined);
  const names = [...new Set([...found.map(({ name }) => name), ...merged.keys()])];
  return names
    .flatMap((name) => merged.get(name) ?? found.filter((field) => field.name === name))
    .map((field) =>
      isDoubted && field.page === undefined
        ? { ...field, confidence: Math.min(field.confidence, DOUBTED) }
        : field,
    );
}

/** Names and account numbers that the page breaks over lines are read in part; other numbers may differ in a last digit. */
const BROKEN_OVER_LINES: ReadonlySet<FieldName> = new Set(['seller_name', 'buyer_name', 'iban']);
const LEAST_PART = 6;

function isPartOf(field: FieldName, part: FieldValue, whole: FieldValue): boolean {
  if (!BROKEN_OVER_LINES.has(field)) return false;
  const read = foldValue(String(part));
  return read.length >= LEAST_PART && foldValue(String(whole)).startsWith(read);
}

/** The buyer's name read as the seller's: the XML knows the value, under another name. */
function isOfOtherField(field: FieldName, value: FieldValue, all: readonly EmbeddedValue[]): boolean {
  return all.some(
    (other) =>
      other.field !== field &&
      FIELD_TYPES[other.field] === FIELD_TYPES[field] &&
      isSameValue(field, other.value, value),
  );
}

interface Merge {
  readonly rule: string;
  readonly use: Exclude<EmbeddedInvoiceUse, 'ignore'>;
  readonly text: PrintedText;
  readonly all: readonly EmbeddedValue[];
}

function mergeField(
  own: readonly FoundField[],
  embedded: EmbeddedValue,
  { rule, use, text, all }: Merge,
): readonly FoundField[] {
  const { field, value } = embedded;
  const agreeing = own.find((candidate) => isSameValue(field, candidate.value, value));
  if (agreeing !== undefined) {
    const confidence = Math.max(AGREED_AT_LEAST, 1 - (1 - agreeing.confidence) * DOUBT_LEFT);
    // Items are compared by their amounts: the XML's descriptions are whole where columns are narrow.
    const shown = FIELD_TYPES[field] === 'items' ? value : agreeing.value;
    return [{ ...agreeing, value: shown, confidence }, ...own.filter((other) => other !== agreeing)];
  }
  const partial = own.find((candidate) => isPartOf(field, candidate.value, value));
  if (partial !== undefined) return [{ ...partial, value, confidence: PRINTED, rule }];
  const place = findPrinted(field, value, text.pages, text.locale);
  const fromXml: FoundField = {
    name: field,
    value,
    ...place,
    confidence: place === undefined ? UNPRINTED : PRINTED,
    rule,
  };
  const [best, ...others] = own;
  if (best === undefined) return [fromXml];
  if (place !== undefined && (best.confidence < READ || isOfOtherField(field, best.value, all)))
    return [fromXml];
  if (use === 'prefer-xml' || best.confidence < GUESSED) {
    return [{ ...fromXml, confidence: fromXml.confidence * CONTRADICTED, conflict: best.value }];
  }
  return [{ ...best, confidence: best.confidence * CONTRADICTED, conflict: value }, ...others];
}
