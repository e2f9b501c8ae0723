import type { Block, ParsedDocument } from '@docstream/contracts';

/** A text with the place of its first letter in points. */
export type PlacedText = readonly [text: string, x: number, y: number, fontSize?: number];

/** A ParsedDocument of texts that stand where they are put; letters are half as wide as high, blanks a quarter. */
export function placedDocument(
  pages: readonly (readonly PlacedText[])[],
  more: Partial<ParsedDocument> = {},
): ParsedDocument {
  return {
    version: 1,
    pages: pages.map((texts, index) => ({
      number: index + 1,
      width: 595,
      height: 842,
      rotation: 0,
      state: 'text' as const,
      blocks: texts.map((text) => blockOf(text)),
    })),
    metadata: {},
    attachments: [],
    quality: 'complete',
    parser: 'made by hand',
    ...more,
  };
}

function blockOf([text, x, y, fontSize = 10]: PlacedText): Block {
  let left = x;
  const words = text.split(' ').map((word) => {
    const box = [left, y, left + word.length * fontSize * 0.5, y + fontSize] as const;
    left = box[2] + fontSize * 0.25;
    return { text: word, box };
  });
  const box = [x, y, words.at(-1)?.box[2] ?? x, y + fontSize] as const;
  return { box, lines: [{ text, box, words, fontSize, bold: false }] };
}

/** A row of a table: texts at one height. */
export function placedRow(
  y: number,
  ...cells: readonly (readonly [text: string, x: number])[]
): PlacedText[] {
  return cells.map(([text, x]): PlacedText => [text, x, y]);
}
