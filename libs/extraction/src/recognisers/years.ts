import type { Recogniser } from '../match.js';

const YEAR = /(?<![\d.,/-])(?:19|20)\d{2}(?![\d/-]|[.,]\d)/gu;

/** Years of the 20th and 21st century. */
export const recogniseYears: Recogniser<number> = (text) =>
  [...text.matchAll(YEAR)].map((match) => ({
    start: match.index,
    end: match.index + 4,
    value: Number(match[0]),
    confidence: 0.7,
  }));
