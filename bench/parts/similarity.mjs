// How much alike two texts of one document are, 0 to 1.
import { editDistance } from './levenshtein.mjs';

/** Longer texts are compared up to here: the time grows with the square. */
export const MOST_CHARACTERS = 1_000_000;

const cut = (text) => text.slice(0, MOST_CHARACTERS);
const plain = (text) => text.normalize('NFKC').replace(/\s+/gu, ' ').trim();
const sortWords = (text) => text.split(' ').sort().join(' ');

/**
 * Without the hyphens between small letters, the line end after one with it: whether a word was divided, and whether a
 * reader joined it, makes no difference any more. Both sides alike.
 */
const withoutHyphens = (text) =>
  text.replace(/(?<=\p{Ll})[-\u00ad\u2010\u2011](?:[^\S\n]*\n\s*)?(?=\p{Ll})/gu, '');

function similarityOf(one, other) {
  const length = Math.max(one.length, other.length);
  return length === 0 ? 1 : 1 - editDistance(one, other) / length;
}

function compareKinds(one, other) {
  const [left, right] = [plain(one), plain(other)];
  return {
    ordered: similarityOf(cut(left), cut(right)),
    sortedWords: similarityOf(cut(sortWords(left)), cut(sortWords(right))),
    isCut: Math.max(left.length, right.length) > MOST_CHARACTERS,
  };
}

/** As the texts are, and with hyphens out of account. */
export function compareTexts(one, other) {
  return {
    ...compareKinds(one, other),
    withoutHyphens: compareKinds(withoutHyphens(one), withoutHyphens(other)),
  };
}
