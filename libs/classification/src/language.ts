import { documentText, type ParsedDocument } from '@docstream/contracts';
import type { LanguageDecision } from '@docstream/core';
import { FILLER_WORDS, LANGUAGE_WORDS, SCRIPTS } from './language-words.js';
import { wordsOf } from './words.js';

/** Fewer words than this say nothing about the language. */
const MIN_WORDS = 12;
/** The parser's guess at the language of fewer words is not trusted. */
const MIN_WORDS_TO_NAME = 60;
const MAX_WORDS = 4000;
/** Fewer different words of a list may be names or article numbers. */
const MIN_DISTINCT = 4;
/** Where a text has words of two languages, the foreign one need not be the stronger. */
const FOREIGN_SHARE = 0.05;
const RIVALRY = 0.9;
/** Below it the trained languages are rare in a text, and the parser's word holds. */
const OWN_SHARE = 0.06;
/** One sign of Chinese or Japanese says as much as so many Latin letters. */
const LETTERS_A_SIGN = 2;
/** Above this share of the words the rest decides. */
const FILLER_SHARE = 0.2;

interface Evidence {
  readonly language: string;
  readonly share: number;
}

/** True when the text is evidently in none of the languages, or as much in another one. */
export function isForeign(document: ParsedDocument, languages: readonly string[]): boolean {
  return judgeLanguage(document, languages).isForeign;
}

/** Whether the document is in one of the languages (ISO 639-1), and why. Total. */
export function judgeLanguage(document: ParsedDocument, languages: readonly string[]): LanguageDecision {
  const text = readText(document);
  const script = scriptOf(text);
  const { words, isFilled } = realWords(text);
  const evidence = evidenceOf(words);
  const share = (isOwn: boolean): number =>
    Math.max(
      0,
      ...evidence
        .filter(({ language }) => languages.includes(language) === isOwn)
        .map((entry) => entry.share),
    );
  const [ownShare, foreignShare] = [share(true), share(false)];
  const strongest = evidence[0]?.language ?? null;
  const decide = (because: LanguageDecision['because'], foreign: boolean): LanguageDecision => ({
    isForeign: foreign,
    because,
    strongest,
    ownShare,
    foreignShare,
  });

  const isScriptOwn = languages.some((language) => script === scriptOfLanguage(language));
  if (script !== null && !isScriptOwn) return decide('script', true);
  // Other scripts have no list of words here.
  if (script !== LATIN || words.length < MIN_WORDS) return decide('unclear', false);
  if (foreignShare > FOREIGN_SHARE && foreignShare > RIVALRY * ownShare) return decide('words', true);
  if (words.length < MIN_WORDS_TO_NAME || isFilled) return decide(ownShare > 0 ? 'words' : 'unclear', false);
  const isNamedForeign = document.language !== undefined && !languages.includes(document.language);
  if (isNamedForeign && (ownShare < OWN_SHARE || foreignShare > ownShare)) return decide('parser', true);
  return decide(ownShare > 0 ? 'words' : 'unclear', false);
}

/** The language that a document is most evidently in (ISO 639-1), by its words, else as the parser named it. */
export function languageOf(document: ParsedDocument): string | null {
  const text = readText(document);
  const script = scriptOf(text);
  const { words } = realWords(text);
  const [strongest] = script === LATIN && words.length >= MIN_WORDS ? evidenceOf(words) : [];
  if (strongest !== undefined && strongest.share > FOREIGN_SHARE) return strongest.language;
  const named = document.language;
  return named !== undefined && scriptOfLanguage(named) === script ? named : null;
}

const LATIN = 'latin';

function readText(document: ParsedDocument): string {
  // Compatibility forms: Chinese from a PDF is often in radicals, which are no letters.
  return documentText(document).slice(0, 60_000).normalize('NFKC');
}

/** The script of most of the text; null without letters. */
function scriptOf(text: string): string | null {
  const count = (pattern: RegExp): number => text.match(pattern)?.length ?? 0;
  const counts = [
    [LATIN, count(/\p{Script=Latin}/gu)] as const,
    ...SCRIPTS.map(
      ([languages, letters], index) =>
        [languages.join(' '), count(letters) * (index === 0 ? LETTERS_A_SIGN : 1)] as const,
    ),
  ];
  const [name, most] = counts.reduce((best, entry) => (entry[1] > best[1] ? entry : best));
  if (most === 0) return count(/\p{L}/gu) === 0 ? null : 'another';
  return name;
}

function scriptOfLanguage(language: string): string {
  const found = SCRIPTS.find(([languages]) => languages.includes(language));
  return found === undefined ? LATIN : found[0].join(' ');
}

/** The words without those of filler text, when there is much of it. */
function realWords(text: string): { readonly words: readonly string[]; readonly isFilled: boolean } {
  const words = wordsOf(text).slice(0, MAX_WORDS);
  const rest = words.filter((word) => !FILLER_WORDS.has(word));
  const isFilled = words.length - rest.length > FILLER_SHARE * words.length;
  return { words: isFilled ? rest : words, isFilled };
}

/** The languages by the share of their words among all, the strongest first. */
function evidenceOf(words: readonly string[]): readonly Evidence[] {
  return [...LANGUAGE_WORDS]
    .map(([language, listed]) => ({ language, share: shareOf(words, listed) }))
    .filter(({ share }) => share > 0)
    .sort((left, right) => right.share - left.share);
}

function shareOf(words: readonly string[], listed: ReadonlySet<string>): number {
  const found = words.filter((word) => listed.has(word));
  return new Set(found).size < MIN_DISTINCT ? 0 : found.length / words.length;
}
