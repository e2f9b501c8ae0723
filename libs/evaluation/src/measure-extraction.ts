import { estimate, type Estimate } from './bootstrap.js';
import { binsOf, errorOf } from './fit-calibration.js';
import { type FieldResult, type PlacedResult, summariseFields, summariseNames } from './field-scores.js';
import {
  type DocumentRecord,
  type ExtractionResult,
  type ExtractionView,
  type View,
  VIEWS,
} from './result.js';

export const INVOICE_CORE: readonly string[] = [
  'invoice_number',
  'issue_date',
  'total',
  'currency',
  'iban',
  'seller_vat_id',
];
export const INVOICE_PARTIES: readonly string[] = ['net_total', 'tax_total', 'seller_name', 'buyer_name'];

/** Every result of a view with its document. */
export function resultsOf(documents: readonly DocumentRecord[], view: View): readonly PlacedResult[] {
  return documents.flatMap(({ path, type, group, fields }) =>
    (fields?.[view] ?? []).map((result) => ({ ...result, path, type, group })),
  );
}

const invoicesOf = (results: readonly PlacedResult[], fields: readonly string[]): readonly PlacedResult[] =>
  results.filter(({ type, field }) => type === 'invoice' && fields.includes(field));

export interface ExtractionFacts {
  /** Languages of the shipped head. */
  readonly languages: readonly string[];
  readonly invoice2dataProblem?: string;
}

export function measureExtraction(
  documents: readonly DocumentRecord[],
  { languages, invoice2dataProblem }: ExtractionFacts,
): ExtractionResult {
  const inLanguages = documents.filter((document) =>
    document.languages.some((language) => languages.includes(language)),
  );
  const authors = resultsOf(documents, 'textAlone').filter(
    ({ type, field }) => type === 'scientific-paper' && field === 'authors',
  );
  return {
    views: VIEWS.flatMap((view) => viewOf(documents, view)),
    trainedLanguages: {
      languages,
      invoiceCore: summariseFields(invoicesOf(resultsOf(inLanguages, 'textAlone'), INVOICE_CORE)),
    },
    authorNames: summariseNames(authors),
    aheadOfInvoice2data: aheadOf(documents),
    ...(invoice2dataProblem === undefined ? {} : { invoice2dataProblem }),
  };
}

function viewOf(documents: readonly DocumentRecord[], view: View): readonly ExtractionView[] {
  const results = resultsOf(documents, view);
  if (results.length === 0) return [];
  const byType = [...Map.groupBy(results, ({ type }) => type)].sort(([left], [right]) =>
    left.localeCompare(right),
  );
  return [
    {
      view,
      documents: new Set(results.map(({ path }) => path)).size,
      rows: byType.flatMap(([type, own]) =>
        [...Map.groupBy(own, ({ field }) => field)]
          .sort(([left, one], [right, other]) => other.length - one.length || left.localeCompare(right))
          .map(([field, members]) => ({ type, field, score: summariseFields(members) })),
      ),
      types: byType.map(([type, own]) => ({ type, score: summariseFields(own) })),
      invoiceCore: summariseFields(invoicesOf(results, INVOICE_CORE)),
      invoiceParties: summariseFields(invoicesOf(results, INVOICE_PARTIES)),
      calibration: calibrationOf(results),
    },
  ];
}

function calibrationOf(results: readonly PlacedResult[]): ExtractionView['calibration'] {
  const values = results.flatMap(({ confidence, outcome, group }) =>
    confidence === undefined ? [] : [{ confidence, isRight: outcome === 'right', group }],
  );
  if (values.length === 0) return null;
  return { values: values.length, error: estimate(values, errorOf), bins: binsOf(values) };
}

/** Micro-F1 of results, as `summariseFields` computes it. */
export function f1Of(results: readonly FieldResult[]): number {
  let right = 0;
  let given = 0;
  for (const { outcome } of results) {
    if (outcome === 'right') right += 1;
    if (outcome !== 'missed') given += 1;
  }
  return (2 * right) / (given + results.length);
}

/** Two sets of results of one document, to be compared. */
export interface PairedResults {
  readonly group: string;
  readonly ours: readonly FieldResult[];
  readonly theirs: readonly FieldResult[];
}

/** The difference of two micro-F1 over the same documents, drawn in pairs. */
export function estimateF1Difference(pairs: readonly PairedResults[]): Estimate {
  return estimate(
    pairs,
    (drawn) => f1Of(drawn.flatMap(({ ours }) => ours)) - f1Of(drawn.flatMap(({ theirs }) => theirs)),
  );
}

function aheadOf(documents: readonly DocumentRecord[]): Estimate | null {
  const core = (results: readonly FieldResult[]): readonly FieldResult[] =>
    results.filter(({ field }) => INVOICE_CORE.includes(field));
  const pairs = documents.flatMap(({ type, group, fields }) =>
    type === 'invoice' && fields?.invoice2data !== undefined && fields.textAlone !== undefined
      ? [{ group, ours: core(fields.textAlone), theirs: core(fields.invoice2data) }]
      : [],
  );
  return pairs.length === 0 ? null : estimateF1Difference(pairs);
}
