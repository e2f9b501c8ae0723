import { findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js';
import type { Match, Recogniser } from '../match.js';

// Two groups of digits at least, or a plus: a lone run of digits is a number of anything.
const SHAPED =
  /(?<![\p{L}\d./@-])(?:\+\d{1,3}[\s.()/-]{0,2}|\(\+?\d{1,5}\)\s{0,2}|0)?\d{1,5}(?:[\s./()-]{1,2}\d{1,5}){1,6}(?![\p{L}\d]|[./-]\d)/gu;
const FEWEST_DIGITS = 7;
const MOST_DIGITS = 15;
const LONGEST_TEXT = 400;

/** Telephone numbers: E.164 where libphonenumber knows the number in the document's country (0.93), as printed where only the shape fits (0.4). */
export const recognisePhones: Recogniser<string> = (text, locale) => {
  const clipped = text.slice(0, LONGEST_TEXT);
  if (clipped.replace(/\D/gu, '').length < FEWEST_DIGITS) return [];
  const country =
    locale.country !== undefined && isSupportedCountry(locale.country) ? locale.country : undefined;
  const known: Match<string>[] = findPhoneNumbersInText(
    clipped,
    country === undefined ? {} : { defaultCountry: country },
  ).map(({ startsAt, endsAt, number }) => ({
    start: startsAt,
    end: endsAt,
    value: number.number,
    confidence: clipped[startsAt] === '+' ? 0.95 : 0.85,
  }));
  for (const match of clipped.matchAll(SHAPED)) {
    const end = match.index + match[0].length;
    const digits = match[0].replace(/\D/gu, '').length;
    if (digits < FEWEST_DIGITS || digits > MOST_DIGITS) continue;
    if (known.some((other) => match.index < other.end && end > other.start)) continue;
    known.push({ start: match.index, end, value: match[0].trim(), confidence: 0.4 });
  }
  return known.sort((one, other) => one.start - other.start);
};
