import type { Candidate } from '../candidate.js';
import { unionOf } from '../layout.js';
import type { TaxLine } from '../line-item.js';
import { labelParts } from '../line-items/column-labels.js';
import { isTableOfItems } from '../line-items/heads.js';
import { isSameAmount } from '../line-items/numbers.js';
import { withoutAmounts } from '../line-items/tables.js';
import { isAllowance, isCharge, isTotalLabel } from '../line-items/total-labels.js';
import { textOfLine, visualLines, type VisualLine } from '../line-items/visual-lines.js';
import type { DocumentLocale } from '../locale.js';
import { findMoney, readNumeral } from '../recognisers/money.js';
import { tokensOf } from '../tokens.js';
import { nameOf, type Finder } from './finder.js';

const TAX_WORD =
  /^(?:vat|taxe?s?|gst|mwst|ust|umsatzsteuer\p{L}*|mehrwertsteuer\p{L}*|steuersatz|steuerbetrag|tva|btw|iva|moms)$/u;
const PERCENT = /(?<![\d.,])(\d{1,2}(?:[.,]\d{1,3})?)\s?%/gu;
const BARE_RATE = /(?<![\d.,\p{L}])(\d{1,2}(?:[.,]\d{1,3})?)(?![\d.,%\p{L}])/gu;
const HIGHEST_RATE = 35;
const HEADED_LINES = 8;
const SLACK = 0.011;
const LONGEST_HEAD = 120;
const MOST_LINES = 20;
const WITH_BASE = 0.85;
const WITHOUT_BASE = 0.7;

interface PlacedTax extends TaxLine {
  readonly line: VisualLine;
}

/** Taxes by rate: lines on which a rate, a base and their product stand, or a rate and an amount beside the name of a tax. */
export const findTaxLines: Finder = (field, rule, context) => {
  const lines = withoutRepeated(
    context.pages.flatMap((page) => taxesOf(visualLines(page), context.locale)).slice(0, MOST_LINES),
  );
  const first = lines[0];
  if (first === undefined) return [];
  const together = lines.filter(({ line }) => line.page === first.line.page);
  const isProven = lines.every(({ base }) => base !== undefined);
  const candidate: Candidate = {
    field,
    value: lines.map(({ line: _, ...tax }) => tax),
    page: first.line.page,
    box: unionOf(together.map(({ line }) => line.box)),
    raw: together.map(({ line }) => textOfLine(line)).join('\n'),
    confidence: rule.confidence * (isProven ? WITH_BASE : WITHOUT_BASE),
    rule: nameOf(context, field, rule),
  };
  return [candidate];
};

/** Where the line stands: among items (a rate there is the item's), under the head of taxes, or elsewhere. */
type Place = 'items' | 'taxes' | 'elsewhere';

function taxesOf(lines: readonly VisualLine[], locale: DocumentLocale): readonly PlacedTax[] {
  const found: PlacedTax[] = [];
  let place: Place = 'elsewhere';
  let since = 0;
  for (const line of lines) {
    const text = textOfLine(line);
    const hasTaxWord = tokensOf(text).some((token) => TAX_WORD.test(token.text));
    const opened = placeUnder(line, text, hasTaxWord);
    since = opened === undefined ? since + 1 : 0;
    if (opened !== undefined) place = opened;
    else if (place === 'items' && isTotalLabel(withoutAmounts(line.cells[0]?.text ?? '', locale)))
      place = 'elsewhere';
    else if (place === 'taxes' && since > HEADED_LINES) place = 'elsewhere';
    if (place === 'items' || isAllowance(text) || isCharge(text)) continue;
    const tax = taxOf(text, hasTaxWord, place === 'taxes', locale);
    if (tax !== undefined) found.push({ ...tax, line });
  }
  return found;
}

/** What a head opens; undefined for lines that are none. */
function placeUnder(line: VisualLine, text: string, hasTaxWord: boolean): Place | undefined {
  if (/\d/u.test(text) || text.length > LONGEST_HEAD) return undefined;
  const meanings = new Set(line.cells.flatMap((cell) => labelParts(cell.text).map(({ meaning }) => meaning)));
  if (line.cells.length > 1 && isTableOfItems(meanings)) return 'items';
  return hasTaxWord ? 'taxes' : undefined;
}

function taxOf(
  text: string,
  hasTaxWord: boolean,
  isHeaded: boolean,
  locale: DocumentLocale,
): TaxLine | undefined {
  if (!hasTaxWord && !isHeaded) return undefined;
  const amounts = findMoney(text, locale).filter(
    ({ decimals, currency }) => decimals >= 2 || currency !== undefined,
  );
  const printed = ratesIn(text, PERCENT, locale);
  for (const rate of printed.length > 0 ? printed : isHeaded ? ratesIn(text, BARE_RATE, locale) : []) {
    const others = amounts.filter(({ start, end }) => rate.start < start || rate.start >= end);
    for (const base of others) {
      const amount = others.find(
        (other) => other !== base && isSameAmount((base.value * rate.value) / 100, other.value, SLACK),
      );
      if (amount !== undefined && base.value > amount.value)
        return { rate: rate.value, base: base.value, amount: amount.value };
    }
  }
  const [rate, ...otherRates] = printed;
  const [amount, ...otherAmounts] = amounts;
  const isAlone = otherRates.length === 0 && otherAmounts.length === 0;
  if (!hasTaxWord || !isAlone || rate === undefined || amount === undefined) return undefined;
  return { rate: rate.value, amount: amount.value };
}

interface Rate {
  readonly value: number;
  readonly start: number;
}

function ratesIn(text: string, pattern: RegExp, locale: DocumentLocale): readonly Rate[] {
  return [...text.matchAll(pattern)]
    .map((match) => ({ value: readNumeral(match[1] ?? '', locale).value, start: match.index }))
    .filter(({ value }) => value <= HIGHEST_RATE);
}

/** The same tax in a breakdown and among the sums counts once: the line with its base. */
function withoutRepeated(taxes: readonly PlacedTax[]): readonly PlacedTax[] {
  const isSame = (one: PlacedTax, other: PlacedTax): boolean =>
    one.rate === other.rate && isSameAmount(one.amount ?? 0, other.amount ?? 0);
  return taxes.filter(
    (tax, index) =>
      !taxes.some(
        (other, at) =>
          at !== index &&
          isSame(tax, other) &&
          (tax.base === undefined
            ? other.base !== undefined || at < index
            : other.base !== undefined && at < index),
      ),
  );
}
