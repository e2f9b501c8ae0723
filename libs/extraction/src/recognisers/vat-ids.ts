import type { Match, Recogniser } from '../match.js';
import { VAT_CHECKS } from './vat-checks.js';

/** What follows the country's letters, blanks and punctuation removed. */
const SHAPES: Readonly<Record<string, RegExp>> = {
  AT: /^U\d{8}/u,
  BE: /^[01]\d{9}/u,
  BG: /^\d{9,10}/u,
  CHE: /^\d{9}(?:MWST|TVA|IVA)?/u,
  CY: /^\d{8}[A-Z]/u,
  CZ: /^\d{8,10}/u,
  DE: /^\d{9}/u,
  DK: /^\d{8}/u,
  EE: /^\d{9}/u,
  EL: /^\d{9}/u,
  ES: /^[A-Z0-9]\d{7}[A-Z0-9]/u,
  FI: /^\d{8}/u,
  FR: /^[A-HJ-NP-Z0-9]{2}\d{9}/u,
  GB: /^\d{12}|^\d{9}|^(?:GD|HA)\d{3}/u,
  HR: /^\d{11}/u,
  HU: /^\d{8}/u,
  IE: /^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}/u,
  IT: /^\d{11}/u,
  LT: /^\d{12}|^\d{9}/u,
  LU: /^\d{8}/u,
  LV: /^\d{11}/u,
  MT: /^\d{8}/u,
  NL: /^\d{9}B\d{2}/u,
  NO: /^\d{9}(?:MVA)?/u,
  PL: /^\d{10}/u,
  PT: /^\d{9}/u,
  RO: /^\d{6,10}/u,
  SE: /^\d{12}/u,
  SI: /^\d{8}/u,
  SK: /^\d{10}/u,
};

const CANDIDATE = new RegExp(
  `(?<![\\p{L}\\d])(${Object.keys(SHAPES).join('|')})[ .-]{0,2}([A-Z0-9*+](?:[ .-]{0,1}[A-Z0-9*+]){2,16})`,
  'gu',
);

/** VAT ids of Europe without spaces: 0.95 with right check digits, 0.5 with wrong ones. */
export const recogniseVatIds: Recogniser<string> = (text) => {
  const found: Match<string>[] = [];
  for (const match of text.matchAll(CANDIDATE)) {
    const [whole, country = '', printed = ''] = match;
    const rest = SHAPES[country]?.exec(printed.replace(/[ .-]/gu, ''))?.[0];
    if (rest === undefined) continue;
    const end = match.index + endOf(whole, country.length + rest.length);
    if (/[\p{L}\d]/u.test(text[end] ?? '')) continue;
    const confidence = VAT_CHECKS[country]?.(rest).isValid === true ? 0.95 : 0.5;
    found.push({ start: match.index, end, value: country + rest, confidence });
  }
  return found;
};

function endOf(text: string, count: number): number {
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (!/[ .-]/u.test(text[index] ?? '')) seen += 1;
    if (seen === count) return index + 1;
  }
  return text.length;
}
