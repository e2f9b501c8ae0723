import type { DocumentLocale } from '../locale.js';
import type { Match, Recogniser } from '../match.js';
import { recogniseAddresses } from './addresses.js';
import { recogniseBics, recogniseIbans } from './bank.js';
import { recogniseCounts } from './counts.js';
import { recogniseCurrencies } from './currency-names.js';
import { recogniseDates, recogniseMonths } from './dates.js';
import { recogniseEmails, recogniseUrls } from './internet.js';
import { recogniseIsbns } from './isbns.js';
import { recogniseMoney } from './money.js';
import { recogniseOrganisations } from './organisations.js';
import { recogniseParties, recogniseTexts } from './parties.js';
import { recogniseCorrespondents, recognisePeople } from './people.js';
import { recognisePercentages } from './percentages.js';
import { recognisePhones } from './phones.js';
import { recogniseDurations, recogniseQuantities } from './quantities.js';
import { recogniseReferences } from './references.js';
import { recogniseArxivIds, recogniseDois } from './scholarly.js';
import { recogniseTaxIds } from './tax-ids.js';
import { recogniseVatIds } from './vat-ids.js';
import { recogniseAccountNumbers, recogniseLastFour, recogniseVersions } from './versions.js';
import { recogniseYears } from './years.js';

/** Every recogniser by the name that field definitions use. */
export const RECOGNISERS = {
  'account-number': recogniseAccountNumbers,
  address: recogniseAddresses,
  amount: recogniseMoney,
  'arxiv-id': recogniseArxivIds,
  bic: recogniseBics,
  correspondent: recogniseCorrespondents,
  count: recogniseCounts,
  currency: recogniseCurrencies,
  date: recogniseDates,
  doi: recogniseDois,
  duration: recogniseDurations,
  email: recogniseEmails,
  iban: recogniseIbans,
  isbn: recogniseIsbns,
  'last-four': recogniseLastFour,
  month: recogniseMonths,
  organisation: recogniseOrganisations,
  party: recogniseParties,
  percentage: recognisePercentages,
  person: recognisePeople,
  phone: recognisePhones,
  quantity: recogniseQuantities,
  reference: recogniseReferences,
  'tax-id': recogniseTaxIds,
  text: recogniseTexts,
  url: recogniseUrls,
  'vat-id': recogniseVatIds,
  version: recogniseVersions,
  year: recogniseYears,
} as const satisfies Record<string, Recogniser>;

export type ValueKind = keyof typeof RECOGNISERS;

/** Kinds whose value is the text itself, so that it has to be cut out before it is recognised. */
export const FREE_TEXT_KINDS: ReadonlySet<ValueKind> = new Set(['correspondent', 'party', 'person', 'text']);

/** Kinds that may take several lines under each other. */
export const BLOCK_KINDS: ReadonlySet<ValueKind> = new Set(['address']);

export function recognise(kind: ValueKind, text: string, locale: DocumentLocale): readonly Match[] {
  return RECOGNISERS[kind](text, locale);
}
