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
