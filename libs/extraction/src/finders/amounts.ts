import { candidateOf, type Candidate } from '../candidate.js';
import { findMoney } from '../recognisers/money.js';
import { nameOf, type Finder } from './finder.js';

const MOST_AMOUNTS = 1000;

/** The currency that most amounts carry; its place is the last of them. */
export const findCurrency: Finder = (field, rule, context) => {
  const counts = new Map<string, { count: number; candidate: Candidate }>();
  let seen = 0;
  for (const { cells } of context.pages) {
    for (const cell of cells) {
      for (const match of findMoney(cell.text, context.locale)) {
        if (match.currency === undefined || seen >= MOST_AMOUNTS) continue;
        seen += 1;
        const candidate = candidateOf(field, nameOf(context, field, rule), cell, match, 0);
        const count = (counts.get(match.currency)?.count ?? 0) + 1;
        counts.set(match.currency, { count, candidate: { ...candidate, value: match.currency } });
      }
    }
  }
  return [...counts.values()].map(({ count, candidate }) => ({
    ...candidate,
    confidence: rule.confidence * (count / seen) * (count === 1 ? 0.85 : 1),
  }));
};

/** The largest amount, where nothing names the total: a guess, and said to be one. */
export const findLargestAmount: Finder = (field, rule, context) => {
  let best: Candidate | undefined;
  let bestValue = 0;
  for (const { cells } of context.pages) {
    for (const cell of cells) {
      for (const match of findMoney(cell.text, context.locale)) {
        if (match.confidence < 0.85 || match.value < bestValue) continue;
        bestValue = match.value;
        best = candidateOf(
          field,
          nameOf(context, field, rule),
          cell,
          match,
          rule.confidence * match.confidence,
        );
      }
    }
  }
  return best === undefined ? [] : [best];
};

const IN_THOUSANDS =
  /(?<!\p{L})(?:in|en|\$|€)\s?(?:thousands?|millions?|billions?|milliers|tausend|mio|mrd|tsd)(?!\p{L})|(?<!\p{L})(?:TEUR|T€|TUSD|k€|M€)(?!\p{L})|000s/iu;
const SCALE = /^(?:thousand|million|billion|trillion|tausend|mio|mrd|milliard|bn)/iu;

/** Amounts with their currency beside them, in the currency of most; those of tables in thousands or millions are left out. */
export const findAmounts: Finder = (field, rule, context) => {
  const found: { readonly candidate: Candidate; readonly currency: string }[] = [];
  for (const { cells } of context.pages) {
    const isInThousands = cells.some(({ text }) => IN_THOUSANDS.test(text));
    for (const [index, cell] of cells.entries()) {
      for (const match of findMoney(cell.text, context.locale)) {
        if (match.currency === undefined || match.value <= 0 || found.length >= MOST_AMOUNTS) continue;
        const printed = cell.text.slice(match.start, match.end);
        const isScaled = /\p{L}{4}/u.test(printed);
        const isCut = match.end === cell.text.length && SCALE.test(cells[index + 1]?.text ?? '');
        if (isCut || (isInThousands && !isScaled)) continue;
        const confidence = rule.confidence * match.confidence * Math.max(0.6, 1 - 0.02 * found.length);
        const candidate = candidateOf(field, nameOf(context, field, rule), cell, match, confidence);
        found.push({ candidate, currency: match.currency });
      }
    }
  }
  const counts = new Map<string, number>();
  for (const { currency } of found) counts.set(currency, (counts.get(currency) ?? 0) + 1);
  const most = [...counts].sort((one, other) => other[1] - one[1])[0]?.[0];
  return found.filter(({ currency }) => currency === most).map(({ candidate }) => candidate);
};
