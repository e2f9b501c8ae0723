const MARKS =
  /[*†‡§¶∗⋆⁎#✉⊥∥♦♣]|[⁰¹²³⁴-⁹]+|(?<=[\p{L}.])\d{1,2}(?:\s?,\s?\d{1,2})*(?![\p{L}\d])|(?<=,)\s?\d{1,2}(?=,|\s|$)|\((?:\d|[a-z])\)|\[\d\]/gu;
const SPLIT = /\s*(?:[,;·•|]|、|，|；|\s&\s|\s(?:and|und|et|y|e)\s|^and\s|\sand$)\s*/iu;
const NO_AUTHOR =
  /(?<!\p{L})(?:universit\p{L}*|institut\p{L}*|department|dept|laborator\p{L}*|labs?|school|college|faculty|fakult\p{L}*|cent(?:er|re)|research|academy|corporation|company|inc|ltd|gmbh|hospital|group|division|ministry|national|street|road|avenue|way|drive|box|facility|beam|accelerator|abstract|keywords?|received|accepted|published|copyright|e-?mail|phone|fax|http|www|journal|conference|proceedings|vol|usa|uk|germany|france|china|india|japan|canada|australia|netherlands|states|kingdom|team|brain|science|sciences|technology|engineering|physics|systems?|license|version|draft|preprint|arxiv|submitted|editor|reviewer|corresponding|author|authors|by)(?!\p{L})/iu;
const PARTICLES = new Set(
  'de der den del della di da dos das du la le van von zu zur ter ten bin ibn al el y e'.split(' '),
);
const CJK_NAME = /^[\u4e00-\u9fff]{2,4}$/u;

/** A person's name: two to six words, capitals first, initials and particles allowed. */
export function isPersonName(text: string): boolean {
  if (CJK_NAME.test(text)) return true;
  if (text.length < 4 || text.length > 48 || /[\d@/\\:{}()<>=+_?!"]/u.test(text) || NO_AUTHOR.test(text))
    return false;
  const words = text.replace(/\.(?=\p{L})/gu, '. ').split(/\s+/u);
  if (words.length < 2 || words.length > 6) return false;
  const isShouting = text === text.toUpperCase();
  const proper = words.filter((word) => !PARTICLES.has(word));
  return (
    proper.length >= 2 &&
    proper.every((word) => /^(?:\p{Lu}\.?-?){1,3}$|^\p{Lu}[\p{L}'’.-]*$/u.test(word)) &&
    proper.some((word) => word.replace(/[^\p{L}]/gu, '').length >= 3) &&
    (isShouting || !proper.some((word) => /^\p{Lu}{4,}$/u.test(word)))
  );
}

/** Names of a line of authors; none where most of the line is something else. */
export function namesIn(text: string): readonly string[] {
  const parts = text
    .slice(0, 600)
    .replace(MARKS, ' ')
    .split(SPLIT)
    .map((part) =>
      part
        .replace(/\s+/gu, ' ')
        .replace(/^\s?(?:and|und|et|&)\s/iu, '')
        .replace(/\s\d{1,2}$/u, '')
        .replace(/^\S+$/u, (word) => word.replace(/(?<=\p{Ll})(?=\p{Lu}\p{Ll})/gu, ' '))
        .replace(/^[\s.,-]+|[\s,-]+$/gu, '')
        .replace(/(?<=\p{L}{3})\.$/u, ''),
    )
    .filter(
      (part) =>
        /\p{L}/u.test(part) &&
        !/^(?:and|und|et|member|fellow|senior member|student member|ieee|jr\.?|ph\.?d\.?|md)$/iu.test(part),
    );
  const names = parts.filter(isPersonName);
  return parts.length > 0 && names.length / parts.length >= 0.6 ? names : [];
}
