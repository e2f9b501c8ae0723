/** A word of a label or text, folded: lower case, no accents, ß as ss. */
export interface Token {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const WORD = /[\p{L}\p{N}_]+/gu;
const MARKS = /\p{M}/gu;

/** Lower case, no accents, ß as ss: how labels are compared. */
export function fold(text: string): string {
  return text.toLowerCase().normalize('NFKD').replace(MARKS, '').replaceAll('ß', 'ss');
}

/** Runs of letters, digits and underscores with their place in the text. */
export function tokensOf(text: string): readonly Token[] {
  return [...text.matchAll(WORD)].map((match) => ({
    text: fold(match[0]),
    start: match.index,
    end: match.index + match[0].length,
  }));
}
