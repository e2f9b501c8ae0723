import { electronicFormatIBAN, getCountrySpecifications, isValidBIC, isValidIBAN } from 'ibantools';
import type { Match, Recogniser } from '../match.js';

const CANDIDATE = /(?<![A-Za-z0-9])[A-Z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]){10,32}/gu;
const BIC = /(?<![A-Z0-9])[A-Z]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?(?![A-Za-z0-9])/gu;
const LENGTHS = new Map(
  Object.entries(getCountrySpecifications()).flatMap(([country, { chars }]) =>
    chars === null ? [] : [[country, chars] as const],
  ),
);
const SHORTEST_UNCHECKED = 14;

/** IBANs without spaces. A right checksum gives 0.98; a wrong one or a wrong length is kept at 0.45, for a label to confirm. */
export const recogniseIbans: Recogniser<string> = (text) => {
  const found: Match<string>[] = [];
  for (const match of text.matchAll(CANDIDATE)) {
    const length = LENGTHS.get(match[0].slice(0, 2));
    if (length === undefined) continue;
    const end = endAfter(match[0], length);
    const value = compact(match[0].slice(0, end));
    if (value.length === length && isValidIBAN(value)) {
      found.push({ start: match.index, end: match.index + end, value, confidence: 0.98 });
    } else {
      const printed = asDigitGroups(match[0], length);
      const unchecked = compact(printed);
      if (unchecked.length >= SHORTEST_UNCHECKED) {
        found.push({
          start: match.index,
          end: match.index + printed.length,
          value: unchecked,
          confidence: 0.45,
        });
      }
    }
  }
  return found;
};

/** Without blanks of any kind and hyphens. */
const compact = (printed: string): string => electronicFormatIBAN(printed.replaceAll('\u00a0', '')) ?? '';

/** Where `count` letters and digits end. */
function endAfter(text: string, count: number): number {
  let seen = 0;
  for (let index = 0; index < text.length; index += 1) {
    if (/[A-Za-z0-9]/u.test(text[index] ?? '')) seen += 1;
    if (seen === count) return index + 1;
  }
  return text.length;
}

/** The groups that hold digits, as far as they go and no further than the country's length: a name may follow. */
function asDigitGroups(text: string, length: number): string {
  const groups = /^\S{4}(?:[ \u00a0-]?(?=[A-Z]{0,4}\d)[A-Z0-9]{1,30}(?![a-z]))*/u.exec(text)?.[0] ?? '';
  return groups.slice(0, endAfter(groups, length));
}

/** BICs whose country exists. Words of eight capitals look alike: a label has to confirm one. */
export const recogniseBics: Recogniser<string> = (text) =>
  [...text.matchAll(BIC)]
    .filter(([value]) => isValidBIC(value) && LENGTHS.has(value.slice(4, 6)))
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      value: match[0],
      confidence: /\d/u.test(match[0]) || match[0].endsWith('XXX') ? 0.8 : 0.6,
    }));
