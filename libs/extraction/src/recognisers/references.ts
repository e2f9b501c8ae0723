import type { Match, Recogniser } from '../match.js';

const REFERENCE = /(?<![\p{L}\d])[\p{L}\d](?:[\p{L}\d_/.#-]{0,38}[\p{L}\d])?(?![\p{L}\d])/gu;
const DECIMAL_AMOUNT = /^\d{1,3}(?:[.,]\d{3})*[.,]\d{2}$/u;

/** Numbers that name something, as printed: one word with a digit in it. How likely depends on its shape: 0.9 letters and digits, 0.8 digits, 0.4 what may be a year or a date. */
export const recogniseReferences: Recogniser<string> = (text) =>
  [...text.matchAll(REFERENCE)].flatMap((match): Match<string>[] => {
    const value = match[0];
    const isBracketed = text[match.index - 1] === '(' && text[match.index + value.length] === ')';
    if (
      isBracketed ||
      !/\d/u.test(value) ||
      DECIMAL_AMOUNT.test(value) ||
      text[match.index + value.length] === '%'
    )
      return [];
    return [{ start: match.index, end: match.index + value.length, value, confidence: confidenceOf(value) }];
  });

function confidenceOf(value: string): number {
  if (/^\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})$/u.test(value) || /^\d{4}-\d{2}-\d{2}$/u.test(value))
    return 0.4;
  if (/^\d{1,2}$/u.test(value) || /^(?:19|20)\d{2}$/u.test(value)) return 0.5;
  if (/^\d{1,3}(?:st|nd|rd|th|er|kg|g|mm|cm|m|h)$/iu.test(value)) return 0.2;
  return /\p{L}/u.test(value) && /\d{2}/u.test(value) ? 0.9 : 0.85;
}
