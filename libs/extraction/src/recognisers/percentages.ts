import type { Recogniser } from '../match.js';
import { numeralBefore, readSigned } from './numerals.js';

const PERCENTAGE = numeralBefore(
  String.raw`%(?!\p{L})|‰|(?:per\s?cent|prozent|pour[ -]cent|por ciento|per cento|procent)(?!\p{L})|v\.\s?h\.`,
  'i',
);

/** Percentages as numbers: 7,7 % is 7.7, 5 ‰ is 0.5. */
export const recognisePercentages: Recogniser<number> = (text, locale) =>
  [...text.matchAll(PERCENTAGE(locale))].map((match) => {
    const [printed, numeral = '', sign] = match;
    const value = readSigned(numeral, locale);
    return {
      start: match.index,
      end: match.index + printed.length,
      value: sign === '‰' ? Number((value / 10).toPrecision(12)) : value,
      confidence: 0.95,
    };
  });
