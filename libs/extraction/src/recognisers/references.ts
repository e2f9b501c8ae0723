import type { Match, Recogniser } from '../match.js';

const REFERENCE = /(?<![\p{L}\d])[\p{L}\d](?:[\p{L}\d_/.#-]{0,38}[\p{L}\d])?(?![\p{L}\d])/gu;
const DECIMAL_AMOUNT = /^\d{1,3}(?:[.,]\d{3})*[.,]\d{2}$/u;

/**
 * Numbers that name something, as printed: one word with a digit in it. The shape says how likely: 0.9 letters and
 * digits, 0.85 digits alone, 0.5 what may be a count or a year, 0.4 what may be a date.
 */
export const recogniseReferences: Recogniser<string> = (text) =>
  [...text.matchAll(REFERENCE)].flatMap((match): Match<string>[] => {
    const value = match[0];
    const end = match.index + value.length;
    if (
      !/\d/u.test(value) ||
      isOfAnotherKind(value, text.slice(Math.max(0, match.index - 2), match.index), text.slice(end, end + 2))
    ) {
      return [];
    }
    return [{ start: match.index, end, value, confidence: confidenceOf(value) }];
  });

/** Amounts and parts of them, percentages, and remarks in brackets. */
function isOfAnotherKind(value: string, before: string, after: string): boolean {
  const isBracketed = before.endsWith('(') && after.startsWith(')');
  const isPartOfAmount = /^,\d/u.test(after) || /\d,$/u.test(before);
  return isBracketed || isPartOfAmount || after.startsWith('%') || DECIMAL_AMOUNT.test(value);
}

function confidenceOf(value: string): number {
  if (/^\d{1,2}[./-]\d{1,2}[./-](?:\d{4}|\d{2})$/u.test(value) || /^\d{4}-\d{2}-\d{2}$/u.test(value)) {
    return 0.4;
  }
  if (/^\d{1,2}$/u.test(value) || /^(?:19|20)\d{2}$/u.test(value)) return 0.5;
  if (/^\d{1,3}(?:st|nd|rd|th|er|kg|g|mm|cm|m|h)$/iu.test(value)) return 0.2;
  return /\p{L}/u.test(value) && /\d{2}/u.test(value) ? 0.9 : 0.85;
}
