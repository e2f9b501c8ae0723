/** A line of an invoice, order, receipt or delivery note, as it stands in results. What the document leaves out is absent. */
export interface LineItem {
  readonly description?: string;
  readonly quantity?: number;
  /** Of one unit, before tax where the document says so. */
  readonly unit_price?: number;
  /** Of the whole line, after its own discount. */
  readonly amount?: number;
}

/** A tax of one rate. */
export interface TaxLine {
  /** Per cent. */
  readonly rate?: number;
  readonly base?: number;
  readonly amount?: number;
}

type Present<Entry> = { [Key in keyof Entry]?: Exclude<Entry[Key], undefined> };

/** The entry without its undefined members. */
export function withoutAbsent<Entry extends object>(entry: Entry): Present<Entry> {
  return Object.fromEntries(
    Object.entries(entry).filter(([, value]) => value !== undefined),
  ) as Present<Entry>;
}
