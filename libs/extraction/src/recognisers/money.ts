import type { DocumentLocale } from '../locale.js';
import type { Match, Recogniser } from '../match.js';
import { CURRENCY_CODES, CURRENCY_SIGNS } from './currencies.js';

export interface MoneyMatch extends Match<number> {
  /** Digits after the decimal separator. */
  readonly decimals: number;
}

// Indian grouping | equal separators every three digits | no grouping.
const NUMBER =
  /\d{1,2}(?:,\d{2}){1,4},\d{3}(?!\d)(?:\.\d{1,4})?|\d{1,3}([.,'’ \u00a0\u202f])\d{3}(?:\1\d{3}){0,4}(?!\d)(?:[.,]\d{1,4})?|\d{1,15}(?:[.,]\d{1,4})?/gu;
const BLANK = /[ \u00a0\u202f]/u;
const SIGNS = CURRENCY_SIGNS.map(([sign]) => sign).sort((one, other) => other.length - one.length);
const SIGN_CODES = new Map(CURRENCY_SIGNS);
const LONGEST_SIGN = 5;
const LONGEST_SCALE = 20;

/** Amounts with or without currency, percentages excepted. The value is signed; brackets and a trailing minus are negative. */
export const recogniseMoney: Recogniser<number> = (text, locale) => findMoney(text, locale);

export function findMoney(text: string, locale: DocumentLocale): readonly MoneyMatch[] {
  const found: MoneyMatch[] = [];
  const pattern = new RegExp(NUMBER.source, 'gu');
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const { numeral, resumeAt } = withoutDoubtfulBlanks(match[0], match.index, text, locale);
    pattern.lastIndex = resumeAt;
    const amount = amountAt(text, match.index, numeral, locale);
    if (amount !== undefined) found.push(amount);
  }
  return found;
}

/** "2 150,00" is one amount where blanks group thousands or a currency stands beside it, else a quantity and a price. */
function withoutDoubtfulBlanks(
  numeral: string,
  start: number,
  text: string,
  locale: DocumentLocale,
): { numeral: string; resumeAt: number } {
  const end = start + numeral.length;
  const blank = numeral.search(BLANK);
  const isGrouped =
    blank < 0 ||
    ((locale.blankGroups || currencyBefore(text, start, locale) !== undefined) &&
      (/[.,]\d{2}$/u.test(numeral) ||
        currencyBefore(text, start, locale) !== undefined ||
        currencyAfter(text, end, locale) !== undefined));
  return isGrouped
    ? { numeral, resumeAt: end }
    : { numeral: numeral.slice(0, blank), resumeAt: start + blank };
}

function amountAt(
  text: string,
  start: number,
  numeral: string,
  locale: DocumentLocale,
): MoneyMatch | undefined {
  let end = start + numeral.length;
  const scale = scaleAfter(text, end, locale);
  end += scale.length;
  const before = text[start - 1] ?? ' ';
  if (/[.,:/\\_#]/u.test(before) && /[\p{L}\p{N}]/u.test(text[start - 2] ?? ' ')) return undefined;
  if (/[:/\\_#@]/u.test(before) && before !== ':') return undefined;
  const isDashed = text.startsWith(',-', end) || text.startsWith(',–', end);
  if (isDashed) end += 2;
  const rest = text.slice(end, end + 2);
  if (!isDashed && (/^[.,:/\\_][\p{L}\p{N}]/u.test(rest) || /^[-–][\p{L}\p{N}]/u.test(rest)))
    return undefined;
  if (/^\s?[%‰]/u.test(rest)) return undefined;
  const left = currencyBefore(text, start, locale);
  const right = currencyAfter(text, end, locale);
  if (left === undefined && /[\p{L}\p{N}]/u.test(before)) return undefined;
  if (right === undefined && /^[\p{L}\p{N}]/u.test(rest)) return undefined;
  if (scale.factor !== 1 && left === undefined && right === undefined) return undefined;
  const { value: printed, decimals, isGroupedNumber } = readNumeral(numeral, locale);
  const value = scale.factor === 1 ? printed : Number((printed * scale.factor).toPrecision(15));
  const from = left?.at ?? start;
  let to = right?.at ?? end;
  const sign = signAround(text, from, to, start);
  if (sign === 'none-in-word') return undefined;
  if (sign === 'trailing') to += 1;
  const currency = left?.code ?? right?.code;
  return {
    start: sign === 'leading' ? Math.max(from - 1, 0) : from,
    end: to,
    value: sign === undefined ? value : -value,
    decimals,
    confidence: shapeConfidence(currency !== undefined, isDashed ? 2 : decimals, isGroupedNumber),
    ...(currency === undefined ? {} : { currency }),
  };
}

const SCALE =
  /^[ \u00a0\u202f-]?(?:(thousand|tausend|tsd\.?|mille(?=\seuros?))|(millions?|millionen|mio\.?|mill\.)|(milliarden?|milliards?|mrd\.?)|(billions?|bn))(?!\p{L})(?:\s(?:de|d['’])(?=\s?\p{L}))?/iu;

/** "million" and the like behind a number, with the number that it stands for; a billion is a million millions outside English. */
function scaleAfter(
  text: string,
  end: number,
  { language }: DocumentLocale,
): { length: number; factor: number } {
  const match = SCALE.exec(text.slice(end, end + LONGEST_SCALE));
  if (match === null) return { length: 0, factor: 1 };
  const [printed, thousand, million, milliard] = match;
  const billion = language === 'en' ? 1e9 : 1e12;
  const factor =
    thousand !== undefined ? 1e3 : million !== undefined ? 1e6 : milliard !== undefined ? 1e9 : billion;
  return { length: printed.length, factor };
}

function shapeConfidence(hasCurrency: boolean, decimals: number, isGrouped: boolean): number {
  if (hasCurrency) return decimals === 2 ? 0.98 : 0.88;
  if (decimals === 2) return 0.9;
  if (isGrouped) return 0.7;
  return decimals === 0 ? 0.35 : 0.4;
}

/** Reads a numeral as the document writes them; where both separators stand, the last one is the decimal separator. */
export function readNumeral(
  numeral: string,
  locale: Pick<DocumentLocale, 'decimal'>,
): { value: number; decimals: number; isGroupedNumber: boolean } {
  const marks = [...numeral].filter((character) => !/\d/u.test(character));
  const last = marks.at(-1);
  const tail = last === undefined ? 0 : numeral.length - numeral.lastIndexOf(last) - 1;
  const isDecimal =
    (last === ',' || last === '.') &&
    (marks.length === 1
      ? tail !== 3 || last === locale.decimal || numeral.startsWith('0')
      : marks.filter((mark) => mark === last).length === 1);
  const whole = isDecimal && last !== undefined ? numeral.slice(0, numeral.lastIndexOf(last)) : numeral;
  const fraction = isDecimal ? numeral.slice(numeral.length - tail) : '';
  const digits = whole.replace(/\D/gu, '');
  return {
    value: Number(fraction === '' ? digits : `${digits}.${fraction}`),
    decimals: fraction.length,
    isGroupedNumber: marks.length > (isDecimal ? 1 : 0),
  };
}

type Sign = 'leading' | 'trailing' | 'none-in-word' | undefined;

function signAround(text: string, from: number, to: number, numeralAt: number): Sign {
  const before = text[from - 1] ?? '';
  if (before === '(' && text[to] === ')') return 'leading';
  if (/[-−–]/u.test(before)) {
    return /[\p{L}\p{N}]/u.test(text[from - 2] ?? ' ') ? 'none-in-word' : 'leading';
  }
  if (from < numeralAt && /[-−]\s?$/u.test(text.slice(from, numeralAt))) return 'leading';
  if (/[-−]/u.test(text[to] ?? '') && !/[\p{L}\p{N}]/u.test(text[to + 1] ?? ' ')) return 'trailing';
  return undefined;
}

interface Currency {
  readonly code: string;
  /** Where the amount with its currency begins, or ends. */
  readonly at: number;
}

function currencyBefore(text: string, start: number, locale: DocumentLocale): Currency | undefined {
  let at = start;
  if (/[-−–]/u.test(text[at - 1] ?? '')) at -= 1;
  if (BLANK.test(text[at - 1] ?? '')) at -= 1;
  const head = text.slice(Math.max(0, at - LONGEST_SIGN), at);
  const sign = SIGNS.find(
    (candidate) => head.endsWith(candidate) && isApart(candidate, text, at - candidate.length - 1),
  );
  if (sign !== undefined) return { code: codeOf(sign, locale), at: at - sign.length };
  const code = head.slice(-3);
  return CURRENCY_CODES.has(code) && !/\p{L}/u.test(text[at - 4] ?? '') ? { code, at: at - 3 } : undefined;
}

function currencyAfter(text: string, end: number, locale: DocumentLocale): Currency | undefined {
  const at = BLANK.test(text[end] ?? '') ? end + 1 : end;
  const tail = text.slice(at, at + LONGEST_SIGN);
  const sign = SIGNS.find(
    (candidate) => tail.startsWith(candidate) && isApart(candidate, text, at + candidate.length),
  );
  if (sign !== undefined && sign !== '$') return { code: codeOf(sign, locale), at: at + sign.length };
  if (sign === '$' && !/\d/u.test(text[at + 1] ?? '')) return { code: locale.dollar, at: at + 1 };
  const code = tail.slice(0, 3);
  return CURRENCY_CODES.has(code) && !/\p{L}/u.test(text[at + 3] ?? '') ? { code, at: at + 3 } : undefined;
}

/** A sign of letters counts only where no other letter continues it. */
function isApart(sign: string, text: string, neighbour: number): boolean {
  return !/^\p{L}/u.test(sign) || !/\p{L}/u.test(text[neighbour] ?? '');
}

function codeOf(sign: string, locale: DocumentLocale): string {
  const code = SIGN_CODES.get(sign) ?? sign;
  if (code === 'DOLLAR') return locale.dollar;
  return code === 'JPY' && locale.language === 'zh' ? 'CNY' : code;
}
