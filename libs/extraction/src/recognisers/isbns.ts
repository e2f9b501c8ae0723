import type { Match, Recogniser } from '../match.js';

const ISBN_13 = /(?<![\p{L}\d-])97[89](?:[ \u2010-\u2013-]?\d){10}(?![\p{L}\d]|-\d)/gu;
const ISBN_10 = /(?<![\p{L}\d-])\d(?:[ \u2010-\u2013-]?\d){8}[ \u2010-\u2013-]?[\dXx](?![\p{L}\d]|-\d)/gu;
/** The word stands before, perhaps with "-10" and a colon, or another ISBN between. */
const WORD = /ISBN[^\p{L}]{0,40}(?:(?:e-?book|print|pbk|hbk|pdf|gedruckt|online)[^\p{L}]{0,30})?$/iu;
const WORD_REACH = 60;

/** ISBNs with right check digit as 13 digits. 0.97 behind the word, 0.8 for ISBN-13 with hyphens; ISBN-10 only behind the word. */
export const recogniseIsbns: Recogniser<string> = (text) => {
  const found: Match<string>[] = [];
  for (const match of text.matchAll(ISBN_13)) {
    const isNamed = isBehindWord(text, match.index);
    const digits = digitsOf(match[0]);
    if (!isRightIsbn13(digits) || (!isNamed && !/\D/u.test(match[0]))) continue;
    found.push({
      start: match.index,
      end: match.index + match[0].length,
      value: digits,
      confidence: isNamed ? 0.97 : 0.8,
    });
  }
  for (const match of text.matchAll(ISBN_10)) {
    const end = match.index + match[0].length;
    const isTaken = found.some((other) => match.index < other.end && end > other.start);
    const digits = digitsOf(match[0]);
    if (isTaken || !isRightIsbn10(digits) || !isBehindWord(text, match.index)) continue;
    found.push({ start: match.index, end, value: asIsbn13(digits), confidence: 0.97 });
  }
  return found.sort((one, other) => one.start - other.start);
};

const isBehindWord = (text: string, start: number): boolean =>
  WORD.test(text.slice(Math.max(0, start - WORD_REACH), start));

const digitsOf = (printed: string): string => printed.replace(/[^\dXx]/gu, '').toUpperCase();

function isRightIsbn13(digits: string): boolean {
  return digits.length === 13 && digits.endsWith(checkDigit13(digits));
}

function checkDigit13(digits: string): string {
  const sum = [...digits.slice(0, 12)].reduce(
    (total, digit, index) => total + Number(digit) * (index % 2 === 0 ? 1 : 3),
    0,
  );
  return String((10 - (sum % 10)) % 10);
}

function isRightIsbn10(digits: string): boolean {
  const sum = [...digits].reduce(
    (total, digit, index) => total + (digit === 'X' ? 10 : Number(digit)) * (10 - index),
    0,
  );
  return digits.length === 10 && sum % 11 === 0;
}

function asIsbn13(isbn10: string): string {
  const body = `978${isbn10.slice(0, 9)}`;
  return body + checkDigit13(body);
}
