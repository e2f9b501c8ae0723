import type { ParsedDocument } from '@docstream/contracts';
import { calibrateValues, familyOf, type CalibrationFamily, type CalibrationTable } from './calibrate.js';
import type { Candidate } from './candidate.js';
import { checkItems } from './check-items.js';
import { chooseValues } from './choose-values.js';
import {
  definitionOf,
  withFields,
  type DefinitionSet,
  type Template,
  type TypeDefinition,
} from './definition.js';
import { separateParties } from './distinct-parties.js';
import { mergeEmbedded, type EmbeddedInvoiceUse } from './embedded-merge.js';
import { findCandidates, type View } from './find-candidates.js';
import type { FoundField } from './found-field.js';
import { layOut } from './layout.js';
import { decideLocale } from './locale.js';
import { textOfPage, type PageText } from './page-text.js';
import { implausibilityOf } from './plausibility.js';
import { templatesFor } from './templates.js';
import { checkTotals } from './totals.js';

export interface ExtractionOptions {
  /** What `readDefinitions` made of the shipped files and the user's own. */
  readonly definitions: DefinitionSet;
  /** `prefer-page` unless said otherwise. */
  readonly embeddedInvoice?: EmbeddedInvoiceUse;
  /** Instead of the shipped one; an empty one leaves confidences as the rules give them. */
  readonly calibration?: CalibrationTable;
}

/** A candidate that does not stand for election, with the reason for people. */
export interface Refused {
  readonly candidate: Candidate;
  readonly why: string;
}

/** All that was considered on the way to the values. */
export interface Trace {
  readonly view: View;
  readonly definition: TypeDefinition;
  /** The definition with the fields that templates found in place of its own. */
  readonly keeping: TypeDefinition;
  /** Those whose condition holds. */
  readonly templates: readonly Template[];
  /** With the confidence after all checks, not calibrated. */
  readonly candidates: readonly Candidate[];
  readonly refused: readonly Refused[];
  /** Calibrated. */
  readonly chosen: readonly Candidate[];
}

/**
 * The fields of a document of a type; an unknown type gets the general ones. Best first per name, names in the order of
 * the definition, then those that only the electronic invoice inside has, whatever the type. Pure and total: bounded work
 * on hostile text (the first ten and last two pages are looked at), but for regular expressions of the user's own
 * definitions, which the caller has to bound in time.
 */
export function extractFields(
  document: ParsedDocument,
  type: string,
  options: ExtractionOptions,
): readonly FoundField[] {
  const { chosen, view } = traceFields(document, type, options);
  const found = chosen.map(({ field, currency: _, ...rest }): FoundField => ({ name: field, ...rest }));
  const { embeddedInvoice: use = 'prefer-page' } = options;
  if (document.embeddedInvoice === undefined || use === 'ignore') return found;
  return mergeEmbedded(found, document.embeddedInvoice, use, view);
}

/** What the page says, as extractFields finds it, with what was considered. */
export function traceFields(
  document: ParsedDocument,
  type: string,
  { definitions, calibration }: ExtractionOptions,
): Trace {
  const definition = definitionOf(type, definitions);
  const view = viewOf(document);
  const { pages, locale } = view;
  const templates = templatesFor(type, definitions.templates, view.texts);
  const refused: Refused[] = [];
  let candidates = plausible(findCandidates(definition, view, type), definition, refused);
  let keeping = definition;
  for (const template of templates.toReversed()) {
    const own = plausible(findCandidates(template, view, type), template, refused);
    const fields = new Set(own.map(({ field }) => field));
    const why = `the template ${template.name} found this field`;
    const isReplaced = ({ field }: Candidate): boolean => fields.has(field);
    for (const candidate of candidates.filter(isReplaced)) refused.push({ candidate, why });
    candidates = [...own, ...candidates.filter((candidate) => !isReplaced(candidate))];
    keeping = withFields(
      keeping,
      template.fields.filter(({ field }) => fields.has(field)),
    );
  }
  const checked =
    definition.checksTotals === true ? checkItems(checkTotals(candidates, pages, locale)) : candidates;
  const compared = separateParties(checked);
  const chosen = calibrateValues(chooseValues(compared, keeping), keeping, calibration);
  return { view, definition, keeping, templates, candidates: compared, refused, chosen };
}

function viewOf(document: ParsedDocument): View {
  const pages = layOut(document);
  const locale = decideLocale(
    pages.flatMap(({ cells }) => cells.map(({ text }) => text)),
    document.language,
  );
  let texts: readonly PageText[] | undefined;
  return { document, pages, locale, texts: () => (texts ??= pages.map(textOfPage)) };
}

function plausible(
  candidates: readonly Candidate[],
  { fields }: TypeDefinition,
  refused: Refused[],
): readonly Candidate[] {
  const bounds = new Map(
    fields.flatMap((field) =>
      field.plausible === undefined ? [] : [[field.field, field.plausible] as const],
    ),
  );
  if (bounds.size === 0) return candidates;
  return candidates.filter((candidate) => {
    const why = implausibilityOf(candidate.value, bounds.get(candidate.field));
    if (why !== null) refused.push({ candidate, why });
    return why === null;
  });
}

/** The calibration family of a found value of a document of a type. */
export function familyOfField(
  { name, rule }: FoundField,
  type: string,
  definitions: DefinitionSet,
): CalibrationFamily | undefined {
  return familyOf({ field: name, rule }, definitionOf(type, definitions));
}
