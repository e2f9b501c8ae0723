import type { Fragment } from './fragments.js';

/** Accents that stand alone, as TeX draws them beside or over a letter, with their combining forms. */
const COMBINING: Readonly<Record<string, string>> = {
  '`': '\u0300', '\u00b4': '\u0301', '\u02c6': '\u0302', '\u02dc': '\u0303', '\u00af': '\u0304', '\u02d8': '\u0306',
  '\u02d9': '\u0307', '\u00a8': '\u0308', '\u02da': '\u030a', '\u02dd': '\u030b', '\u02c7': '\u030c', '\u00b8': '\u0327',
  '\u02db': '\u0328',
}; // prettier-ignore
const ACCENT = /^(?:[`\u00a8\u00af\u00b4\u00b8\u02c6\u02c7\u02d8-\u02dd]|\p{Mn})$/u;
const BASE = /^[\p{L}]/u;
const DOTLESS: Readonly<Record<string, string>> = { '\u0131': 'i', '\u0237': 'j' };

const widthPerCharacter = (fragment: Fragment): number =>
  (fragment.u1 - fragment.u0) / Math.max([...fragment.text].length, 1);

/** The accent at the end of one piece stands over the first letter of the other. */
function isOver(accent: Fragment, base: Fragment): boolean {
  if (!BASE.test(base.text) || Math.abs(accent.v - base.v) > 0.6 * base.size) return false;
  const accentCentre = accent.u1 - widthPerCharacter(accent) / 2;
  const baseCentre = base.u0 + widthPerCharacter(base) / 2;
  // Apart, they are a letter after a quotation mark.
  return Math.abs(accentCentre - baseCentre) < 0.22 * base.size && base.u0 < accent.u1 - 0.1 * base.size;
}

function compose(base: Fragment, mark: string): Fragment {
  const [first = '', ...rest] = [...base.text];
  return { ...base, text: `${DOTLESS[first] ?? first}${mark}${rest.join('')}`.normalize('NFC') };
}

/** Letters with the accents that were drawn over them apart, as one. Takes and gives pieces in the order of drawing. */
export function composeAccents(fragments: readonly Fragment[]): Fragment[] {
  const composed: Fragment[] = [];
  for (const fragment of fragments) {
    const before = composed.at(-1);
    const accent = [...(before?.text.slice(-2) ?? '')].at(-1) ?? '';
    if (before !== undefined && ACCENT.test(accent) && isOver(before, fragment)) {
      const rest = before.text.slice(0, -accent.length);
      composed.pop();
      if (rest !== '') {
        const u1 = Math.max(before.u1 - widthPerCharacter(before), Math.min(fragment.u0, before.u1));
        composed.push({ ...before, text: rest, u1, spaceAfter: false });
      }
      composed.push(compose(fragment, COMBINING[accent] ?? accent));
    } else composed.push(fragment);
  }
  return composed;
}
