import type { Recogniser } from '../match.js';

const DOI = /(?<![\d.])10\.\d{4,9}\/[^\s"<>{}|\\^`]{2,200}/gu;
const ARXIV_LABELLED =
  /arxiv\s{0,2}[:.]\s{0,2}((?:\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?\/\d{7})(?:v\d{1,2})?)/giu;
const ARXIV_URL =
  /arxiv\.org\/(?:abs|pdf)\/((?:\d{4}\.\d{4,5}|[a-z-]{2,12}(?:\.[A-Z]{2})?\/\d{7})(?:v\d{1,2})?)/giu;
const TAIL = /[.,;:*'’”\]]+$/u;

/** DOIs without a resolver and without the sentence's punctuation. */
export const recogniseDois: Recogniser<string> = (text) =>
  [...text.matchAll(DOI)].map((match) => {
    const trimmed = match[0].slice(0, match[0].length - (TAIL.exec(match[0].slice(-8))?.[0].length ?? 0));
    const value = trimmed.endsWith(')') && !trimmed.includes('(') ? trimmed.slice(0, -1) : trimmed;
    return { start: match.index, end: match.index + value.length, value, confidence: 0.95 };
  });

/** arXiv ids, old (hep-th/9901001) and new (2401.01234v2), only where the text says arXiv. */
export const recogniseArxivIds: Recogniser<string> = (text) =>
  [...text.matchAll(ARXIV_LABELLED), ...text.matchAll(ARXIV_URL)].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
    value: match[1] ?? '',
    confidence: 0.95,
  }));
