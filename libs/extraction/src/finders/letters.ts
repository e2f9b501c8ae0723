import { candidateOf } from '../candidate.js';
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
