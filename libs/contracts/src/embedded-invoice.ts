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
  readonly unitPrice?: string;
  readonly amount?: string;
  readonly taxRate?: string;
}

/** BG-23. */
export interface InvoiceTax {
  readonly rate?: string;
  readonly base?: string;
  readonly amount?: string;
}

/**
 * The facts of an electronic invoice as its XML states them (EN 16931 in the syntaxes UN/CEFACT CII and OASIS UBL, and
 * ZUGFeRD 1): read in the parser's sandbox, so that nobody after it has to touch the XML. Dates are ISO 8601.
 */
export interface EmbeddedInvoice {
  readonly syntax: 'cii' | 'ubl' | 'zugferd-1';
  /** What the file says that it follows (BT-24), e.g. `urn:cen.eu:en16931:2017`. */
  readonly profile?: string;
  /** Name of the attachment, for people. */
  readonly attachment: string;
  /** UNTDID 1001: 380 invoice, 381 credit note … */
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
  readonly netTotal?: string;
  readonly taxTotal?: string;
  readonly total?: string;
  readonly amountDue?: string;
  readonly taxes?: readonly InvoiceTax[];
  readonly lines?: readonly InvoiceLine[];
}
