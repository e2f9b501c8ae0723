import { findAbstract } from './abstracts.js';
import { findBuyerAddress, findSellerAddress } from './addresses.js';
import { findAmounts, findCurrency, findLargestAmount } from './amounts.js';
import { findAuthor, findAuthors } from './authors.js';
import { findGoverningLaw, findTerm } from './clauses.js';
import { findParties } from './contracts.js';
import type { Finder } from './finder.js';
import { findTitle } from './headings.js';
import { findSalutation, findSignature } from './letters.js';
import { findLineItems } from './line-items.js';
import { findOrganisations } from './organisations.js';
import { findPersonName, findPlace } from './people.js';
import { findTaxLines } from './tax-lines.js';
import { findBuyer, findSeller, findSellerVatId } from './trade-parties.js';

/** Every finder by the name that field definitions use. */
export const FINDERS = {
  abstract: findAbstract,
  amounts: findAmounts,
  author: findAuthor,
  authors: findAuthors,
  buyer: findBuyer,
  'buyer-address': findBuyerAddress,
  currency: findCurrency,
  'governing-law': findGoverningLaw,
  'largest-amount': findLargestAmount,
  'line-items': findLineItems,
  organisations: findOrganisations,
  parties: findParties,
  'person-name': findPersonName,
  place: findPlace,
  salutation: findSalutation,
  seller: findSeller,
  'seller-address': findSellerAddress,
  'seller-vat-id': findSellerVatId,
  signature: findSignature,
  'tax-lines': findTaxLines,
  term: findTerm,
  title: findTitle,
} as const satisfies Record<string, Finder>;

export type FinderName = keyof typeof FINDERS;
export type { FinderContext } from './finder.js';
