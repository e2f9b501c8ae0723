import type { TypeDefinition } from '../definition.js';
import * as L from './labels.js';
import {
  BICS,
  EMAIL,
  field,
  fields,
  finder,
  IBANS,
  labelled,
  ON_THE_LINE,
  pattern,
  PHONE,
  URL,
} from './rules.js';

const ISSUE_DATE = field(
  'issue_date',
  labelled(L.ISSUE_DATE, 'date', 0.96),
  labelled(L.INVOICE_WORD, 'date', 0.93, { id: 'after-number', positions: ['beside'], isAfterNumber: true }),
  labelled(L.INVOICE_NUMBER, 'date', 0.93, {
    id: 'after-number',
    positions: ['beside'],
    isAfterNumber: true,
  }),
  labelled(L.DATE_WORD, 'date', 0.82, { id: 'date-word' }),
  pattern('date', 'top', 0.5, { onlyUnclaimed: true }),
);

const TOTALS = [
  field(
    'total',
    labelled(L.GROSS_TOTAL, 'amount', 0.93, { pick: 'last' }),
    labelled(L.TOTAL_WORD, 'amount', 0.78, {
      id: 'total-word',
      pick: 'last',
      positions: ON_THE_LINE,
      isStandAlone: true,
    }),
    labelled(L.AMOUNT_DUE, 'amount', 0.62, { id: 'amount-due', pick: 'last' }),
    finder('largest-amount', 0.35),
  ),
  field('net_total', labelled(L.NET_TOTAL, 'amount', 0.88, { pick: 'last' })),
  field('tax_total', labelled(L.TAX_TOTAL, 'amount', 0.8, { pick: 'last', isStandAlone: true })),
  field('amount_due', labelled(L.AMOUNT_DUE, 'amount', 0.9, { pick: 'last' })),
] as const;

const CURRENCY = field(
  'currency',
  labelled(L.CURRENCY, 'currency', 0.95),
  finder('currency', 0.95),
  labelled(L.GROSS_TOTAL, 'currency', 0.7, { id: 'with-total', positions: ON_THE_LINE }),
  labelled(L.TOTAL_WORD, 'currency', 0.6, { id: 'with-total-word', positions: ON_THE_LINE }),
);
const SELLER = field(
  'seller_name',
  labelled(L.SELLER, 'party', 0.85, { isStandAlone: true }),
  finder('seller', 0.8),
);
const BUYER = field(
  'buyer_name',
  labelled(L.BUYER, 'party', 0.88, { isStandAlone: true }),
  finder('buyer', 0.72),
);
const OTHER_LABELS = { ...L.OTHER_LABELS, vat: Object.values(L.VAT_ID_LABELS).flat() };

export const INVOICE: TypeDefinition = {
  type: 'invoice',
  checksTotals: true,
  otherLabels: OTHER_LABELS,
  fields: [
    field(
      'invoice_number',
      labelled(L.INVOICE_NUMBER, 'reference', 0.96),
      labelled(L.INVOICE_WORD, 'reference', 0.85, { id: 'invoice-word', positions: ON_THE_LINE }),
      labelled(L.INVOICE_WORD, 'reference', 0.72, {
        id: 'invoice-column',
        positions: ['below'],
        isWholeCell: true,
        shape: /\d{4}|\p{L}.*\d/u,
      }),
    ),
    ISSUE_DATE,
    field('due_date', labelled(L.DUE_DATE, 'date', 0.93)),
    CURRENCY,
    ...TOTALS,
    SELLER,
    BUYER,
    field('seller_vat_id', finder('seller-vat-id', 0.95)),
    IBANS,
    BICS,
    field('order_reference', labelled(L.ORDER_REFERENCE, 'reference', 0.8)),
    EMAIL,
    PHONE,
    URL,
  ],
};

export const RECEIPT: TypeDefinition = {
  type: 'receipt',
  checksTotals: true,
  otherLabels: OTHER_LABELS,
  fields: [
    field(
      'receipt_number',
      labelled(
        {
          en: [
            'receipt number',
            'receipt no',
            'receipt',
            'receipt id',
            'transaction',
            'transaction number',
            'transaction no',
            'transaction id',
            'trans',
            'trans no',
            'ticket',
            'ticket no',
            'order number',
            'order no',
          ],
          de: [
            'Belegnummer',
            'Beleg-Nr',
            'Bon-Nr',
            'Bonnummer',
            'Quittungsnummer',
            'Quittung Nr',
            'Kassenbon Nr',
            'TA-Nr',
            'Rechnungsnummer',
            'Rechnung Nr',
          ],
          fr: [
            'reçu n',
            'n de reçu',
            'ticket n',
            'n ticket',
            'numéro de ticket',
            'transaction n',
            'n transaction',
          ],
        },
        'reference',
        0.88,
      ),
    ),
    ISSUE_DATE,
    CURRENCY,
    ...TOTALS.slice(0, 3),
    SELLER,
    field(
      'card_last4',
      labelled(
        {
          en: ['card', 'card number', 'card no', 'visa', 'mastercard', 'amex', 'ending in', 'card ending'],
          de: ['Karte', 'Kartennummer', 'Karten-Nr', 'Girocard'],
          fr: ['carte', 'carte n'],
        },
        'last-four',
        0.85,
      ),
    ),
    EMAIL,
    PHONE,
    URL,
  ],
};

export const PURCHASE_ORDER: TypeDefinition = {
  type: 'purchase-order',
  checksTotals: true,
  otherLabels: OTHER_LABELS,
  fields: [
    field('order_number', labelled(L.ORDER_NUMBER, 'reference', 0.92)),
    ISSUE_DATE,
    field(
      'delivery_date',
      labelled(
        {
          en: [
            'delivery date',
            'date of delivery',
            'required date',
            'ship date',
            'requested delivery',
            'delivery by',
            'required by',
            'requested delivery date',
            'deliver by',
            'expected delivery',
            'delivery required',
            'required delivery date',
          ],
          de: ['Lieferdatum', 'Liefertermin', 'Lieferung bis', 'gewünschter Liefertermin'],
          fr: ['date de livraison', 'livraison le', 'livraison souhaitée', 'délai de livraison'],
        },
        'date',
        0.9,
      ),
    ),
    CURRENCY,
    ...TOTALS.slice(0, 3),
    field(
      'buyer_name',
      labelled(
        {
          en: [
            'buyer',
            'purchaser',
            'customer',
            'customer name',
            'client',
            'bill to',
            'billed to',
            'invoice to',
            'ordered by',
            'issued by',
            'from',
            'company',
          ],
          de: ['Besteller', 'Auftraggeber', 'Käufer', 'Rechnungsadresse', 'Rechnung an', 'Kunde'],
          fr: ['acheteur', 'client', 'donneur d ordre', 'adresse de facturation', 'facturer à'],
        },
        'party',
        0.85,
        { isStandAlone: true },
      ),
      finder('seller', 0.6),
    ),
    field(
      'seller_name',
      labelled(
        {
          en: [
            'vendor',
            'vendor name',
            'supplier',
            'supplier name',
            'seller',
            'to',
            'sold by',
            'manufacturer',
            'contractor',
            'vendor information',
            'supplier information',
          ],
          de: ['Lieferant', 'Verkäufer', 'Auftragnehmer', 'An'],
          fr: ['fournisseur', 'vendeur', 'prestataire'],
        },
        'party',
        0.85,
        { isStandAlone: true },
      ),
      finder('buyer', 0.45),
    ),
    EMAIL,
    PHONE,
    URL,
  ],
};

export const DELIVERY_NOTE: TypeDefinition = {
  type: 'delivery-note',
  otherLabels: OTHER_LABELS,
  fields: [
    field(
      'reference',
      labelled(
        {
          en: [
            'delivery note',
            'delivery note no',
            'delivery note number',
            'shipping order',
            'shipping order no',
            'packing slip no',
            'packing list no',
            'bill of lading',
            'bill of lading no',
            'b l no',
            'booking no',
            'booking number',
            'booking',
            'shipment number',
            'shipment no',
            'shipment id',
            's o no',
            'so no',
            'reference',
            'reference no',
            'ref no',
            'waybill no',
            'consignment no',
            'our ref',
          ],
          de: [
            'Lieferscheinnummer',
            'Lieferschein-Nr',
            'Lieferschein Nr',
            'Lieferschein',
            'Sendungsnummer',
            'Frachtbrief Nr',
          ],
          fr: ['bon de livraison n', 'bon de livraison', 'n bon de livraison', 'bl n', 'n bl', 'référence'],
        },
        'reference',
        0.85,
      ),
    ),
    field('order_reference', labelled(L.ORDER_REFERENCE, 'reference', 0.8)),
    ISSUE_DATE,
    field(
      'delivery_date',
      labelled(
        {
          en: ['delivery date', 'ship date', 'shipping date', 'date shipped', 'date of delivery'],
          de: ['Lieferdatum', 'Versanddatum'],
          fr: ['date de livraison', "date d'expédition"],
        },
        'date',
        0.9,
      ),
    ),
    field(
      'shipper',
      labelled(
        {
          en: [
            'shipper',
            'shipper exporter',
            'consignor',
            'ship from',
            'sender',
            'from',
            'shipped by',
            'exporter',
          ],
          de: ['Absender', 'Versender', 'Lieferant'],
          fr: ['expéditeur', 'fournisseur'],
        },
        'party',
        0.85,
        { isStandAlone: true },
      ),
    ),
    field(
      'consignee',
      labelled(
        {
          en: [
            'consignee',
            'ship to',
            'deliver to',
            'delivered to',
            'delivery address',
            'shipping address',
            'to',
            'recipient',
          ],
          de: ['Empfänger', 'Lieferadresse', 'Lieferanschrift', 'Warenempfänger'],
          fr: ['destinataire', 'adresse de livraison', 'livré à', 'client'],
        },
        'party',
        0.85,
        { isStandAlone: true },
      ),
    ),
    CURRENCY,
    TOTALS[0],
    fields('email', 5, pattern('email', 'anywhere', 1)),
    PHONE,
    URL,
  ],
};
