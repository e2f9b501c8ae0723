import { candidateOf, type Candidate } from '../candidate.js';
import { horizontalOverlap, type Cell, type PageLayout } from '../layout.js';
import { recogniseParties } from '../recognisers/parties.js';
import { recogniseVatIds } from '../recognisers/vat-ids.js';
import { fold } from '../tokens.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';
import type { FinderRule } from '../definition.js';

const DOCUMENT_WORD =
  /^\W*(?:tax invoice|invoice|rechnung|facture|factuur|fattura|factura|bill|receipt|quittung|kassenbon|purchase order|order|bestellung|auftrag|delivery note|lieferschein|packing (?:list|slip)|statement|estimate|quote|angebot|gutschrift|credit note|page|seite|datum|date|logo|original|copy|kopie|total|summe)\b/iu;
const ZIP_CITY =
  /(?<![\d.,])(?:[A-Z]{1,2}[- ])?\d{4,5}(?:\s[A-Z]{2})?\s\p{Lu}\p{L}+|\b[A-Z]{2},?\s\d{5}\b|\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b/u;
const STREET =
  /\d{1,5}[a-z]?\s?$|^\d{1,5}\s\p{L}|(?:straße|strasse|str\.|weg|platz|allee|street|st|road|rd|avenue|ave|rue|laan|straat|boulevard|lane)\b/iu;
const SALUTATION =
  /^(?:firma|herrn?|frau|mr\.?|mrs\.?|ms\.?|company|an|to|à|monsieur|madame|m\.|mme)\s*:?$/iu;
const CONTACT = /@|www\.|https?:|(?:tel|phone|fax|iban|bic|vat|ust|tva|siret|kvk)\b/iu;
const BUYER_HEADING =
  /(?<!\p{L})(?:bill to|billed to|sold to|ship to|deliver to|customer|client|buyer|purchaser|kaufer|kunde|kunden|empfanger|leistungsempfanger|rechnungsempfanger|rechnungsadresse|lieferadresse|destinataire|acheteur|vos identifiants|votre|vos|ihre|your|klant|invoice to)(?!\p{L})/u;
const SENDER_LINE = /(?:\s[-–—•·|,]\s|[•·|]).{2,60}(?:\s[-–—•·|,]\s|[•·|]|,\s).{0,40}\d{4,5}/u;
const COLUMN_REACH = 130;

/** Seller of a trade document: the sender's line, names with a legal form at top and foot, else the largest or first line at the top. */
export const findSeller: Finder = (field, rule, context) => {
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  const largest = Math.max(
    ...page.cells.filter(({ box }) => box[1] < page.height * 0.25).map((cell) => cell.fontSize),
    1,
  );
  let order = 0;
  const found: Candidate[] = [];
  for (const cell of page.cells) {
    const [name] = recogniseParties(cell.text, context.locale);
    if (name === undefined || DOCUMENT_WORD.test(cell.text) || isLabel(cell, context)) continue;
    const weight = sellerWeight(cell, name.confidence, page, largest, order);
    if (cell.box[1] < page.height * 0.35) order += 1;
    if (weight > 0) {
      const isBuyers = isUnderBuyer(cell, page);
      found.push(
        candidateOf(
          field,
          nameOf(context, field, rule),
          cell,
          name,
          rule.confidence * weight * (isBuyers ? 0.3 : 1),
        ),
      );
    }
  }
  return found;
};

function sellerWeight(cell: Cell, shape: number, page: PageLayout, largest: number, order: number): number {
  const at = cell.box[1] / page.height;
  if (SENDER_LINE.test(cell.text) && at < 0.4 && cell.text.length < 140) return 0.95;
  if (at > 0.85 && shape > 0.9) return 0.45;
  if (at > 0.3) return 0;
  const size = cell.fontSize / largest;
  return (
    shape *
    (0.45 + 0.3 * size + (shape > 0.9 ? 0.2 : 0)) *
    (order === 0 ? 1.2 : Math.max(0.4, 1 - 0.08 * order))
  );
}

/** Buyer: the first line of an address in the upper half that is not the sender's own. */
export const findBuyer: Finder = (field, rule, context) => {
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  const upper = page.cells.filter(({ box }) => box[1] < page.height * 0.55);
  return addresses(upper).flatMap((lines, index) => {
    const isSenders =
      lines.some(({ text }) => CONTACT.test(text)) ||
      (index === 0 && (lines[0]?.box[1] ?? 0) < page.height * 0.11);
    const named = lines.find(({ text }) => !SALUTATION.test(text.trim()) && !DOCUMENT_WORD.test(text));
    const [name] = named === undefined ? [] : recogniseParties(named.text, context.locale);
    if (named === undefined || name === undefined || (isLabel(named, context) && !isUnderBuyer(named, page)))
      return [];
    const weight =
      (isUnderBuyer(named, page) ? 1 : 0.7) * (isSenders ? 0.4 : 1) * (0.6 + 0.4 * name.confidence);
    return [candidateOf(field, nameOf(context, field, rule), named, name, rule.confidence * weight)];
  });
};

/** Runs of cells under each other with the same left edge, one of them with a postcode and a town. */
function addresses(cells: readonly Cell[]): readonly (readonly Cell[])[] {
  const found: Cell[][] = [];
  for (const cell of cells) {
    const run = found.find((candidate) => {
      const last = candidate.at(-1);
      return (
        last !== undefined &&
        Math.abs(last.box[0] - cell.box[0]) < 4 &&
        cell.box[1] > last.box[1] &&
        cell.box[1] - last.box[3] < 1.2 * last.fontSize
      );
    });
    if (run === undefined) found.push([cell]);
    else run.push(cell);
  }
  return found
    .map((run) => {
      const town = run.findIndex(({ text }) => ZIP_CITY.test(text));
      const from =
        run
          .slice(0, Math.max(town, 0))
          .findLastIndex(({ text }) => BUYER_HEADING.test(fold(text)) && text.length < 40) + 1;
      return town < 1 ? [] : run.slice(Math.max(from, town - 5), town + 1);
    })
    .filter((run) => run.length >= 2 && run.some(({ text }) => STREET.test(text) || ZIP_CITY.test(text)));
}

function isLabel(cell: Cell, context: FinderContext): boolean {
  const hits = context.labelled.find(({ page }) => page.number === cell.page)?.hitsByCell.get(cell);
  return hits !== undefined && hits[0]?.start === 0 && hits[0].standsAlone;
}

/** A heading for the customer stands in the same column within reach above, or before it on the line. */
function isUnderBuyer(cell: Cell, page: PageLayout): boolean {
  return page.cells.some(
    (other) =>
      other !== cell &&
      other.text.length < 60 &&
      other.box[1] <= cell.box[1] &&
      cell.box[1] - other.box[3] < COLUMN_REACH &&
      horizontalOverlap(other.box, cell.box) > -6 &&
      BUYER_HEADING.test(fold(other.text)),
  );
}

/** VAT id of the seller: one that does not stand with the customer. */
export const findSellerVatId: Finder = (field: string, rule: FinderRule, context: FinderContext) => {
  const found: Candidate[] = [];
  for (const page of context.pages) {
    for (const cell of page.cells) {
      for (const match of recogniseVatIds(cell.text, context.locale)) {
        const before = fold(cell.text.slice(Math.max(0, match.start - 40), match.start));
        const isLabelled =
          /(?<!\p{L})(?:vat|ust|uid|tva|btw|iva|mwst|tax|intra|umsatzsteuer|kmkr|nif|cif|p iva|moms)/u.test(
            fold(`${before} ${leftOf(cell, page)} ${aboveOf(cell, page)}`),
          );
        if (!isLabelled && match.confidence < 0.9) continue;
        const isBuyers =
          BUYER_HEADING.test(before) || (cell.box[1] < page.height * 0.8 && isUnderBuyer(cell, page));
        const weight = (isLabelled ? 1 : 0.6) * (isBuyers ? 0.4 : 1) * Math.max(0.6, 1 - 0.05 * found.length);
        const shape = 0.6 + 0.4 * match.confidence;
        found.push(
          candidateOf(field, nameOf(context, field, rule), cell, match, rule.confidence * weight * shape),
        );
      }
    }
  }
  return found;
};

function leftOf(cell: Cell, page: PageLayout): string {
  return page.cells
    .filter(
      (other) =>
        other !== cell &&
        other.box[0] < cell.box[0] &&
        cell.box[0] - other.box[2] < 160 &&
        Math.abs(other.box[1] - cell.box[1]) < cell.fontSize * 0.6,
    )
    .map(({ text }) => text.slice(-60))
    .join(' ');
}

function aboveOf(cell: Cell, page: PageLayout): string {
  return page.cells
    .filter(
      (other) =>
        other.box[1] < cell.box[1] &&
        cell.box[1] - other.box[3] < 1.2 * cell.fontSize &&
        horizontalOverlap(other.box, cell.box) > 0 &&
        other.text.length < 40,
    )
    .map(({ text }) => text)
    .join(' ');
}
