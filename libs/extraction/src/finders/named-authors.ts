import { candidateOf } from '../candidate.js';
import type { Cell } from '../layout.js';
import { isPersonName, namesIn } from '../person-names.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';

const BY =
  /^\s*(?:(?:prepared|written|authored|compiled|submitted|presented|documentation|report) by|authors?(?:\(s\))?|by|autor(?:en|in)?|verfasser(?:in)?|verfasst von|erstellt von|bearbeitet von|auteurs?|rédigé par|établi par|présenté par)\s*[:：]?\s+(?<names>\p{Lu}[^]{3,160})$/iu;

/** Names behind "Prepared by", "Authors:" and the like on the first two pages. */
export const findNamedAuthors: Finder = (field, rule, context) =>
  authorsNamed(context).map(({ cell, names, start }) => ({
    ...candidateOf(
      field,
      nameOf(context, field, rule),
      cell,
      { start, end: cell.text.length, value: names.join(', '), confidence: 1 },
      rule.confidence,
    ),
    value: names,
  }));

/** A single name there. */
export const findNamedAuthor: Finder = (field, rule, context) =>
  authorsNamed(context).flatMap(({ cell, names, start }) => {
    const [value] = names;
    if (value === undefined || names.length !== 1) return [];
    const at = Math.max(start, cell.text.indexOf(value));
    const match = { start: at, end: at + value.length, value, confidence: 1 };
    return [candidateOf(field, nameOf(context, field, rule), cell, match, rule.confidence)];
  });

/** The author that the metadata name, where the first pages print the name, too. */
export const findMetadataAuthor: Finder = (field, rule, context) => {
  const author = context.document.metadata.author?.trim() ?? '';
  if (!isPersonName(author)) return [];
  for (const { cells } of context.pages.slice(0, 2)) {
    const cell = cells.find(({ text }) => text.includes(author));
    if (cell === undefined) continue;
    const start = cell.text.indexOf(author);
    const match = { start, end: start + author.length, value: author, confidence: 1 };
    return [candidateOf(field, nameOf(context, field, rule), cell, match, rule.confidence)];
  }
  return [];
};

function authorsNamed({ pages }: FinderContext): readonly {
  readonly cell: Cell;
  readonly names: readonly string[];
  readonly start: number;
}[] {
  for (const page of pages.slice(0, 2)) {
    for (const cell of page.cells) {
      const text = BY.exec(cell.text)?.groups?.['names'];
      if (text === undefined) continue;
      const names = namesIn(text);
      if (names.length === 0 || !names.every(isPersonName)) continue;
      return [{ cell, names, start: cell.text.indexOf(text) }];
    }
  }
  return [];
}
