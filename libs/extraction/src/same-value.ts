import { FIELD_TYPES, type FieldName } from '@docstream/contracts';
import type { FieldValue } from './candidate.js';
import type { LineItem, TaxLine } from './line-item.js';

const CENT = 0.005;

/** Case, white space and punctuation do not matter: blanks of an IBAN, the point of an "Inc.". */
export function foldValue(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '');
}

/** True when two sources say the same of a field: amounts as numbers, dates by the day, items by their amounts in order. */
export function isSameValue(field: FieldName, one: FieldValue, other: FieldValue): boolean {
  switch (FIELD_TYPES[field]) {
    case 'amount':
    case 'number':
      return isSameNumber(Number(one), Number(other));
    case 'date':
      return String(one).slice(0, 10) === String(other).slice(0, 10);
    case 'text':
      return isSameText(String(one), String(other));
    case 'list':
      return isSameList(listOf(one), listOf(other), (left, right) => isSameText(String(left), String(right)));
    case 'items':
      return isSameList(withAmounts(listOf(one)), withAmounts(listOf(other)), isSameItem);
  }
}

type Entry = string | LineItem | TaxLine;

const listOf = (value: FieldValue): readonly Entry[] => (typeof value === 'object' ? value : []);
/** A line of mere text, which XML counts among the items, is none on the page. */
function withAmounts(entries: readonly Entry[]): readonly Entry[] {
  const some = entries.filter((entry) => typeof entry !== 'string' && entry.amount !== undefined);
  return some.length === 0 ? entries : some;
}

/** The same to the cent. */
export const isSameNumber = (one: number, other: number): boolean => Math.abs(one - other) < CENT;

function isSameText(one: string, other: string): boolean {
  const folded = foldValue(one);
  return folded !== '' && folded === foldValue(other);
}

function isSameList(
  one: readonly Entry[],
  other: readonly Entry[],
  isSame: (left: Entry, right: Entry) => boolean,
): boolean {
  return (
    one.length > 0 &&
    one.length === other.length &&
    one.every((entry, index) => {
      const counterpart = other[index];
      return counterpart !== undefined && isSame(entry, counterpart);
    })
  );
}

function isSameItem(one: Entry, other: Entry): boolean {
  if (typeof one === 'string' || typeof other === 'string') return one === other;
  if (one.amount === undefined || other.amount === undefined) return one.amount === other.amount;
  return isSameNumber(one.amount, other.amount);
}
