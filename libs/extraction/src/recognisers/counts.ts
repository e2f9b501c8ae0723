import type { Recogniser } from '../match.js';

const COUNT = /(?<![\p{L}\d.,/-])\d{1,3}(?:[.,'’ ]\d{3}){0,2}(?![\p{L}\d]|[.,/-]\d)/gu;

/** Whole numbers of things counted, with or without marks between thousands. */
export const recogniseCounts: Recogniser<number> = (text) =>
  [...text.matchAll(COUNT)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    value: Number(match[0].replace(/\D/gu, '')),
    confidence: 0.9,
  }));
