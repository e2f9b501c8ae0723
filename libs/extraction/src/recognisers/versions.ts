import type { Recogniser } from '../match.js';

const VERSION =
  /(?<![\p{L}\d.])v?\d{1,4}(?:\.\d{1,4}){0,3}(?:[-.]?(?:a|b|rc|alpha|beta)\d{0,3})?(?![\p{L}\d])/giu;
const LAST_FOUR = /(?:[*xX•#.]{2,20}[\s-]{0,2}|(?:\d{4}[\s-]?){3}|ending(?: in)?\s)(\d{4})(?!\d)/gu;
const ACCOUNT = /(?<![\p{L}\d])[A-Z]{0,4}[\dXx*•]{2,8}(?:[ -]?[\dXx*•]{2,12}){0,6}(?![\p{L}\d])/gu;

/** Version numbers: 2.0, v1.2.3, 0.29a0. */
export const recogniseVersions: Recogniser<string> = (text) =>
  [...text.matchAll(VERSION)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    value: match[0],
    confidence: match[0].includes('.') ? 0.9 : 0.6,
  }));

/** The last four digits of a masked or full card number. */
export const recogniseLastFour: Recogniser<string> = (text) =>
  [...text.matchAll(LAST_FOUR)].map((match) => {
    const end = match.index + match[0].length;
    return { start: end - 4, end, value: match[1] ?? '', confidence: 0.9 };
  });

/** Account numbers as printed, masked ones included. */
export const recogniseAccountNumbers: Recogniser<string> = (text) =>
  [...text.matchAll(ACCOUNT)]
    .filter(([value]) => /\d{3}/u.test(value))
    .map((match) => ({
      start: match.index,
      end: match.index + match[0].length,
      value: match[0],
      confidence: match[0].length >= 6 ? 0.9 : 0.5,
    }));
