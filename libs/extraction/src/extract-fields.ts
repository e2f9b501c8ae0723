import { FIELD_TYPES, type Box, type FieldName, type ParsedDocument } from '@docstream/contracts';
import { candidateOf, type Candidate, type FieldValue } from './candidate.js';
import { chooseValues } from './choose-values.js';
import type { LabelledRule, PatternRule, TypeDefinition } from './definition.js';
import { definitionOf } from './definitions/index.js';
import { FINDERS, type FinderContext } from './finders/index.js';
import { separateParties } from './distinct-parties.js';
import { findLabels, indexLabels, type LabelIndex, type LabelHit } from './labels.js';
import { valueOfLabel, type LabelledPage } from './labelled-values.js';
import { layOut, type Cell, type PageLayout } from './layout.js';
import { decideLocale, type DocumentLocale } from './locale.js';
import { recognise } from './recognisers/index.js';
import { checkTotals } from './totals.js';

/** Version of the rules: stands in every value and in the event. */
export const EXTRACTOR_VERSION = 'rules 1';

/** A value found in a document. Dates are ISO 8601, amounts numbers in the document's currency. */
export interface FoundField {
  readonly name: FieldName;
  readonly value: FieldValue;
  /** From 1. */
  readonly page: number;
  readonly box: Box;
  /** 0 to 1. */
  readonly confidence: number;
  readonly raw: string;
  readonly rule: string;
}

export interface ExtractionOptions {
  /** Definitions that replace or add to the shipped ones. */
  readonly definitions?: readonly TypeDefinition[];
}

const POSITION_FACTORS = { beside: 1, right: 0.97, below: 0.9 } as const;
const MOST_PATTERN_MATCHES = 200;
const indexes = new WeakMap<TypeDefinition, LabelIndex>();

/**
 * The fields of a document of a type; an unknown type gets the general ones. Best first per name, names in the order of
 * the definition. Pure and total: bounded work on hostile text (the first ten and last two pages are looked at).
 */
export function extractFields(
  document: ParsedDocument,
  type: string,
  options: ExtractionOptions = {},
): readonly FoundField[] {
  const definition = definitionOf(type, options.definitions);
  const pages = layOut(document);
  const locale = decideLocale(
    pages.flatMap(({ cells }) => cells.map(({ text }) => text)),
    document.language,
  );
  const labelled = pages.map((page) => labelPage(page, definition, locale));
  const candidates: Candidate[] = [];
  for (const { field, rules } of definition.fields) {
    for (const rule of rules)
      if (rule.kind === 'labelled') candidates.push(...labelledCandidates(field, rule, labelled, type));
  }
  const claimed = new Set(candidates.map(placeOf));
  const context: FinderContext = { document, pages, labelled, locale, type: definition.type };
  for (const { field, rules } of definition.fields) {
    for (const rule of rules) {
      if (rule.kind === 'pattern')
        candidates.push(...patternCandidates(field, rule, pages, locale, claimed, type));
      if (rule.kind === 'finder') candidates.push(...FINDERS[rule.finder](field, rule, context));
    }
  }
  const checked = definition.checksTotals === true ? checkTotals(candidates, pages, locale) : candidates;
  return chooseValues(separateParties(checked), definition).map(({ field, currency: _, ...found }) => ({
    name: field,
    ...found,
  }));
}

function labelPage(page: PageLayout, definition: TypeDefinition, locale: DocumentLocale): LabelledPage {
  const index = indexes.get(definition) ?? indexLabels(definition);
  indexes.set(definition, index);
  const hits = findLabels(page, index);
  const hitsByCell = new Map<Cell, LabelHit[]>();
  for (const hit of hits) hitsByCell.set(hit.cell, [...(hitsByCell.get(hit.cell) ?? []), hit]);
  return { page, hits, hitsByCell, locale };
}

function labelledCandidates(
  field: FieldName,
  rule: LabelledRule,
  pages: readonly LabelledPage[],
  type: string,
): readonly Candidate[] {
  return pages.flatMap((context) =>
    context.hits.flatMap((hit) => {
      if (!hit.owners.some((owner) => owner.rule === rule) || !isFit(hit, rule)) return [];
      const found = valueOfLabel(hit, rule, context);
      if (found === undefined) return [];
      const alone = hit.standsAlone ? 1 : 0.85;
      const shape = 0.4 + 0.6 * Math.min(1, found.match.confidence / 0.9);
      const confidence = rule.confidence * POSITION_FACTORS[found.position] * alone * shape;
      return [candidateOf(field, ruleName(type, field, rule.id), found.cell, found.match, confidence)];
    }),
  );
}

function isFit({ cell, start, end, standsAlone }: LabelHit, rule: LabelledRule): boolean {
  if (rule.isStandAlone === true && !standsAlone) return false;
  return rule.isWholeCell !== true || !/[\p{L}\d]/u.test(cell.text.slice(0, start) + cell.text.slice(end));
}

function patternCandidates(
  field: FieldName,
  rule: PatternRule,
  pages: readonly PageLayout[],
  locale: DocumentLocale,
  claimed: ReadonlySet<string>,
  type: string,
): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const cell of cellsOf(rule.region, pages)) {
    for (const match of recognise(rule.value, cell.text, locale)) {
      if (match.confidence < (rule.shapeAtLeast ?? 0)) continue;
      // Of equals the first in reading order is the likelier one.
      const decay = Math.max(0.5, 1 - 0.02 * found.length);
      const candidate = candidateOf(
        field,
        ruleName(type, field, rule.id),
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

function cellsOf(region: PatternRule['region'], pages: readonly PageLayout[]): readonly Cell[] {
  switch (region) {
    case 'top':
      return pages
        .slice(0, 1)
        .flatMap(({ cells, height }) => cells.filter(({ box }) => box[1] < height * 0.55));
    case 'first-page':
      return pages.slice(0, 1).flatMap(({ cells }) => cells);
    case 'first-two-pages':
      return pages.slice(0, 2).flatMap(({ cells }) => cells);
    case 'anywhere':
      return pages.flatMap(({ cells }) => cells);
  }
}

const placeOf = ({ page, box, value }: Candidate): string =>
  `${page}/${box.join('/')}/${JSON.stringify(value)}`;

/** `<type>.<field>.<rule>@<version>`. */
export function ruleName(type: string, field: FieldName, id: string): string {
  return `${type}.${field}.${id}@1`;
}

/** True for every name that an extractor may emit. */
export function isFieldName(name: string): name is FieldName {
  return Object.hasOwn(FIELD_TYPES, name);
}
