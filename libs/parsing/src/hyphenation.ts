import type { Block, Line } from '@docstream/contracts';

const HYPHENATED = /\p{L}\p{Ll}[-\u2010]$/u;
const CONTINUED = /^\p{Ll}{2}/u;

// A long book has about 50,000; what comes after the bound is looked up no more.
const MAX_WORDS = 200_000;
const MAX_LENGTH = 64;

/** The words that a document was seen to write, lower case: they tell how a divided word is written elsewhere. */
export class Vocabulary {
  private readonly words = new Set<string>();

  learn(texts: Iterable<string>): void {
    for (const text of texts) {
      for (const [word] of text.matchAll(/\p{L}+(?:-\p{L}+)*/gu)) {
        if (this.words.size < MAX_WORDS && word.length <= MAX_LENGTH) this.words.add(word.toLowerCase());
      }
    }
  }

  has(word: string): boolean {
    return this.words.has(word.toLowerCase());
  }
}

/** Both parts as one word: the hyphen stays where the document elsewhere writes the word with one. */
function join(head: string, rest: string, vocabulary: Vocabulary): string {
  const tail = /^[\p{L}-]+/u.exec(rest)?.[0] ?? '';
  const keepsHyphen = vocabulary.has(`${head}-${tail}`) && !vocabulary.has(`${head}${tail}`);
  return keepsHyphen ? `${head}-${rest}` : `${head}${rest}`;
}

/**
 * Joins words divided at line ends within a block: the whole word stands in the text of the first line, the second goes
 * on after it; where that is all of the second, the word stands there instead. Words and boxes stay as printed.
 */
export function joinHyphenated(block: Block, vocabulary: Vocabulary): Block {
  const lines: Line[] = [...block.lines];
  for (let index = 0; index + 1 < lines.length; index += 1) {
    const line = lines[index];
    const next = lines[index + 1];
    if (line === undefined || next === undefined) continue;
    const [rest] = next.text.split(' ', 1);
    const last = line.text.split(' ').at(-1);
    if (rest === undefined || last === undefined) continue;
    if (!HYPHENATED.test(last) || !CONTINUED.test(rest)) continue;
    const joined = join(last.slice(0, -1), rest, vocabulary);
    const before = line.text.slice(0, line.text.length - last.length);
    const after = next.text.slice(rest.length + 1);
    if (after !== '') {
      lines[index] = { ...line, text: before + joined };
      lines[index + 1] = { ...next, text: after };
    } else if (before !== '') {
      lines[index] = { ...line, text: before.trimEnd() };
      lines[index + 1] = { ...next, text: joined };
    }
  }
  return { ...block, lines };
}
