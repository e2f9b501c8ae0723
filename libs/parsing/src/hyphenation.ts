import type { Block, Line } from '@docstream/contracts';

const HYPHENATED = /(\p{Ll}{2,})[-\u2010]$/u;
const CONTINUED = /^(\p{Ll}{2,})/u;

/** The words of a text, lower case, as far as they tell how a divided word is written elsewhere. */
export function vocabularyOf(texts: Iterable<string>): ReadonlySet<string> {
  const words = new Set<string>();
  for (const text of texts) {
    for (const match of text.matchAll(/\p{L}+(?:-\p{L}+)*/gu)) words.add(match[0].toLowerCase());
  }
  return words;
}

/**
 * Joins words divided at line ends within a block: the whole word stands in the text of the first line, the second goes
 * on after it. The hyphen stays where the document elsewhere writes the word with one. Words and boxes stay as printed.
 */
export function joinHyphenated(block: Block, vocabulary: ReadonlySet<string>): Block {
  const lines: Line[] = [...block.lines];
  for (let index = 0; index + 1 < lines.length; index += 1) {
    const line = lines[index];
    const next = lines[index + 1];
    if (line === undefined || next === undefined || next.words.length < 2) continue;
    const [rest] = next.text.split(' ', 1);
    const last = line.text.split(' ').at(-1);
    if (rest === undefined || last === undefined) continue;
    if (!HYPHENATED.test(last) || !CONTINUED.test(rest)) continue;
    const head = last.slice(0, -1);
    const tail = /^[\p{L}-]+/u.exec(rest)?.[0] ?? '';
    const keepsHyphen =
      vocabulary.has(`${head}-${tail}`.toLowerCase()) && !vocabulary.has(`${head}${tail}`.toLowerCase());
    const joined = keepsHyphen ? `${head}-${rest}` : `${head}${rest}`;
    lines[index] = { ...line, text: line.text.slice(0, line.text.length - last.length) + joined };
    lines[index + 1] = { ...next, text: next.text.slice(rest.length + 1) };
  }
  return { ...block, lines };
}
