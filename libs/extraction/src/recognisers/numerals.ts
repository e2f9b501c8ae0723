import type { DocumentLocale } from '../locale.js';
import { readNumeral } from './money.js';

const NOT_INSIDE = String.raw`(?<![\p{L}\d]|[\p{L}\d][-–/.,:'’])`;
const PLAIN = String.raw`\d{1,3}(?:(?:\.\d{3}){1,4}(?:,\d{1,6})?|(?:,\d{3}){1,4}(?:\.\d{1,6})?|(?:['’]\d{3}){1,4}(?:[.,]\d{1,6})?)|\d{1,15}(?:[.,]\d{1,6})?`;
const GROUPED = String.raw`\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,4}(?!\d)(?:[.,]\d{1,6})?`;

/** A number, then what `unit` matches: two groups. Blanks group thousands where the document does so. Expressions by `unit`, made once. */
export function numeralBefore(unit: string, flags = ''): (locale: DocumentLocale) => RegExp {
  const patternOf = (numeral: string): RegExp =>
    new RegExp(`${NOT_INSIDE}([-−]?(?:${numeral}))[ \\u00a0\\u202f]?(${unit})`, `gu${flags}`);
  const plain = patternOf(PLAIN);
  const grouped = patternOf(`${GROUPED}|${PLAIN}`);
  return ({ blankGroups }) => (blankGroups ? grouped : plain);
}

/** A numeral with a sign as the document writes numbers. */
export function readSigned(numeral: string, locale: DocumentLocale): number {
  const { value } = readNumeral(numeral.replace(/^[-−]/u, ''), locale);
  return /^[-−]/u.test(numeral) ? -value : value;
}
