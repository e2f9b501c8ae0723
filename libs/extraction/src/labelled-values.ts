import type { Box } from '@docstream/contracts';
import { addressOfLabel } from './address-blocks.js';
import type { LabelledRule, Position } from './definition.js';
import type { LabelHit } from './labels.js';
import {
  boxWithin,
  heightOf,
  horizontalOverlap,
  verticalOverlap,
  type Cell,
  type PageLayout,
} from './layout.js';
import type { DocumentLocale } from './locale.js';
import type { Match } from './match.js';
import { BLOCK_KINDS, FREE_TEXT_KINDS, recognise, type ValueKind } from './recognisers/index.js';

export interface LabelledValue {
  readonly cell: Cell;
  /** Offsets are those of the cell's text. */
  readonly match: Match;
  readonly position: Position;
}

/** What one page offers to labels: its cells and the labels themselves, which end each other's reach. */
export interface LabelledPage {
  readonly page: PageLayout;
  readonly hits: readonly LabelHit[];
  readonly hitsByCell: ReadonlyMap<Cell, readonly LabelHit[]>;
  readonly locale: DocumentLocale;
}

/** Bilingual labels go on in Chinese characters. */
const FILLER =
  /^(?:[\s:：#№.°º\-–=|()/*（）\p{Script=Han}]|\(\d{1,4}\)|(?<!\p{L})(?:nr|no|num|number|nummer|numero|n|is|lautet|est)(?!\p{L}))*$/iu;
const BEFORE_DATES = /^[^\d]{0,28}$/u;
const NUMBER_BEFORE_DATE =
  /^\W{0,4}(?:\(\d{1,4}\)\W{0,3})?(?:(?:nr|no|n|number|nummer)\W{1,4})?(?=\D{0,20}\d)[\p{L}\d/_.-]{1,24}\W{1,4}(?:(?:vom|du|of|dated|from|date|datum)\W{0,3})?$/iu;
const BARE_NUMBER = 0.4;
const FARTHEST_RIGHT = 330;
const LINES_BELOW = 2.6;
const LINES_BELOW_FREE_TEXT = 6;
const CELLS_BELOW = 4;
const CELLS_RIGHT = 8;
const NAME_LABEL = /^(?:name|firma|company|company name|nom|raison sociale|naam|kontakt|attn)\s*[:：]\s*/iu;

/** The value that belongs to a label, from the likeliest position that has one. */
export function valueOfLabel(
  hit: LabelHit,
  rule: LabelledRule,
  context: LabelledPage,
): LabelledValue | undefined {
  if (BLOCK_KINDS.has(rule.value)) return addressOfLabel(hit, rule, context);
  for (const position of rule.positions) {
    const found = LOOK[position](hit, rule, context);
    if (found !== undefined) return { ...found, position };
  }
  return undefined;
}

type Found = Omit<LabelledValue, 'position'>;

const LOOK: Readonly<
  Record<Position, (hit: LabelHit, rule: LabelledRule, context: LabelledPage) => Found | undefined>
> = { beside: lookBeside, right: lookRight, below: lookBelow, above: lookAbove };

function lookBeside(hit: LabelHit, rule: LabelledRule, context: LabelledPage): Found | undefined {
  const { cell } = hit;
  if (FREE_TEXT_KINDS.has(rule.value) && !/^\s{0,2}[:：\-–—#|]/u.test(cell.text.slice(hit.end, hit.end + 4)))
    return undefined;
  const next = (context.hitsByCell.get(cell) ?? []).find(({ start }) => start >= hit.end);
  const limit = rule.isAfterNumber === true ? cell.text.length : (next?.start ?? cell.text.length);
  const match = choose(
    matchesWithin(rule.value, cell.text, hit.end, limit, context.locale),
    rule,
    (candidate) => reaches(rule, cell.text.slice(hit.end, candidate.start)),
  );
  return match === undefined ? undefined : { cell, match };
}

function lookRight(hit: LabelHit, rule: LabelledRule, context: LabelledPage): Found | undefined {
  const label = boxWithin(hit.cell, hit.start, hit.end);
  if (!reaches(rule, hit.cell.text.slice(hit.end))) return undefined;
  const beside = context.page.cells
    .filter(
      (cell) => cell !== hit.cell && cell.box[0] >= label[2] - 1 && verticalOverlap(label, cell.box) > 0.5,
    )
    .sort((one, other) => one.box[0] - other.box[0])
    .slice(0, CELLS_RIGHT);
  let best: Found | undefined;
  for (const cell of beside) {
    if (cell.box[0] - label[2] > FARTHEST_RIGHT && best === undefined && rule.pick !== 'last') break;
    const limit = reachOf(cell, rule, context);
    const match = choose(matchesWithin(rule.value, cell.text, 0, limit, context.locale), rule, (candidate) =>
      reaches(rule, cell.text.slice(0, candidate.start)),
    );
    if (match !== undefined) {
      best = { cell, match };
      if (rule.pick !== 'last') break;
    }
    if (limit < cell.text.length || (match === undefined && isOpaque(rule.value, cell.text))) break;
  }
  return best;
}

function lookBelow(hit: LabelHit, rule: LabelledRule, context: LabelledPage): Found | undefined {
  const label = boxWithin(hit.cell, hit.start, hit.end);
  const isFreeText = FREE_TEXT_KINDS.has(rule.value);
  const reach = (isFreeText ? LINES_BELOW_FREE_TEXT : LINES_BELOW) * heightOf(label);
  const under = context.page.cells
    .filter(
      ({ box }) =>
        box[1] >= label[1] + heightOf(label) * 0.5 && box[1] - label[3] < reach && isUnder(box, label),
    )
    .sort((one, other) => one.box[1] - other.box[1] || one.box[0] - other.box[0])
    .slice(0, CELLS_BELOW);
  for (const cell of under) {
    const name = isFreeText ? NAME_LABEL.exec(cell.text)?.[0].length : undefined;
    const limit = name === undefined ? reachOf(cell, rule, context) : cell.text.length;
    const from = name ?? 0;
    const match = choose(
      matchesWithin(rule.value, cell.text, from, limit, context.locale),
      rule,
      (candidate) =>
        reaches(rule, cell.text.slice(0, candidate.start)) ||
        (!isFreeText && horizontalOverlap(boxWithin(cell, candidate.start, candidate.end), label) > 0),
    );
    if (
      match !== undefined &&
      !(rule.value === 'reference' && /\p{L}{2}/u.test(cell.text.slice(match.end)))
    ) {
      return { cell, match };
    }
    const named = name === undefined ? undefined : rightOfName(cell, rule, context);
    if (named !== undefined) return named;
    if (!isFreeText && !/^[\s\p{P}\p{S}]*$/u.test(cell.text)) return undefined;
  }
  return undefined;
}

/** Forms with the names of their fields under the lines: what was filled in stands close above. */
function lookAbove(hit: LabelHit, rule: LabelledRule, context: LabelledPage): Found | undefined {
  if (!hit.isHeading) return undefined;
  const label = boxWithin(hit.cell, hit.start, hit.end);
  const cell = context.page.cells
    .filter(({ box }) => box[3] <= label[1] + 2 && label[1] - box[3] < heightOf(label) && isUnder(box, label))
    .sort((one, other) => other.box[3] - one.box[3])[0];
  if (cell === undefined || context.hitsByCell.has(cell)) return undefined;
  const match = choose(
    matchesWithin(rule.value, cell.text, 0, cell.text.length, context.locale),
    rule,
    ({ start, end }) => horizontalOverlap(boxWithin(cell, start, end), label) > 0,
  );
  return match === undefined ? undefined : { cell, match };
}

/** Where the next label of a cell begins: a value ends there. Names may contain a word that is a label elsewhere. */
function reachOf(cell: Cell, rule: LabelledRule, context: LabelledPage): number {
  const hits = context.hitsByCell.get(cell) ?? [];
  if (!FREE_TEXT_KINDS.has(rule.value)) return hits[0]?.start ?? cell.text.length;
  return hits.some(({ isHeading }) => isHeading) ? 0 : cell.text.length;
}

/** "Name:" under the heading of a party: the name stands to its right. */
function rightOfName(label: Cell, rule: LabelledRule, context: LabelledPage): Found | undefined {
  const cell = context.page.cells
    .filter(({ box }) => box[0] >= label.box[2] - 1 && verticalOverlap(label.box, box) > 0.5)
    .sort((one, other) => one.box[0] - other.box[0])[0];
  const match = cell === undefined ? undefined : recognise(rule.value, cell.text, context.locale)[0];
  return cell === undefined || match === undefined ? undefined : { cell, match };
}

function isUnder(box: Box, label: Box): boolean {
  return horizontalOverlap(box, label) > 0;
}

/** Matches of a part of the text, with offsets of the whole. */
function matchesWithin(
  kind: ValueKind,
  text: string,
  from: number,
  to: number,
  locale: DocumentLocale,
): readonly Match[] {
  if (to <= from) return [];
  if (FREE_TEXT_KINDS.has(kind)) {
    return recognise(kind, text.slice(from, to), locale).map((match) => ({
      ...match,
      start: match.start + from,
      end: match.end + from,
    }));
  }
  const matches = recognise(kind, text, locale).filter(({ start, end }) => start >= from && end <= to);
  return kind === 'amount' ? withoutCounts(matches, text, from, to, locale) : matches;
}

/** A bare number among words ("on 31 December") is a count or part of a date; alone it may be an amount. */
function withoutCounts(
  matches: readonly Match[],
  text: string,
  from: number,
  to: number,
  locale: DocumentLocale,
): readonly Match[] {
  if (matches.length === 0) return matches;
  const dates = recognise('date', text, locale);
  const isAmongWords = /\p{L}{3}/u.test(text.slice(from, to));
  return matches.filter(
    ({ start, end, confidence }) =>
      (confidence > BARE_NUMBER || !isAmongWords) &&
      !dates.some((date) => start < date.end && end > date.start),
  );
}

function choose(
  matches: readonly Match[],
  rule: LabelledRule,
  isReached: (match: Match) => boolean,
): Match | undefined {
  const fitting =
    rule.shape === undefined ? matches : matches.filter(({ value }) => rule.shape?.test(String(value)));
  if (rule.pick !== 'last') return fitting.find(isReached);
  const strong = fitting.filter(({ confidence }) => confidence > BARE_NUMBER);
  const usable = (strong.length > 0 ? strong : fitting).filter(isReached);
  return usable.at(-1);
}

/** What may stand between a label and its value. */
function reaches({ value, pick, isAfterNumber = false }: LabelledRule, between: string): boolean {
  switch (value) {
    case 'amount':
      return between.length <= 60;
    case 'date':
    case 'month':
    case 'year':
      if (pick === 'last') return between.length <= 60;
      return (!isAfterNumber && BEFORE_DATES.test(between)) || NUMBER_BEFORE_DATE.test(between);
    case 'iban':
    case 'bic':
    case 'vat-id':
    case 'phone':
    case 'currency':
    case 'email':
    case 'url':
    case 'doi':
    case 'arxiv-id':
    case 'isbn':
    case 'last-four':
    case 'organisation':
    case 'percentage':
    case 'tax-id':
      return between.length <= 40;
    case 'address':
    case 'duration':
    case 'quantity':
      return between.length <= 60;
    case 'account-number':
    case 'count':
    case 'correspondent':
    case 'party':
    case 'person':
    case 'reference':
    case 'text':
    case 'version':
      return FILLER.test(between);
  }
}

/** A cell of another thing ends the search to the right for kinds that stand at once beside their label. */
function isOpaque(kind: ValueKind, text: string): boolean {
  return kind !== 'amount' && kind !== 'currency' && /[\p{L}\d]/u.test(text);
}
