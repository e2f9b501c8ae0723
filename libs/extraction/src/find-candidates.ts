import { columnsOf } from './address-blocks.js';
import { candidateOf, type Candidate } from './candidate.js';
import {
  ruleName,
  type LabelledRule,
  type MatchRule,
  type PatternRule,
  type Region,
  type TypeDefinition,
} from './definition.js';
import { FINDERS, type FinderContext } from './finders/index.js';
import { valueOfLabel, type LabelledPage } from './labelled-values.js';
import { findLabels, indexLabels, type LabelHit, type LabelIndex } from './labels.js';
import type { Cell, PageLayout } from './layout.js';
import type { DocumentLocale } from './locale.js';
import { placeWithin, type PageText } from './page-text.js';
import { BLOCK_KINDS, recognise, type ValueKind } from './recognisers/index.js';

/** What of a document is looked at. */
export interface View extends Pick<FinderContext, 'document' | 'pages' | 'locale'> {
  /** The pages as texts; made when first asked for. */
  readonly texts: () => readonly PageText[];
}

const POSITION_FACTORS = { beside: 1, right: 0.97, below: 0.9, above: 0.85 } as const;
const MOST_PATTERN_MATCHES = 200;
/** What names the document stands on its first page; amounts may stand on the last. */
const KINDS_OF_ANY_PAGE: ReadonlySet<ValueKind> = new Set(['amount', 'currency', 'iban', 'bic']);
const LESS_LIKELY_A_PAGE = 0.06;
const LEAST_OF_LATER_PAGES = 0.82;
const indexes = new WeakMap<TypeDefinition, LabelIndex>();

/** Whatever the rules of a definition find, field by field: labelled values, then the others. */
export function findCandidates(definition: TypeDefinition, view: View, type: string): readonly Candidate[] {
  const { pages, locale } = view;
  const labelled = pages.map((page) => labelPage(page, definition, locale));
  const candidates: Candidate[] = [];
  const add = (found: readonly Candidate[]): void => {
    for (const candidate of found) candidates.push(candidate);
  };
  for (const { field, rules } of definition.fields) {
    for (const rule of rules)
      if (rule.kind === 'labelled') add(labelledCandidates(field, rule, labelled, type));
  }
  const claimed = new Set(candidates.map(placeOf));
  const context: FinderContext = { document: view.document, pages, labelled, locale, type: definition.type };
  for (const { field, rules } of definition.fields) {
    for (const rule of rules) {
      if (rule.kind === 'match') add(matchCandidates(field, rule, view, type));
      if (rule.kind === 'pattern') add(patternCandidates(field, rule, pages, locale, claimed, type));
      if (rule.kind === 'finder') add(FINDERS[rule.finder](field, rule, context));
    }
  }
  return candidates;
}

export function labelPage(
  page: PageLayout,
  definition: TypeDefinition,
  locale: DocumentLocale,
): LabelledPage {
  const index = indexes.get(definition) ?? indexLabels(definition);
  indexes.set(definition, index);
  const hits = findLabels(page, index);
  const hitsByCell = new Map<Cell, LabelHit[]>();
  for (const hit of hits) hitsByCell.set(hit.cell, [...(hitsByCell.get(hit.cell) ?? []), hit]);
  return { page, hits, hitsByCell, locale };
}

function labelledCandidates(
  field: string,
  rule: LabelledRule,
  pages: readonly LabelledPage[],
  type: string,
): readonly Candidate[] {
  return pages.flatMap((context, index) =>
    context.hits.flatMap((hit) => {
      if (!hit.owners.some((owner) => owner.rule === rule) || !isFit(hit, rule)) return [];
      const found = valueOfLabel(hit, rule, context);
      if (found === undefined) return [];
      const alone = hit.standsAlone ? 1 : 0.85;
      const shape = 0.4 + 0.6 * Math.min(1, found.match.confidence / 0.9);
      const page = KINDS_OF_ANY_PAGE.has(rule.value)
        ? 1
        : Math.max(LEAST_OF_LATER_PAGES, 1 - LESS_LIKELY_A_PAGE * index);
      const confidence = rule.confidence * POSITION_FACTORS[found.position] * alone * shape * page;
      return [candidateOf(field, ruleName(type, field, rule), found.cell, found.match, confidence)];
    }),
  );
}

function isFit({ cell, start, end, standsAlone }: LabelHit, rule: LabelledRule): boolean {
  if (rule.isStandAlone === true && !standsAlone) return false;
  return rule.isWholeCell !== true || !/[\p{L}\d]/u.test(cell.text.slice(0, start) + cell.text.slice(end));
}

function patternCandidates(
  field: string,
  rule: PatternRule,
  pages: readonly PageLayout[],
  locale: DocumentLocale,
  claimed: ReadonlySet<string>,
  type: string,
): readonly Candidate[] {
  const found: Candidate[] = [];
  const isBlock = BLOCK_KINDS.has(rule.value);
  for (const cell of pages.flatMap((page, index) =>
    (isBlock ? columnsOf(page) : page.cells).filter((cell) => isIn(rule.region, cell, page, index)),
  )) {
    for (const match of recognise(rule.value, cell.text, locale)) {
      if (match.confidence < (rule.shapeAtLeast ?? 0)) continue;
      // Of equals the first in reading order is the likelier one.
      const decay = Math.max(0.5, 1 - 0.02 * found.length);
      const candidate = candidateOf(
        field,
        ruleName(type, field, rule),
        cell,
        match,
        rule.confidence * match.confidence * decay,
      );
      if (rule.onlyUnclaimed === true && claimed.has(placeOf(candidate))) continue;
      found.push(candidate);
      if (found.length >= MOST_PATTERN_MATCHES) return found;
    }
  }
  return found;
}

/** What the expression finds on the pages, normalised where the rule says what it is. */
function matchCandidates(
  field: string,
  rule: MatchRule,
  { pages, texts, locale }: View,
  type: string,
): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const [index, pageText] of texts().entries()) {
    const page = pages[index];
    for (const match of pageText.text.matchAll(rule.pattern)) {
      const range = match.indices?.groups?.['value'] ?? match.indices?.[1] ?? match.indices?.[0];
      if (page === undefined || range === undefined) continue;
      const [start, end] = trimmed(pageText.text, range);
      const place = placeWithin(pageText, start, end);
      if (place?.cells.every((cell) => isIn(rule.region, cell, page, index)) !== true) continue;
      const raw = pageText.text.slice(start, end);
      const known = rule.value === undefined ? { value: raw } : recognise(rule.value, raw, locale)[0];
      if (known === undefined) continue;
      const decay = Math.max(0.5, 1 - 0.02 * found.length);
      found.push({
        field,
        value: known.value,
        page: pageText.page,
        box: place.box,
        raw,
        confidence: rule.confidence * decay,
        rule: ruleName(type, field, rule),
        ...('currency' in known && known.currency !== undefined ? { currency: known.currency } : {}),
      });
      if (found.length >= MOST_PATTERN_MATCHES) return found;
    }
  }
  return found;
}

function trimmed(text: string, [start, end]: readonly [number, number]): readonly [number, number] {
  const raw = text.slice(start, end);
  return [start + (raw.length - raw.trimStart().length), end - (raw.length - raw.trimEnd().length)];
}

/** `index` is the page's among those looked at. */
function isIn(region: Region, { box }: Cell, { height }: PageLayout, index: number): boolean {
  switch (region) {
    case 'top':
      return index === 0 && box[1] < height * 0.55;
    case 'first-page':
      return index === 0;
    case 'first-two-pages':
      return index < 2;
    case 'anywhere':
      return true;
  }
}

const placeOf = ({ page, box, value }: Candidate): string =>
  `${page}/${box.join('/')}/${JSON.stringify(value)}`;
