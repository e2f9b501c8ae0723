import { candidateOf } from '../candidate.js';
import type { Cell } from '../layout.js';
import { isPersonName } from '../person-names.js';
import { recogniseParties } from '../recognisers/parties.js';
import { nameOf, type Finder } from './finder.js';
import { textLines } from './text-lines.js';

const CLOSING =
  /^\s*(?:(?:yours|sincerely|best|kind|warm|with kind|respectfully|very truly|cordially)[\p{L}\s]{0,24}|mit (?:freundlichen|besten|herzlichen)[\p{L}\sü]{0,24}|(?:hochachtungsvoll|herzlichst|viele grüße)|cordialement|veuillez agréer.{0,90}|salutations.{0,30})[,.]?\s*$/iu;
const SALUTATION =
  /^\s*(?:dear|sehr geehrte[rs]?|liebe[rs]?|hallo|chère?|cher|hello|hi|madame|monsieur|to all|to)\s+([\p{L}\p{M}.'’ -]{2,70}?)\s*[,:;!]?\s*$/iu;
const TITLES = /^(?:mr|mrs|ms|miss|dr|prof|herrn?|frau|herr|m|mme)\.?\s+/iu;
const NOT_ONE = /^(?:sir|madam|sirs|damen|herren|monsieur|madame|all|whom|friend|freund)/iu;
const GREETING =
  /^\s*(?:dear|sehr geehrte[rs]?|liebe[rs]?|guten tag|hallo|chère?s?|cher|hello|hi|madame|monsieur|mesdames|messieurs|to whom)(?!\p{L}).{0,80}$/iu;
const TOWN =
  /(?<![\d.,])(?:[A-Z]{1,2}[- –])?\d{4,5}\s\p{Lu}\p{L}+|(?<!\p{L})[A-Z]{2},?\s\d{5}(?!\d)|(?<![\p{L}\d])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![\p{L}\d])/u;
const CONTACT = /@|www\.|https?:|(?<!\p{L})(?:tel|telefon|phone|fax|mobil)(?!\p{L})/iu;
const LINES_AFTER_CLOSING = 6;

/** The signature under the closing of a letter. */
export const findSignature: Finder = (field, rule, context) => {
  for (const page of context.pages.slice(0, 3)) {
    const lines = textLines(page);
    const closing = lines.findIndex(({ text }) => CLOSING.test(text.slice(0, 160)));
    if (closing < 0) continue;
    for (const line of lines.slice(closing + 1, closing + 1 + LINES_AFTER_CLOSING)) {
      const cell = line.cells[0];
      const [name] = cell === undefined ? [] : recogniseParties(cell.text, context.locale);
      if (cell !== undefined && name !== undefined && isPersonName(name.value.toString())) {
        return [candidateOf(field, nameOf(context, field, rule), cell, name, rule.confidence)];
      }
    }
  }
  return [];
};

/** The name on top of the address that a letter goes to: of the blocks above the salutation the nearest with a place in it. */
export const findAddressee: Finder = (field, rule, context) => {
  const page = context.pages[0];
  const greeting = page?.cells.find(
    ({ text, box }) => GREETING.test(text) && box[1] < page.height * 0.75 && box[1] > page.height * 0.1,
  );
  if (page === undefined || greeting === undefined) return [];
  const above = page.cells.filter(({ box }) => box[3] <= greeting.box[1]);
  const blocks: Cell[][] = [];
  for (const cell of above) {
    const block = blocks.find((lines) => {
      const last = lines.at(-1);
      const gap = last === undefined ? Infinity : cell.box[1] - last.box[3];
      return (
        last !== undefined &&
        gap >= -2 &&
        gap < 0.9 * last.fontSize &&
        Math.abs((lines[0] ?? cell).box[0] - cell.box[0]) < 12
      );
    });
    if (block === undefined) blocks.push([cell]);
    else block.push(cell);
  }
  const [block] = blocks
    .filter(
      (lines) =>
        lines.length >= 3 &&
        lines.some(({ text }) => TOWN.test(text)) &&
        !lines.some(({ text }) => CONTACT.test(text)),
    )
    .sort((one, other) => (other.at(-1)?.box[3] ?? 0) - (one.at(-1)?.box[3] ?? 0));
  const first = block?.[0];
  if (block === undefined || first === undefined) return [];
  const lead = TITLES.exec(first.text)?.[0].length ?? 0;
  const [name] = recogniseParties(first.text.slice(lead), context.locale);
  if (name === undefined || (!isPersonName(String(name.value)) && name.confidence < 0.8)) return [];
  const last = String(name.value).split(/\s+/u).at(-1) ?? '';
  const isGreeted = last.length > 2 && greeting.text.includes(last);
  const confidence = rule.confidence * (isGreeted ? 1.15 : 1);
  return [candidateOf(field, nameOf(context, field, rule), first, name, confidence, lead)];
};

/** The person or body whom a letter greets. */
export const findSalutation: Finder = (field, rule, context) => {
  for (const page of context.pages.slice(0, 2)) {
    for (const cell of page.cells) {
      const greeted = SALUTATION.exec(cell.text.slice(0, 120))?.[1]?.replace(TITLES, '');
      if (greeted === undefined || NOT_ONE.test(greeted) || !/^\p{Lu}/u.test(greeted)) continue;
      const start = cell.text.indexOf(greeted);
      const match = { start, end: start + greeted.length, value: greeted, confidence: 0.8 };
      return [candidateOf(field, nameOf(context, field, rule), cell, match, rule.confidence)];
    }
  }
  return [];
};
