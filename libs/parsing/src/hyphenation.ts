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

/** Without what follows its last letter. From the end: an expression would look for it from every place. */
function withoutTail(word: string): string {
  let end = word.length;
  while (end > 0 && !/\p{L}$/u.test(word.slice(Math.max(end - 2, 0), end))) end -= 1;
  return word.slice(0, end);
}

/** Both lines with the divided word in one of them; null where none is divided between them. */
function joinLines(line: Line, next: Line, vocabulary: Vocabulary, isKnownOnly = false): [Line, Line] | null {
  const [rest] = next.text.split(' ', 1);
  const last = line.text.split(' ').at(-1);
  if (rest === undefined || last === undefined) return null;
  if (!HYPHENATED.test(last) || !CONTINUED.test(rest)) return null;
  const joined = join(last.slice(0, -1), rest, vocabulary);
  if (isKnownOnly && !vocabulary.has(withoutTail(joined))) return null;
  const before = line.text.slice(0, line.text.length - last.length);
  const after = next.text.slice(rest.length + 1);
  if (after !== '')
    return [
      { ...line, text: before + joined },
      { ...next, text: after },
    ];
  return before === ''
    ? null
    : [
        { ...line, text: before.trimEnd() },
        { ...next, text: joined },
      ];
}

function joinWithin(block: Block, vocabulary: Vocabulary): Block {
  const lines: Line[] = [...block.lines];
  for (let index = 0; index + 1 < lines.length; index += 1) {
    const [line, next] = lines.slice(index, index + 2);
    const joined = line && next && joinLines(line, next, vocabulary);
    if (joined) lines.splice(index, 2, ...joined);
  }
  return { ...block, lines };
}

/** Text that goes on in another column may stand some blocks further on, behind a footnote or a figure. */
const BLOCKS_AHEAD = 4;
const SAME_SIZE = 0.3;

/**
 * Joins words divided at line ends: the whole word stands in the text of the first line, the second goes on after it;
 * where that is all of the second, the word stands there instead. Also from one block to the next of the same type size,
 * and to one behind it if the word is known. Words and boxes stay as printed.
 */
export function joinHyphenated(blocks: readonly Block[], vocabulary: Vocabulary): Block[] {
  const joined = blocks.map((block) => joinWithin(block, vocabulary));
  for (const [index, block] of joined.entries()) {
    const line = block.lines.at(-1);
    if (line === undefined || block.role !== undefined || !/[-\u2010]$/.test(line.text)) continue;
    for (let at = index + 1; at <= index + BLOCKS_AHEAD; at += 1) {
      const [next, ...others] = joined[at]?.lines ?? [];
      const other = joined[at];
      if (next === undefined || other === undefined || other.role !== undefined) continue;
      if (Math.abs(next.fontSize - line.fontSize) > SAME_SIZE) continue;
      const lines = joinLines(line, next, vocabulary, at > index + 1);
      if (lines === null) continue;
      joined[index] = { ...block, lines: [...block.lines.slice(0, -1), lines[0]] };
      joined[at] = { ...other, lines: [lines[1], ...others] };
      break;
    }
  }
  return joined;
}
