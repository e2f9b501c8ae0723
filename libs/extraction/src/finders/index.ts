import { findAbstract } from './abstracts.js';
import { findAccountHolder, findBank, findEmployee, findEmployer } from './account-parties.js';
import { findBuyerAddress, findSellerAddress } from './addresses.js';
import { findAmounts, findCurrency, findLargestAmount } from './amounts.js';
import { findAuthor, findAuthors } from './authors.js';
import { findClosingBalance, findOpeningBalance } from './balances.js';
import { findGoverningLaw, findTerm } from './clauses.js';
import { findParties } from './contracts.js';
import { findCaseNumber } from './court-papers.js';
import type { Finder } from './finder.js';
import { findTitle } from './headings.js';
import { findCompany, findCoverDate, findIssuer } from './issuers.js';
import { findAddressee, findSalutation, findSignature } from './letters.js';
import { findLineItems } from './line-items.js';
import { mailLine } from './mails.js';
import { findMetadataAuthor, findNamedAuthor, findNamedAuthors } from './named-authors.js';
import { findOrganisations } from './organisations.js';
import { findPeriodEnd, findPeriodStart } from './periods.js';
import { findPersonName, findPlace } from './people.js';
import { findTaxLines } from './tax-lines.js';
import { findBuyer, findSeller, findSellerVatId } from './trade-parties.js';

/** Every finder by the name that field definitions use. */
export const FINDERS = {
  abstract: findAbstract,
  'account-holder': findAccountHolder,
  addressee: findAddressee,
  amounts: findAmounts,
  author: findAuthor,
  authors: findAuthors,
  bank: findBank,
  buyer: findBuyer,
  'buyer-address': findBuyerAddress,
  'case-number': findCaseNumber,
  'closing-balance': findClosingBalance,
  company: findCompany,
  'cover-date': findCoverDate,
  currency: findCurrency,
  employee: findEmployee,
  employer: findEmployer,
  'governing-law': findGoverningLaw,
  issuer: findIssuer,
  'largest-amount': findLargestAmount,
  'line-items': findLineItems,
  'mail-recipient': mailLine('recipient'),
  'mail-sender': mailLine('sender'),
  'mail-subject': mailLine('subject'),
  'metadata-author': findMetadataAuthor,
  'named-author': findNamedAuthor,
  'named-authors': findNamedAuthors,
  'opening-balance': findOpeningBalance,
  organisations: findOrganisations,
  parties: findParties,
  'period-end': findPeriodEnd,
  'period-start': findPeriodStart,
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
