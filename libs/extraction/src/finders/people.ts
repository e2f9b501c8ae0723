import type { Candidate } from '../candidate.js';
import { boxWithin } from '../layout.js';
import { isPersonName } from '../person-names.js';
import { recogniseEmails } from '../recognisers/internet.js';
import { recogniseDates } from '../recognisers/dates.js';
import { fold } from '../tokens.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';

const NO_NAME =
  /^(?:curriculum vitae|resume|résumé|lebenslauf|work experience|professional experience|personal (?:data|details|information|profile|statement)|technical skills|contact(?: details)?|about me|professional summary|programming languages|selected publications)$/iu;
const LEAD = /^(?:curriculum vitae|cv|resume|résumé|lebenslauf|name)\s*(?:of|von|de)?\s*[-–—:|]?\s+/iu;
const PLACE =
  /(?<!\p{L})\p{Lu}[\p{L}.'’-]{1,24}(?:\s\p{Lu}[\p{L}.'’-]{1,24}){0,2},\s(?:[A-Z]{2}(?!\p{L})(?:\s\d{5})?|\p{Lu}\p{L}{3,24}(?:\s\p{Lu}\p{L}{2,24})?)|(?<!\d)\d{4,5}\s\p{Lu}\p{L}{2,24}/u;

/** The person a résumé is about: large type at its top; an e-mail address of the same name confirms it. */
export const findPersonName: Finder = (field, rule, context) => {
  const page = context.pages[0];
  if (page === undefined) return [];
  const top = page.cells.filter(({ box }) => box[1] < page.height * 0.4);
  const largest = top.reduce((most, { fontSize }) => Math.max(most, fontSize), 1);
  const mailboxes = mailboxesOf(context);
  const found: Candidate[] = [];
  for (const [order, cell] of top.entries()) {
    const lead = LEAD.exec(cell.text)?.[0].length ?? 0;
    const date = recogniseDates(cell.text, context.locale)[0]?.start ?? cell.text.length;
    const text =
      cell.text
        .slice(lead, date)
        .split(/\s[|•·–—]\s|\s\(|,/u)[0]
        ?.trim() ?? '';
    if (NO_NAME.test(text) || !isPersonName(text)) continue;
    const start = cell.text.indexOf(text, lead);
    const words = fold(text).split(/\s+/u);
    const isConfirmed = mailboxes.some((mailbox) =>
      words.some((word) => word.length > 2 && mailbox.includes(word)),
    );
    const score =
      0.45 +
      0.35 * (cell.fontSize / largest) +
      (isConfirmed ? 0.15 : 0) -
      0.01 * order +
      (cell.box[1] < page.height * 0.2 ? 0.05 : 0);
    found.push({
      field,
      value: text,
      page: cell.page,
      box: boxWithin(cell, start, start + text.length),
      raw: text,
      confidence: Math.max(0.05, Math.min(0.97, rule.confidence * score)),
      rule: nameOf(context, field, rule),
    });
  }
  return found;
};

function mailboxesOf({ pages, locale }: FinderContext): readonly string[] {
  return pages
    .slice(0, 1)
    .flatMap(({ cells }) => cells.flatMap(({ text }) => recogniseEmails(text, locale)))
    .map(({ value }) => fold(value.split('@')[0] ?? ''));
}

/** Where the person of a résumé lives: a place in its head. */
export const findPlace: Finder = (field, rule, context) => {
  const page = context.pages[0];
  if (page === undefined) return [];
  const top = page.cells.filter(({ box }) => box[1] < page.height * 0.25);
  return top.flatMap((cell, order) => {
    const match = PLACE.exec(cell.text);
    if (match === null) return [];
    const [start, end] = [match.index, match.index + match[0].length];
    return [
      {
        field,
        value: match[0],
        page: cell.page,
        box: boxWithin(cell, start, end),
        raw: match[0],
        confidence: rule.confidence * Math.max(0.5, 1 - 0.03 * order),
        rule: nameOf(context, field, rule),
      },
    ];
  });
};
