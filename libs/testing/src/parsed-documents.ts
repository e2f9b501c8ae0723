import type { Block, ParsedDocument } from '@docstream/contracts';

export interface ParsedTextOptions {
  readonly language?: string;
  /** Points; A4 by default. */
  readonly width?: number;
  readonly height?: number;
}

/** A ParsedDocument of plain text: a form feed parts pages, an empty line blocks, a first line `# …` is large and bold. */
export function parsedText(
  text: string,
  { language, width = 595, height = 842 }: ParsedTextOptions = {},
): ParsedDocument {
  const pages = text.split('\f').map((pageText, index) => {
    let top = 60;
    const blocks = pageText
      .split(/\n\s*\n/)
      .map((part): Block => {
        const lines = part
          .split('\n')
          .map((line) => line.trim())
          .filter((line) => line !== '')
          .map((line) => {
            const bold = line.startsWith('# ');
            const fontSize = bold ? 18 : 10;
            const words = line
              .replace(/^# /, '')
              .split(/\s+/)
              .reduce<{ text: string; left: number }[]>((placed, word) => {
                const last = placed.at(-1);
                const left = last === undefined ? 60 : last.left + (last.text.length + 1) * fontSize * 0.5;
                return [...placed, { text: word, left }];
              }, [])
              .map((word) => ({
                text: word.text,
                box: [word.left, top, word.left + word.text.length * fontSize * 0.5, top + fontSize] as const,
              }));
            const box = [60, top, words.at(-1)?.box[2] ?? 60, top + fontSize] as const;
            top += fontSize * 1.3;
            return { text: words.map((word) => word.text).join(' '), box, words, fontSize, bold };
          });
        top += 8;
        return { box: [60, lines[0]?.box[1] ?? top, width - 60, top - 8], lines };
      })
      .filter((block) => block.lines.length > 0);
    return {
      number: index + 1,
      width,
      height,
      rotation: 0,
      state: blocks.length > 0 ? ('text' as const) : ('empty' as const),
      blocks,
    };
  });
  return {
    version: 1,
    pages,
    metadata: {},
    attachments: [],
    ...(language === undefined ? {} : { language }),
    quality: pages.some((page) => page.state === 'text') ? 'complete' : 'empty',
    parser: 'made by hand',
  };
}
