/** A party of an electronic invoice (EN 16931, BG-4 and BG-7). */
export interface InvoiceParty {
  readonly name?: string;
  /** One line an entry, as given: street, postcode and city, country code. */
  readonly address?: readonly string[];
  readonly vatId?: string;
  readonly taxId?: string;
  readonly email?: string;
}

/** BG-25. Amounts as written in the file, with a point as decimal sign. */
export interface InvoiceLine {
  readonly description?: string;
  readonly quantity?: string;
  /** UN/ECE Recommendation 20 code, as given. */
  readonly unit?: string;
  /** Net price of `priceQuantity` units (BT-146). */
  readonly unitPrice?: string;
  /** BT-149; 1 when absent. */
  readonly priceQuantity?: string;
  /** Net amount, after allowances and charges of the line (BT-131). */
  readonly amount?: string;
  /** Per cent. */
  readonly taxRate?: string;
}

/** BG-23. */
export interface InvoiceTax {
  /** Per cent. */
  readonly rate?: string;
  readonly base?: string;
  readonly amount?: string;
}

/**
 * The facts of an electronic invoice as its XML states them (EN 16931 in the syntaxes UN/CEFACT CII and OASIS UBL,
 * ZUGFeRD 1, and the orders of Order-X): read in the parser's sandbox, so that nobody after it has to touch the XML.
 * Dates are ISO 8601.
 */
export interface EmbeddedInvoice {
  readonly syntax: 'cii' | 'ubl' | 'zugferd-1' | 'order-x';
  /** What the file says that it follows (BT-24), e.g. `urn:cen.eu:en16931:2017`. */
  readonly profile?: string;
  /** Name of the attachment, for people. */
  readonly attachment: string;
  /** UNTDID 1001: 380 invoice, 381 credit note, 220 order … */
  readonly typeCode?: string;
  readonly number?: string;
  readonly issueDate?: string;
  readonly dueDate?: string;
  readonly deliveryDate?: string;
  readonly orderNumber?: string;
  readonly currency?: string;
  readonly seller?: InvoiceParty;
  readonly buyer?: InvoiceParty;
  readonly iban?: string;
  readonly bic?: string;
  /** Of the whole document, before tax (BT-107, BT-108). */
  readonly allowanceTotal?: string;
  readonly chargeTotal?: string;
  /** Sum of the lines − allowances + charges (BT-109). */
  readonly netTotal?: string;
  readonly taxTotal?: string;
  /** With tax (BT-112). */
  readonly total?: string;
  readonly prepaid?: string;
  readonly amountDue?: string;
  readonly taxes?: readonly InvoiceTax[];
  readonly lines?: readonly InvoiceLine[];
}
