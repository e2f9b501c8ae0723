import type { z } from 'zod';
import type { FinderName } from '../finders/index.js';
import type { ValueKind } from '../recognisers/index.js';
import {
  condition,
  fieldSource,
  findRule,
  labelledRule,
  matchRule,
  plausibility,
  shapeRule,
  sharedFile,
  templateFile,
  typeFile,
} from './schema.js';

export interface KeyReference {
  readonly key: string;
  /** What holds without it, as YAML; empty where nothing does. */
  readonly fallback: string;
  readonly isRequired: boolean;
  readonly doc: string;
}

export interface ReferenceSection {
  readonly title: string;
  readonly intro: string;
  readonly keys: readonly KeyReference[];
}

const SECTIONS: readonly (readonly [title: string, intro: string, schema: z.ZodObject])[] = [
  ['A type', 'A file with the key `type`.', typeFile],
  [
    'A template',
    'A file with the key `template`: rules for documents of one issuer, tried before those of the type.',
    templateFile,
  ],
  ['`when` of a template', 'All of it has to hold.', condition],
  ['What types share', 'A file with neither: sets of labels, and fields.', sharedFile],
  ['A field', 'Under `fields`, by its name: lower-case letters, digits and underscores.', fieldSource],
  ['`plausible` of a field', '', plausibility],
  ['A rule with `labels`', 'A value near a label.', labelledRule],
  [
    'A rule with `match`',
    'What a regular expression finds (JavaScript, flags `gmu`; `(?i:…)` ignores case).',
    matchRule,
  ],
  ['A rule with `value` alone', 'A value that its shape gives away.', shapeRule],
  ['A rule with `find`', 'A value that takes a look at the layout.', findRule],
];

/** Every key of a file of definitions, for docs/reference/definitions.md. */
export function describeDefinitionKeys(): readonly ReferenceSection[] {
  return SECTIONS.map(([title, intro, schema]) => ({
    title,
    intro,
    keys: Object.entries(schema.shape).map(([key, part]) => referenceOf(key, part as z.ZodType)),
  }));
}

function referenceOf(key: string, schema: z.ZodType): KeyReference {
  const { description = '' } = schema;
  const absent = schema.safeParse(undefined);
  const fallback = absent.success && absent.data !== undefined ? JSON.stringify(absent.data) : '';
  return { key, doc: description, isRequired: !absent.success, fallback };
}

/** What `value` may be. */
export const VALUE_DOCS: Readonly<Record<ValueKind, string>> = {
  'account-number': 'a number of an account, masked ones included',
  address:
    'a postal address without the name, in lines under each other or with commas: street, postcode and town, country; one line with commas',
  amount: 'an amount of money; a number, the currency is a field of its own',
  'arxiv-id': 'an arXiv id',
  bic: 'a BIC',
  correspondent: 'a person or organisation, as in a letter',
  count: 'a whole number of things counted; a number',
  currency: 'a currency; its ISO 4217 code',
  date: 'a calendar date; YYYY-MM-DD, 03/04/2024 as the document reads its dates',
  doi: 'a DOI',
  duration: 'a span of days, weeks, months or years, as "24 months"',
  email: 'an e-mail address',
  iban: 'an IBAN with the right checksum, without blanks',
  isbn: 'an ISBN with the right check digit; 13 digits without hyphens',
  'last-four': 'the last four digits of a card',
  month: 'a date, or a month as its first day',
  organisation:
    'a name of an organisation inside a text, by its legal form or a word as University, Ministry of',
  party: 'a name of a person or organisation, the rest of the run of words',
  person: "a person's name",
  percentage: 'a percentage; a number',
  phone: 'a telephone number in international form',
  quantity: 'a number with a unit, as "12.5 kg"',
  reference: 'a number or code with at least one digit',
  'tax-id':
    'a tax or company number that is no VAT id, with right check digits where it has them: Steuernummer, IdNr, SIREN, SIRET, EIN, UTR, ABN, GSTIN; without blanks and dots',
  text: 'the rest of the run of words',
  url: 'a URL',
  'vat-id': 'a VAT id of a European country with the right check digits, or near a label; without blanks',
  version: 'a version, as 2.1 or B',
  year: 'a year; a number',
};

/** What `find` may be. */
export const FINDER_DOCS: Readonly<Record<FinderName, string>> = {
  abstract: 'the paragraph under the word "Abstract"',
  'account-holder': 'the name above the address of a statement, not that of a payslip',
  addressee: 'the first line of the block above the salutation of a letter',
  amounts:
    'amounts with a currency printed beside them, in the currency that most have; not those of tables in thousands',
  author: 'the first of the authors',
  authors: 'names under the title; a list',
  bank: 'a name with a word for banks in the head or foot of the first page',
  buyer: 'the first line of an address in the upper half that is not the sender’s',
  'buyer-address': 'the address under the name of the buyer',
  'case-number': 'a number alone behind "No.", "Case No.", "Az." on the first page',
  'closing-balance':
    'the latest of balances with a day in their label, the last row of a running balance, the first of a list of accounts',
  company: 'a name with a legal form alone in its line on the first page, large type first',
  'cover-date': 'a date alone in its line on the first page',
  currency: 'the currency that most amounts have',
  employee: 'the person above an address of a payslip',
  employer: 'the name with a legal form in the head of a payslip',
  'governing-law': 'the law that governs a contract, from the clause that says so',
  issuer: 'an organisation alone in the first lines',
  'largest-amount': 'the largest amount, where nothing names the total',
  'line-items': 'rows of goods or services: description, quantity, unit price, amount; a list',
  'mail-recipient': 'to whom a printed e-mail goes, from the lines of its head',
  'mail-sender': 'who sent it',
  'mail-subject': 'its subject',
  'metadata-author': 'the author that the metadata name, where the first two pages print the name',
  'named-author': 'the name behind "Prepared by", "Author:" and the like, where there is one',
  'named-authors': 'the names there; a list',
  'opening-balance':
    'the earliest of balances with a day in their label, a first row that only carries a balance forward',
  organisations: 'names of organisations in sentences and headings, by legal form or a word as University',
  parties: 'both sides of "A v. B", of "between A and B", of labels as Landlord and Tenant; a list',
  'period-end': 'the last day of a period, as in "1 Jan – 31 Jan 2024"',
  'period-start': 'its first day',
  'person-name': 'the name at the head of a résumé',
  place: 'the town in the head of a résumé',
  salutation: 'who a letter greets',
  seller: 'who sends a trade document: line of the sender, legal form, largest type',
  'seller-address': 'the address under the name of the seller',
  'seller-vat-id': 'the VAT id that does not stand with the buyer',
  signature: 'the name under the closing of a letter',
  'tax-lines': 'taxes by rate: rate, base, amount; a list',
  term: 'how long a contract runs, from the sentence that speaks of its term; as "24 months"',
  title: 'large type near the top of the first page with text',
};
