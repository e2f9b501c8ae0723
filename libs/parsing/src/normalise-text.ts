const SPACES = /[\s\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]+/gu;
// Characters that a reader does not see: controls, zero width (but joiners, which some scripts need),
// byte order mark, bidirectional controls, private use (icons of symbol fonts), non-characters and specials.
const INVISIBLE = /[\p{Cc}\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ue000-\uf8ff\ufff0-\uffff]/gu;
const PRESENTATION_FORMS = /[\ufb00-\ufb4f\ufb50-\ufdff\ufe70-\ufefe]/gu;
// Bullets of the Symbol and Wingdings fonts, which PDFs carry in the private use area.
const SYMBOL_BULLETS = /[\uf0b7\uf0a7\uf06c\uf076\uf0d8]/gu;

/**
 * Text as a reader would type it: ligatures and presentation forms resolved, fancy spaces plain, soft hyphens, controls
 * (U+0000 among them), private use characters and lone surrogates dropped. Composed (NFC).
 * A soft hyphen may be kept until it is known whether it ends a line, where it is seen.
 */
export function normaliseText(text: string, keepsSoftHyphens = false): string {
  if (/^[\u0021-\u007e]*$/.test(text)) return text;
  return text
    .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, '')
    .replace(SYMBOL_BULLETS, '•')
    .replace(SPACES, ' ')
    .replace(INVISIBLE, '')
    .replaceAll('\u00ad', keepsSoftHyphens ? '\u00ad' : '')
    .replace(PRESENTATION_FORMS, (form) => form.normalize('NFKC'))
    .normalize('NFC');
}

/** A short text from outside the pages: normalised, trimmed, cut; undefined when nothing is left. */
export function cleanText(text: string, maxLength: number): string | undefined {
  const cleaned = normaliseText(text).trim().slice(0, maxLength).toWellFormed().replaceAll('\ufffd', '');
  return cleaned === '' ? undefined : cleaned;
}

/**
 * Arabic ligatures stand for letters in logical order; the text around them comes in visual order, so theirs is turned
 * round as well before all of it is.
 */
export function reverseArabicForms(text: string): string {
  return text.replace(/[\ufb50-\ufdff\ufe70-\ufefc]/gu, (form) =>
    [...form.normalize('NFKC')].reverse().join(''),
  );
}

const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff]/gu;
const LETTER = /\p{L}/gu;

/** True when most letters belong to a right-to-left script. */
export function isRightToLeft(text: string): boolean {
  const foreign = text.match(RIGHT_TO_LEFT)?.length ?? 0;
  return foreign > 0 && foreign * 2 > (text.match(LETTER)?.length ?? 0);
}

const MIRRORED: Readonly<Record<string, string>> = {
  '(': ')',
  ')': '(',
  '[': ']',
  ']': '[',
  '{': '}',
  '}': '{',
  '«': '»',
  '»': '«',
};

/** A right-to-left word from visual into logical order; numbers and Latin words within it keep theirs. */
export function toLogicalOrder(word: string): string {
  const reversed = [...word]
    .reverse()
    .map((character) => MIRRORED[character] ?? character)
    .join('');
  return reversed.replace(/\p{Nd}[\p{Nd}.,:/]*|\p{Script=Latin}[\p{Script=Latin}\p{Nd}.,:/-]*/gu, (foreign) =>
    [...foreign].reverse().join(''),
  );
}
