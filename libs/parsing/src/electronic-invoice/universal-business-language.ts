import type { InvoiceLine, InvoiceParty, InvoiceTax } from '@docstream/contracts';
import type { InvoiceFacts } from './syntaxes.js';
import {
  accountAt,
  addressAt,
  amountAt,
  attributeAt,
  currencyAt,
  dateAt,
  decimalAt,
  elementsAt,
  listOf,
  present,
  textAt,
} from './values.js';
import type { XmlElement } from './xml-tree.js';

/** A seller has a VAT id and a number at the tax office; only the scheme tells which is which. */
function taxNumberOf(party: XmlElement, isVat: boolean): string | undefined {
  const schemes = elementsAt(party, 'PartyTaxScheme');
  const wanted = schemes.filter(
    (scheme) => (textAt(scheme, 'TaxScheme/ID')?.toUpperCase() === 'VAT') === isVat,
  );
  return wanted.map((scheme) => textAt(scheme, 'CompanyID')).find((id) => id !== undefined);
}

function partyAt(root: XmlElement, path: string): InvoiceParty | undefined {
  const [party] = elementsAt(root, `${path}/Party`);
  if (party === undefined) return undefined;
  const [place] = elementsAt(party, 'PostalAddress');
  const street = ['StreetName', 'AdditionalStreetName', 'AddressLine/Line'];
  const isEmail = attributeAt(party, 'EndpointID', 'schemeID') === 'EM';
  return present({
    name: textAt(party, 'PartyLegalEntity/RegistrationName', 'PartyName/Name'),
    address: addressAt(place, street, ['PostalZone', 'CityName'], 'Country/IdentificationCode'),
    vatId: taxNumberOf(party, true),
    taxId: taxNumberOf(party, false),
    email: textAt(party, 'Contact/ElectronicMail') ?? (isEmail ? textAt(party, 'EndpointID') : undefined),
  });
}

function taxOf(subtotal: XmlElement, currency: string | undefined): InvoiceTax | undefined {
  return present({
    rate: decimalAt(subtotal, 'TaxCategory/Percent', 'Percent'),
    base: amountAt(subtotal, currency, 'TaxableAmount'),
    amount: amountAt(subtotal, currency, 'TaxAmount'),
  });
}

function lineOf(line: XmlElement, currency: string | undefined): InvoiceLine | undefined {
  const quantity = 'InvoicedQuantity|CreditedQuantity';
  const priceQuantity = decimalAt(line, 'Price/BaseQuantity');
  return present({
    description: textAt(line, 'Item/Name', 'Item/Description', 'Note'),
    quantity: decimalAt(line, quantity),
    unit: attributeAt(line, quantity, 'unitCode'),
    unitPrice: amountAt(line, currency, 'Price/PriceAmount'),
    priceQuantity: Number(priceQuantity ?? 1) === 1 ? undefined : priceQuantity,
    amount: amountAt(line, currency, 'LineExtensionAmount'),
    taxRate: decimalAt(line, 'Item/ClassifiedTaxCategory/Percent'),
  });
}

/** The order has to be named: those who do not know its number write NA. */
function orderNumberOf(root: XmlElement): string | undefined {
  const number = textAt(root, 'OrderReference/ID');
  return number?.toUpperCase() === 'NA' ? undefined : number;
}

/** OASIS UBL 2.1 Invoice and CreditNote (XRechnung, Peppol BIS Billing). */
export function readUniversalBusinessLanguage(root: XmlElement): InvoiceFacts {
  const currency = currencyAt(root, 'DocumentCurrencyCode');
  const [totals] = elementsAt(root, 'LegalMonetaryTotal');
  const total = (name: string): string | undefined => amountAt(totals, currency, name);
  const taxes = elementsAt(root, 'TaxTotal/TaxSubtotal').filter(
    (subtotal) => amountAt(subtotal, currency, 'TaxAmount') !== undefined,
  );
  const account = accountAt(
    elementsAt(root, 'PaymentMeans'),
    'PayeeFinancialAccount/ID',
    'PayeeFinancialAccount/FinancialInstitutionBranch/ID',
  );
  return {
    ...present({
      profile: textAt(root, 'CustomizationID'),
      typeCode: textAt(root, 'InvoiceTypeCode', 'CreditNoteTypeCode'),
      number: textAt(root, 'ID'),
      issueDate: dateAt(root, 'IssueDate'),
      dueDate: dateAt(root, 'DueDate', 'PaymentMeans/PaymentDueDate', 'PaymentTerms/PaymentDueDate'),
      deliveryDate: dateAt(root, 'Delivery/ActualDeliveryDate'),
      orderNumber: orderNumberOf(root),
      currency,
      seller: partyAt(root, 'AccountingSupplierParty'),
      buyer: partyAt(root, 'AccountingCustomerParty'),
      iban: account?.iban,
      bic: account?.bic,
      allowanceTotal: total('AllowanceTotalAmount'),
      chargeTotal: total('ChargeTotalAmount'),
      netTotal: total('TaxExclusiveAmount'),
      taxTotal: amountAt(root, currency, 'TaxTotal/TaxAmount'),
      total: total('TaxInclusiveAmount'),
      prepaid: total('PrepaidAmount'),
      amountDue: total('PayableAmount'),
      taxes: listOf(taxes, (subtotal) => taxOf(subtotal, currency)),
      lines: listOf(elementsAt(root, 'InvoiceLine|CreditNoteLine'), (line) => lineOf(line, currency)),
    }),
  };
}
