import { linesOf, pageText, type ParsedDocument } from '@docstream/contracts';
import { CUES } from './cues.js';
import type { NamedNumbers } from './layout-features.js';
import { quantile, ratio } from './statistics.js';
import { foldText, hashText, wordsOf } from './words.js';

const MAX_CHARACTERS = 24_000;
const HEADING_LINES = 14;

const COUNTS: readonly (readonly [name: string, pattern: RegExp])[] = [
  ['amounts', /\b\d{1,3}(?:[ .,'’]\d{3}){0,5}[.,]\d{2}\b/g],
  ['currencies', /[$€£¥]|\b(?:eur|usd|gbp|chf)\b/g],
  [
    'dates',
    /\b\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b|\b\d{1,2}\.? ?(?:jan|feb|mar|apr|mai|may|jun|jul|aug|sep|oct|okt|nov|dec|dez)[a-z]*\.? \d{4}\b/g,
  ],
  ['year-ranges', /\b(?:19|20)\d{2} ?[-–—] ?(?:(?:19|20)\d{2}|present|now|heute|today|aujourd)/g],
  ['percents', /\d ?%/g],
  ['emails', /[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]{2,}/g],
  ['urls', /https?:\/\/|www\./g],
  ['ibans', /\b[a-z]{2}\d{2}(?: ?[\da-z]{4}){3,7}\b/g],
  ['citations', /\[\d{1,3}(?:[,–-] ?\d{1,3}){0,10}\]|\((?:19|20)\d{2}\)/g],
  ['blanks', /_{3,}|\.{6,}|[□☐☑❏▢]/g],
  ['bullets', /^[ \t]*[•●▪■◦‣➢✓–*]/gm],
  ['questions', /\?/g],
  ['labels', /:[ \t]*$|^[^\n:]{2,30}:[ \t]/gm],
  ['section-numbers', /^\d{1,2}(?:\.\d{1,2})*\.? +\p{L}/gmu],
  ['quotes', /["“”„«»]/g],
  ['first-person', /\b(?:i|my|me|ich|mein|meine|je|mon|ma|mes)\b/g],
  ['we', /\b(?:we|our|us|wir|unser|unsere|nous|notre|nos)\b/g],
  ['you', /\b(?:you|your|sie|ihr|ihre|ihnen|vous|votre|vos)\b/g],
  ['section-marks', /§|\barticle \d|\bsection \d/g],
  ['formulas', /[=≤≥∑∫≈±∈λαβσ]/g],
];

/** Text that the features see: the first pages, up to a limit. */
export function leadingText(document: ParsedDocument): string {
  let text = '';
  for (const page of document.pages) {
    text += `${pageText(page)}\n`;
    if (text.length > MAX_CHARACTERS) break;
  }
  return text.slice(0, MAX_CHARACTERS);
}

/** The first page's first lines and its largest ones: where a document says what it is. */
export function headingText(document: ParsedDocument): string {
  const page = document.pages.find((candidate) => candidate.state === 'text');
  if (page === undefined) return '';
  const lines = linesOf(page);
  const large = quantile(
    lines.map((line) => line.fontSize),
    0.9,
  );
  return lines
    .filter((line, index) => index < HEADING_LINES || (large > 0 && line.fontSize >= large * 1.1))
    .slice(0, 40)
    .map((line) => line.text)
    .join('\n');
}

/** What stands in the text, counted: amounts, dates, blanks, … per thousand characters, on a logarithmic scale. */
export function contentFeatures(document: ParsedDocument): NamedNumbers {
  const text = leadingText(document);
  const folded = text.toLowerCase();
  const features = new Map<string, number>();
  const scale = Math.max(0.5, text.length / 1000);
  for (const [name, pattern] of COUNTS) {
    features.set(name, Math.log1p((folded.match(pattern)?.length ?? 0) / scale));
  }
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  const digits = text.match(/\d/g)?.length ?? 0;
  const words = wordsOf(text);
  features.set('capitals', ratio(capitals, letters));
  features.set('digits', ratio(digits, letters + digits));
  features.set('length', Math.log1p(letters));
  features.set('word-length', ratio(letters, words.length));
  features.set('vocabulary', ratio(new Set(words).size, words.length));
  return features;
}

/** For each type: how many of its usual phrases occur, in the text and in the heading. */
export function cueFeatures(document: ParsedDocument): NamedNumbers {
  const features = new Map<string, number>();
  for (const [type, { text, heading }] of cuePhrases(document)) {
    features.set(`cue:${type}`, Math.log1p(text.length));
    features.set(`heading:${type}`, Math.log1p(heading.length));
  }
  return features;
}

/** The usual phrases of each type that occur, in the text and in the heading. */
export function cuePhrases(
  document: ParsedDocument,
): ReadonlyMap<string, { readonly text: readonly string[]; readonly heading: readonly string[] }> {
  const spaced = (text: string): string => ` ${foldText(text).replace(/[^\p{L}\d]+/gu, ' ')} `;
  const body = spaced(leadingText(document).slice(0, 12_000));
  const top = spaced(headingText(document));
  return new Map(
    Object.entries(CUES).map(([type, phrases]) => {
      const foundIn = (text: string): readonly string[] =>
        phrases.filter((phrase) => text.includes(` ${phrase} `));
      return [type, { text: foundIn(body), heading: foundIn(top) }];
    }),
  );
}

/** Words and pairs of neighbours, hashed into buckets: bucket → weight, of unit length together. */
export function lexicalFeatures(document: ParsedDocument, buckets: number): ReadonlyMap<number, number> {
  const weights = new Map<number, number>();
  for (const [term, times] of lexicalTerms(document)) {
    const bucket = bucketOf(term, buckets);
    weights.set(bucket, (weights.get(bucket) ?? 0) + 1 + Math.log(times));
  }
  const length = Math.sqrt([...weights.values()].reduce((sum, weight) => sum + weight * weight, 0)) || 1;
  return new Map([...weights].map(([bucket, weight]) => [bucket, weight / length]));
}

export const bucketOf = (term: string, buckets: number): number => hashText(term) % buckets;

/** Words, pairs of neighbours, and words of the heading with a `^` before them, with how often they occur. */
export function lexicalTerms(document: ParsedDocument): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  const count = (term: string): void => {
    counts.set(term, (counts.get(term) ?? 0) + 1);
  };
  const words = wordsOf(leadingText(document)).slice(0, 2000);
  for (const [index, word] of words.entries()) {
    if (word.length < 2) continue;
    count(word);
    const next = words[index + 1];
    if (index < 600 && next !== undefined) count(`${word} ${next}`);
  }
  for (const word of new Set(wordsOf(headingText(document)))) count(`^${word}`);
  return counts;
}
