import type { Match, Recogniser } from '../match.js';

interface VatShape {
  /** What follows the country's letters, blanks and punctuation removed. */
  readonly shape: RegExp;
  /** Whether the check digits are right; absent where the shape is all we check. */
  readonly isRight?: (rest: string) => boolean;
}

const digitsOf = (text: string): readonly number[] =>
  [...text].filter((c) => c >= '0' && c <= '9').map(Number);
const weighted = (digits: readonly number[], weights: readonly number[]): number =>
  weights.reduce((sum, weight, index) => sum + weight * (digits[index] ?? 0), 0);

/** ISO 7064 MOD 11,10, as Germany and Croatia use it. */
function isMod11And10(rest: string): boolean {
  const digits = digitsOf(rest);
  let product = 10;
  for (const digit of digits.slice(0, -1)) {
    const sum = (digit + product) % 10 || 10;
    product = (sum * 2) % 11;
  }
  return (11 - product) % 10 === digits.at(-1);
}

function isFrench(rest: string): boolean {
  if (!/^\d{11}$/u.test(rest)) return true;
  return Number(rest.slice(0, 2)) === (12 + 3 * (Number(rest.slice(2)) % 97)) % 97;
}

function isAustrian(rest: string): boolean {
  const digits = digitsOf(rest);
  const sum = digits.slice(0, 7).reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? digit : digit * 2;
    return total + Math.trunc(doubled / 10) + (doubled % 10);
  }, 0);
  return (10 - ((sum + 4) % 10)) % 10 === digits[7];
}

function isLuhn(rest: string): boolean {
  const digits = digitsOf(rest);
  const sum = digits.toReversed().reduce((total, digit, index) => {
    const doubled = index % 2 === 0 ? digit : digit * 2;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return sum % 10 === 0;
}

const isBelgian = (rest: string): boolean => 97 - (Number(rest.slice(0, 8)) % 97) === Number(rest.slice(8));
const isSwiss = (rest: string): boolean =>
  (11 - (weighted(digitsOf(rest), [5, 4, 3, 2, 7, 6, 5, 4]) % 11)) % 11 === digitsOf(rest)[8];

const SHAPES: Readonly<Record<string, VatShape>> = {
  AT: { shape: /^U\d{8}/u, isRight: isAustrian },
  BE: { shape: /^[01]\d{9}/u, isRight: isBelgian },
  BG: { shape: /^\d{9,10}/u },
  CHE: { shape: /^\d{9}(?:MWST|TVA|IVA)?/u, isRight: isSwiss },
  CY: { shape: /^\d{8}[A-Z]/u },
  CZ: { shape: /^\d{8,10}/u },
  DE: { shape: /^\d{9}/u, isRight: isMod11And10 },
  DK: { shape: /^\d{8}/u },
  EE: { shape: /^\d{9}/u },
  EL: { shape: /^\d{9}/u },
  ES: { shape: /^[A-Z0-9]\d{7}[A-Z0-9]/u },
  FI: { shape: /^\d{8}/u },
  FR: { shape: /^[A-HJ-NP-Z0-9]{2}\d{9}/u, isRight: isFrench },
  GB: { shape: /^\d{12}|^\d{9}|^(?:GD|HA)\d{3}/u },
  HR: { shape: /^\d{11}/u, isRight: isMod11And10 },
  HU: { shape: /^\d{8}/u },
  IE: { shape: /^\d[A-Z0-9+*]\d{5}[A-Z]{1,2}/u },
  IT: { shape: /^\d{11}/u, isRight: isLuhn },
  LT: { shape: /^\d{12}|^\d{9}/u },
  LU: { shape: /^\d{8}/u },
  LV: { shape: /^\d{11}/u },
  MT: { shape: /^\d{8}/u },
  NL: { shape: /^\d{9}B\d{2}/u },
  NO: { shape: /^\d{9}(?:MVA)?/u },
  PL: { shape: /^\d{10}/u },
  PT: { shape: /^\d{9}/u },
  RO: { shape: /^\d{6,10}/u },
  SE: { shape: /^\d{12}/u },
  SI: { shape: /^\d{8}/u },
  SK: { shape: /^\d{10}/u },
};

const CANDIDATE = new RegExp(
  `(?<![\\p{L}\\d])(${Object.keys(SHAPES).join('|')})[ .-]{0,2}([A-Z0-9*+](?:[ .-]{0,1}[A-Z0-9*+]){2,16})`,
  'gu',
);

/** VAT ids of Europe without spaces: 0.95 with a right checksum, 0.75 by shape alone, 0.5 with a wrong checksum. */
export const recogniseVatIds: Recogniser<string> = (text) => {
  const found: Match<string>[] = [];
  for (const match of text.matchAll(CANDIDATE)) {
    const [whole, country = '', printed = ''] = match;
    const definition = SHAPES[country];
    if (definition === undefined) continue;
    const rest = definition.shape.exec(printed.replace(/[ .-]/gu, ''))?.[0];
    if (rest === undefined) continue;
    const end = match.index + endOf(whole, country.length + rest.length);
    if (/[\p{L}\d]/u.test(text[end] ?? '')) continue;
    const confidence = definition.isRight === undefined ? 0.75 : definition.isRight(rest) ? 0.95 : 0.5;
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
