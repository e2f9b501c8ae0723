import { candidateOf, type Candidate } from '../candidate.js';
import type { Cell, PageLayout } from '../layout.js';
import { isPersonName } from '../person-names.js';
import { hasLegalForm, recogniseParties } from '../recognisers/parties.js';
import { fold } from '../tokens.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';

const PAYSLIP =
  /(?<!\p{L})(?:pay ?slip|pay ?stub|pay statement|earnings statement|payroll|net pay|take home pay|(?:gehalts|lohn|entgelt|verdienst|bezuge)abrechnung|lohnausweis|nettolohn|nettoverdienst|auszahlungsbetrag|(?:bulletin|fiche) de (?:paie|salaire)|net a payer)(?!\p{L})/u;
const STREET =
  /^(?:#|no\.? )?\d{1,5}[a-z]?(?:[-/]\d{1,4})?,?\s\p{L}|\p{L}[\p{L}.'’-]+\s\d{1,4}\s?[a-z]?(?:[-/]\d{1,4})?$|^(?:p\.?\s?o\.?\s?box|postfach|bp|b\.p\.)\s\d|^(?:flat|apt|unit|suite|block|blk)\.?\s#?\d/iu;
const PLACE =
  /(?<![\d.,])(?:[A-Z]{1,2}[- ])?\d{4,6}(?:\s[A-Z]{2})?\s\p{Lu}\p{L}+|(?<!\p{L})[A-Z]{2},?\s\d(?:\s?\d){4}(?!\d)|(?<![\p{L}\d])[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}(?![\p{L}\d])|^\p{Lu}[\p{L}.' -]{2,30},?\s\d{4,6}$|^\p{Lu}\p{L}+(?: \p{Lu}\p{L}+)?,\s\p{Lu}{2,3}\s\d{4,6}/u;
const BANK =
  /(?<!\p{L})(?:[\p{L}-]*bank|banks?|bankers|bancorp|banque|banca|banco|credit union|building society|[\p{L}-]*sparkasse|[\p{L}-]*volksbank|raiffeisen\p{L}*|caisse d['’]epargne|credit (?:agricole|mutuel|lyonnais)|societe generale|savings and loan)(?!\p{L})/u;
/** "Bank statement" names a kind of document, "your bank" anybody's. */
const NO_BANK =
  /(?<!\p{L})(?:bank (?:statement|account|details|holiday|name|charges?|transfer|code|ref\p{L}*|copy|giro)|your bank|our bank|the bank|online bank\p{L}*|digital bank\p{L}*|bankverbindung|bankleitzahl|releve|kontoauszug)(?!\p{L})/u;
const NO_NAME =
  /(?<!\p{L})(?:statement|account|page|date|summary|period|balance|tel|phone|fax|pay|details|private|confidential|kontoauszug|auszug|releve|abrechnung|bulletin|department|customer service|return|mail|street|road|avenue|rue|office)(?!\p{L})/u;
/** Heads of columns of ledgers, not of banks' statements. */
const LEDGER_HEAD =
  /^(?:particulars|vr\.? ?(?:no|type)\.?|vch\.? ?(?:no|type)\.?|voucher(?: no| type)?\.?|ledger(?: account)?|gegenkonto|kontoblatt|sachkonto|grand livre|contrepartie)\b/u;
const CONTACT = /@|www\.|https?:|(?<!\p{L})(?:tel|phone|fax)(?!\p{L})|\(?\d{3}\)?[ -]\d{3}-\d{4}/iu;
const LINES_OF_ADDRESS = 4;
const SAME_EDGE = 5;

export const isPayslip = ({ pages }: FinderContext): boolean =>
  pages.slice(0, 1).some(({ cells }) => cells.some(({ text }) => PAYSLIP.test(fold(text))));

const nameWithoutTitle = (text: string): string =>
  text.replace(/^(?:mr|mrs|ms|miss|dr|herrn?|frau|m\.|mme|monsieur|madame)\.?\s+/iu, '').trim();

/** Surnames in capitals as well: "Anne MODÈLE". */
const isPerson = (text: string): boolean =>
  isPersonName(text) ||
  /^(?:\p{Lu}\p{Ll}+[- ]){1,2}\p{Lu}[\p{Lu}'’-]+$|^\p{Lu}[\p{Lu}'’-]+ \p{Lu}\p{Ll}+(?:-\p{Lu}\p{Ll}+)?$/u.test(
    text,
  );

interface Addressed {
  readonly cell: Cell;
  readonly name: string;
  readonly isPerson: boolean;
  readonly hasForm: boolean;
  readonly hasContact: boolean;
}

/** Names above postal addresses in the upper part of the first page, in reading order. */
function addressed({ pages }: FinderContext): readonly Addressed[] {
  const page = pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  return page.cells.flatMap((cell) => {
    if (cell.box[1] > page.height * 0.5) return [];
    const name = nameWithoutTitle(cell.text);
    if (/\d/u.test(name) || name.length > 60 || NO_NAME.test(fold(name)) || name.includes(':')) return [];
    const lines = linesUnder(cell, page);
    // Joint holders have a line each.
    const second = nameWithoutTitle(lines[0]?.text ?? '');
    const isJoint = isPerson(name) && isPerson(second) && !NO_NAME.test(fold(second));
    const under = isJoint ? lines.slice(1) : lines;
    const street = under.findIndex(({ text }) => STREET.test(text) || PLACE.test(text));
    const place = under.findIndex(({ text }) => PLACE.test(text));
    if (street !== 0 || place < 0) return [];
    const hasForm = hasLegalForm(name);
    const isNamed = !hasForm && isPerson(name);
    if (!hasForm && !isNamed && !/^\p{Lu}[\p{L}&'’. -]{3,40}$/u.test(name)) return [];
    const after = under.slice(place + 1, place + 3);
    return [
      { cell, name, isPerson: isNamed, hasForm, hasContact: after.some(({ text }) => CONTACT.test(text)) },
    ];
  });
}

function linesUnder(first: Cell, page: PageLayout): readonly Cell[] {
  const lines: Cell[] = [];
  let last = first;
  for (const cell of page.cells) {
    if (lines.length >= LINES_OF_ADDRESS) break;
    const gap = cell.box[1] - last.box[3];
    const isNext = Math.abs(cell.box[0] - first.box[0]) < SAME_EDGE && cell.box[1] > last.box[1];
    if (!isNext || gap > 1.2 * last.fontSize) continue;
    lines.push(cell);
    last = cell;
  }
  return lines;
}

const isBank = (text: string): boolean => BANK.test(fold(text)) && !NO_BANK.test(fold(text));

function partyAbove(
  weigh: (party: Addressed, order: number) => number,
  isWanted: (context: FinderContext) => boolean,
): Finder {
  return (field, rule, context) => {
    if (!isWanted(context)) return [];
    const rule_ = nameOf(context, field, rule);
    return addressed(context).flatMap((party, order): Candidate[] => {
      const weight = weigh(party, order);
      if (weight <= 0) return [];
      const start = party.cell.text.indexOf(party.name);
      const match = { start, end: start + party.name.length, value: party.name, confidence: 1 };
      return [candidateOf(field, rule_, party.cell, match, rule.confidence * weight)];
    });
  };
}

const findAddressee: Finder = partyAbove(
  ({ name, isPerson: isNamed, hasForm, hasContact }, order) =>
    isBank(name)
      ? 0
      : (isNamed ? 1 : hasForm ? 0.85 : 0.8) * (hasContact ? 0.4 : 1) * Math.max(0.8, 1 - 0.03 * order),
  (context) => !isPayslip(context),
);

/** The customer of a bank, whose name stands above the address in the window; of a ledger the company in its head. */
export const findAccountHolder: Finder = (field, rule, context) => {
  const found = findAddressee(field, rule, context);
  const [page] = context.pages;
  if (found.length > 0 || page === undefined || !page.cells.some(({ text }) => LEDGER_HEAD.test(fold(text))))
    return found;
  const head = page.cells.find(
    ({ text, box }) => box[1] < page.height * 0.3 && text.length < 60 && hasLegalForm(text) && !isBank(text),
  );
  const [name] = head === undefined ? [] : recogniseParties(head.text, context.locale);
  if (head === undefined || name === undefined || name.confidence < 0.9) return [];
  return [candidateOf(field, nameOf(context, field, rule), head, name, rule.confidence * 0.75)];
};

/** The person of a payslip. */
export const findEmployee: Finder = partyAbove(
  ({ isPerson: isNamed }, order) => (isNamed ? 1 - 0.05 * order : 0),
  isPayslip,
);

/** Who pays the salary of a payslip: a name with a legal form above an address or at the top. */
export const findEmployer: Finder = (field, rule, context) => {
  const above = partyAbove(({ hasForm }) => (hasForm ? 1 : 0), isPayslip)(field, rule, context);
  const [page] = context.pages;
  if (above.length > 0 || page === undefined || !isPayslip(context)) return above;
  const named = page.cells.find(
    ({ text, box }) => box[1] < page.height * 0.2 && text.length < 60 && hasLegalForm(text),
  );
  const [match] = named === undefined ? [] : recogniseParties(named.text, context.locale);
  if (named === undefined || match === undefined || match.confidence < 0.9) return [];
  return [candidateOf(field, nameOf(context, field, rule), named, match, rule.confidence * 0.85)];
};

/** The bank of a statement: a name with a word for banks in the head of the first page, else in its foot. */
export const findBank: Finder = (field, rule, context) => {
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  const found: Candidate[] = [];
  for (const cell of page.cells) {
    const at = cell.box[1] / page.height;
    if (at > 0.25 && at < 0.88) continue;
    for (const part of cell.text.split(/\s[-–—|·•]\s|,\s(?!N\.?A\.?|plc|PLC|Inc|Ltd|LLC|FSB|S\.A)/u)) {
      const value = part.trim();
      if (
        !isBank(value) ||
        value.length > 50 ||
        !/^\p{Lu}/u.test(value) ||
        /(?<!\p{Lu}|Inc|Ltd)\.$|:$|\d{3}/u.test(value)
      )
        continue;
      if (value.split(/\s+/u).some((word) => /^\p{Ll}{5,}$/u.test(word))) continue;
      const start = cell.text.indexOf(value);
      const match = { start, end: start + value.length, value, confidence: 1 };
      const weight = (at <= 0.25 ? 1 : 0.7) * Math.max(0.6, 1 - 0.1 * found.length);
      found.push(candidateOf(field, nameOf(context, field, rule), cell, match, rule.confidence * weight));
    }
  }
  return found;
};
