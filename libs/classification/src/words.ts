const WORD = /\p{L}[\p{L}\p{M}'’]*/gu;
const MARKS = /\p{M}/gu;

/** Words of a text in lower case without diacritics, in order. Numbers are no words. */
export function wordsOf(text: string): string[] {
  return foldText(text).match(WORD) ?? [];
}

/** Lower case, without diacritics, ligatures resolved: how texts are compared here. */
export function foldText(text: string): string {
  return text.normalize('NFKD').replace(MARKS, '').toLowerCase();
}

/** FNV-1a over the UTF-16 units: 32 bits, the same in every process. */
export function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  // Final mixing: the low bits of plain FNV are too regular for a modulus.
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 0x2c1b3c6d);
  hash ^= hash >>> 12;
  return hash >>> 0;
}
