import type { DocumentLocale } from '../locale.js';
import type { Match, Recogniser } from '../match.js';
import { recogniseBics, recogniseIbans } from './bank.js';
import { recogniseCurrencies } from './currency-names.js';
import { recogniseDates, recogniseMonths } from './dates.js';
import { recogniseEmails, recogniseUrls } from './internet.js';
import { recogniseMoney } from './money.js';
import { recogniseParties, recogniseTexts } from './parties.js';
import { recognisePhones } from './phones.js';
import { recogniseReferences } from './references.js';
import { recogniseArxivIds, recogniseDois } from './scholarly.js';
import { recogniseVatIds } from './vat-ids.js';
import { recogniseYears } from './years.js';

/** Every recogniser by the name that field definitions use. */
export const RECOGNISERS = {
  amount: recogniseMoney,
  'arxiv-id': recogniseArxivIds,
  bic: recogniseBics,
  currency: recogniseCurrencies,
  date: recogniseDates,
  doi: recogniseDois,
  email: recogniseEmails,
  iban: recogniseIbans,
  month: recogniseMonths,
  party: recogniseParties,
  phone: recognisePhones,
  reference: recogniseReferences,
  text: recogniseTexts,
  url: recogniseUrls,
  'vat-id': recogniseVatIds,
  year: recogniseYears,
} as const satisfies Record<string, Recogniser>;

export type ValueKind = keyof typeof RECOGNISERS;

/** Kinds whose value is the text itself, so that it has to be cut out before it is recognised. */
export const FREE_TEXT_KINDS: ReadonlySet<ValueKind> = new Set(['party', 'text']);

export function recognise(kind: ValueKind, text: string, locale: DocumentLocale): readonly Match[] {
  return RECOGNISERS[kind](text, locale);
}
