import { findPhoneNumbersInText, isSupportedCountry } from 'libphonenumber-js';
import type { DocumentLocale } from '../locale.js';
import type { Match, Recogniser } from '../match.js';
import { recogniseDates } from './dates.js';

// Two groups of digits at least, or a plus: a lone run of digits is a number of anything.
const SHAPED =
  /(?<![\p{L}\d./@-])(?:\+\d{1,3}[\s.()/-]{0,2}|\(\+?\d{1,5}\)\s{0,2}|0)?\d{1,5}(?:[\s./()-]{1,2}\d{1,5}){1,6}(?![\p{L}\d]|[./-]\d)/gu;
/** Countries whose national numbers begin with no 0. */
const WITHOUT_TRUNK_PREFIX = new Set([
  'US',
  'CA',
  'ES',
  'IT',
  'DK',
  'NO',
  'PL',
  'PT',
  'EE',
  'CZ',
  'LU',
  'MX',
]);
const FEWEST_DIGITS = 7;
const MOST_DIGITS = 15;
const LONGEST_TEXT = 400;
/** A text with more digits is a row of a table. */
const MOST_DIGITS_OF_TEXT = 60;

/**
 * Telephone numbers: E.164 where libphonenumber knows the number in the document's country (0.85; 0.95 with a plus), as
 * printed where only the shape fits (0.4). National numbers need their leading 0 where the country has one, and dates are none.
 */
export const recognisePhones: Recogniser<string> = (text, locale) => {
  const clipped = text.slice(0, LONGEST_TEXT);
  const digits = digitsIn(clipped);
  if (digits < FEWEST_DIGITS || digits > MOST_DIGITS_OF_TEXT) return [];
  const dates = recogniseDates(clipped, locale);
  const isFree = (others: readonly Match[], start: number, end: number): boolean =>
    !others.some((other) => start < other.end && end > other.start);
  const found = knownNumbers(clipped, locale).filter(({ start, end }) => isFree(dates, start, end));
  const known = [...found];
  for (const match of clipped.matchAll(SHAPED)) {
    const end = match.index + match[0].length;
    const count = digitsIn(match[0]);
    if (count < FEWEST_DIGITS || count > MOST_DIGITS || !isFree(dates, match.index, end)) continue;
    if (isFree(known, match.index, end)) {
      found.push({ start: match.index, end, value: match[0].trim(), confidence: 0.4 });
    }
  }
  return found.sort((one, other) => one.start - other.start);
};

const digitsIn = (text: string): number => text.replace(/\D/gu, '').length;

function knownNumbers(text: string, locale: DocumentLocale): readonly Match<string>[] {
  const country =
    locale.country !== undefined && isSupportedCountry(locale.country) ? locale.country : undefined;
  if (country === undefined && !text.includes('+')) return [];
  return findPhoneNumbersInText(text, country === undefined ? {} : { defaultCountry: country }).flatMap(
    ({ startsAt, endsAt, number }): Match<string>[] => {
      const printed = text.slice(startsAt, endsAt);
      if (printed.startsWith('+')) {
        return [{ start: startsAt, end: endsAt, value: number.number, confidence: 0.95 }];
      }
      const isNational = WITHOUT_TRUNK_PREFIX.has(country ?? '') || /^\(?0/u.test(printed);
      const isGrouped = /\d[\s./()-]{1,3}\d/u.test(printed);
      const hasCallingCode = printed.replace(/\D/gu, '').startsWith(number.countryCallingCode);
      if (!isGrouped || (!isNational && !hasCallingCode)) return [];
      return [{ start: startsAt, end: endsAt, value: number.number, confidence: isNational ? 0.85 : 0.7 }];
    },
  );
}
