import type { DocumentLocale } from '../locale.js';
import { findMoney, readNumeral, type MoneyMatch } from '../recognisers/money.js';

const NUMERAL = /(?<![\p{L}\d]|[\p{L}\d][-/.:])[-−]?\d(?:[\d.,'’]*\d)?/u;
const GROUPED = /(?<![\p{L}\d]|[\p{L}\d][-/.:])[-−]?\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?:[.,]\d+)?(?!\d)/u;

/** The first number of a text, its unit left aside: "3 Std", "20 H87", "10,000 ST". */
export function quantityIn(text: string, locale: DocumentLocale): number | undefined {
  const grouped = locale.blankGroups ? GROUPED.exec(text)?.[0] : undefined;
  const numeral = grouped ?? NUMERAL.exec(text)?.[0];
  if (numeral === undefined) return undefined;
  const { value } = readNumeral(numeral.replace(/^[-−]/u, ''), locale);
  if (!Number.isFinite(value)) return undefined;
  return /^[-−]/u.test(numeral) ? -value : value;
}

const LONGEST_VALUE = 24;

/** A number, alone or with a unit or currency of so many letters: one within a sentence is no value of a column. */
export function isValueText(text: string, mostLetters: number): boolean {
  if (text.length > LONGEST_VALUE || !/\d/u.test(text)) return false;
  return (text.match(/\p{L}/gu) ?? []).length <= mostLetters;
}

/** The last amount of a text. */
export function amountIn(text: string, locale: DocumentLocale): MoneyMatch | undefined {
  return findMoney(text, locale).at(-1);
}

export const roundToCents = (amount: number): number => Math.round(amount * 100) / 100;

/** Sums of rounded amounts are off by cents. */
export const isSameAmount = (one: number, other: number, slack = 0.015): boolean =>
  Math.abs(one - other) <= slack;
