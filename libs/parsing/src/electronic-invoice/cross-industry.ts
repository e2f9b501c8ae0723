import type { InvoiceLine, InvoiceParty, InvoiceTax } from '@docstream/contracts';
import { cleanValue } from '../metadata.js';
import type { InvoiceFacts } from './syntaxes.js';
import {
  accountAt,
  addressAt,
  amountAt,
  attributeAt,
  currencyAt,
  dateAt,
  datesAt,
  decimalAt,
  elementsAt,
  listOf,
  present,
  textAt,
} from './values.js';
import type { XmlElement } from './xml-tree.js';

const DATE = 'DateTimeString|DateTime|Date';
const RATE = 'RateApplicablePercent|ApplicablePercent';
/** Lines of the extended profile that repeat what others say: subtotals, and what is told only. */
const NOT_CHARGED = ['GROUP', 'INFORMATION'];

/** VA is the VAT id, FC the number at the tax office; some programs write VAT, some nothing. */
function registrationOf(party: XmlElement, schemes: readonly string[]): string | undefined {
  return elementsAt(party, 'SpecifiedTaxRegistration/ID')
    .filter(({ attributes }) => schemes.includes(attributes.get('schemeID')?.trim().toUpperCase() ?? ''))
    .map(({ text }) => cleanValue(text))
    .find((id) => id !== undefined);
}

function emailOf(party: XmlElement): string | undefined {
  const contact = textAt(party, 'DefinedTradeContact/EmailURIUniversalCommunication/URIID');
  if (contact !== undefined) return contact;
  const electronic = elementsAt(party, 'URIUniversalCommunication/URIID');
  return cleanValue(electronic.find(({ attributes }) => attributes.get('schemeID') === 'EM')?.text);
}

function partyAt(agreement: XmlElement | undefined, path: string): InvoiceParty | undefined {
  const [party] = elementsAt(agreement, path);
  if (party === undefined) return undefined;
  const [place] = elementsAt(party, 'PostalTradeAddress');
  const street = ['LineOne', 'LineTwo', 'LineThree'];
  return present({
    name: textAt(party, 'Name', 'SpecifiedLegalOrganization/TradingBusinessName'),
    address: addressAt(place, street, ['PostcodeCode', 'CityName'], 'CountryID'),
    vatId: registrationOf(party, ['VA', 'VAT']),
    taxId: registrationOf(party, ['FC']),
    email: emailOf(party),
  });
}

function taxOf(tax: XmlElement, currency: string | undefined): InvoiceTax | undefined {
  return present({
    rate: decimalAt(tax, RATE),
    base: amountAt(tax, currency, 'BasisAmount'),
    amount: amountAt(tax, currency, 'CalculatedAmount'),
  });
}

function lineOf(line: XmlElement, currency: string | undefined): InvoiceLine | undefined {
  const status = textAt(line, 'AssociatedDocumentLineDocument/LineStatusReasonCode');
  if (status !== undefined && NOT_CHARGED.includes(status)) return undefined;
  const [agreement] = elementsAt(line, 'SpecifiedLineTradeAgreement|SpecifiedSupplyChainTradeAgreement');
  const [delivery] = elementsAt(line, 'SpecifiedLineTradeDelivery|SpecifiedSupplyChainTradeDelivery');
  const [settlement] = elementsAt(line, 'SpecifiedLineTradeSettlement|SpecifiedSupplyChainTradeSettlement');
  const quantity = 'BilledQuantity|RequestedQuantity';
  const price = 'NetPriceProductTradePrice';
  const priceQuantity = decimalAt(agreement, `${price}/BasisQuantity`);
  return present({
    description: textAt(
      line,
      'SpecifiedTradeProduct/Name',
      'SpecifiedTradeProduct/Description',
      'AssociatedDocumentLineDocument/IncludedNote/Content',
    ),
    quantity: decimalAt(delivery, quantity),
    unit: attributeAt(delivery, quantity, 'unitCode'),
    unitPrice: amountAt(agreement, currency, `${price}/ChargeAmount`),
    priceQuantity: Number(priceQuantity ?? 1) === 1 ? undefined : priceQuantity,
    amount: amountAt(
      settlement,
      currency,
      'SpecifiedTradeSettlementLineMonetarySummation|SpecifiedTradeSettlementMonetarySummation/LineTotalAmount',
    ),
    taxRate: decimalAt(settlement, `ApplicableTradeTax/${RATE}`),
  });
}

/** The last day on which the whole is due: terms with a discount come earlier, unless there are no others. */
function dueDateOf(settlement: XmlElement | undefined): string | undefined {
  const terms = elementsAt(settlement, 'SpecifiedTradePaymentTerms');
  const undiscounted = terms.filter(
    (term) => elementsAt(term, 'ApplicableTradePaymentDiscountTerms').length === 0,
  );
  for (const some of [undiscounted, terms]) {
    const dates = some.flatMap((term) => datesAt(term, `DueDateDateTime/${DATE}`));
    if (dates.length > 0) return [...dates].sort().at(-1);
  }
  return undefined;
}

/** Cross Industry Invoice (Factur-X, ZUGFeRD 2, XRechnung), its forerunner in ZUGFeRD 1, and the order of Order-X. */
export function readCrossIndustry(root: XmlElement): InvoiceFacts {
  const [context] = elementsAt(root, 'ExchangedDocumentContext|SpecifiedExchangedDocumentContext');
  const [header] = elementsAt(root, 'ExchangedDocument|HeaderExchangedDocument');
  const [trade] = elementsAt(root, 'SupplyChainTradeTransaction|SpecifiedSupplyChainTradeTransaction');
  const [agreement] = elementsAt(trade, 'ApplicableHeaderTradeAgreement|ApplicableSupplyChainTradeAgreement');
  const [delivery] = elementsAt(trade, 'ApplicableHeaderTradeDelivery|ApplicableSupplyChainTradeDelivery');
  const [settlement] = elementsAt(
    trade,
    'ApplicableHeaderTradeSettlement|ApplicableSupplyChainTradeSettlement',
  );
  const [totals] = elementsAt(
    settlement,
    'SpecifiedTradeSettlementHeaderMonetarySummation|SpecifiedTradeSettlementMonetarySummation',
  );
  const currency = currencyAt(settlement, 'InvoiceCurrencyCode|OrderCurrencyCode');
  const total = (name: string): string | undefined => amountAt(totals, currency, name);
  const account = accountAt(
    elementsAt(settlement, 'SpecifiedTradeSettlementPaymentMeans'),
    'PayeePartyCreditorFinancialAccount/IBANID',
    'PayeeSpecifiedCreditorFinancialInstitution/BICID',
  );
  return {
    ...present({
      profile: textAt(context, 'GuidelineSpecifiedDocumentContextParameter/ID'),
      typeCode: textAt(header, 'TypeCode'),
      number: textAt(header, 'ID'),
      issueDate: dateAt(header, `IssueDateTime/${DATE}`),
      dueDate: dueDateOf(settlement),
      deliveryDate: dateAt(delivery, `ActualDeliverySupplyChainEvent/OccurrenceDateTime/${DATE}`),
      orderNumber: textAt(agreement, 'BuyerOrderReferencedDocument/IssuerAssignedID|ID'),
      currency,
      seller: partyAt(agreement, 'SellerTradeParty'),
      buyer: partyAt(agreement, 'BuyerTradeParty'),
      iban: account?.iban,
      bic: account?.bic,
      allowanceTotal: total('AllowanceTotalAmount'),
      chargeTotal: total('ChargeTotalAmount'),
      netTotal: total('TaxBasisTotalAmount'),
      taxTotal: total('TaxTotalAmount'),
      total: total('GrandTotalAmount'),
      prepaid: total('TotalPrepaidAmount'),
      amountDue: total('DuePayableAmount'),
      taxes: listOf(elementsAt(settlement, 'ApplicableTradeTax'), (tax) => taxOf(tax, currency)),
      lines: listOf(elementsAt(trade, 'IncludedSupplyChainTradeLineItem'), (line) => lineOf(line, currency)),
    }),
  };
}
