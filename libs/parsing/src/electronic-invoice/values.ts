import { cleanValue } from '../metadata.js';
import type { XmlElement } from './xml-tree.js';

/** Paths taken apart: they are all written in this folder, so there are few, and each is asked of every line. */
const STEPS = new Map<string, readonly (readonly string[])[]>();

function stepsOf(path: string): readonly (readonly string[])[] {
  const known = STEPS.get(path);
  if (known !== undefined) return known;
  const steps = path.split('/').map((step) => step.split('|'));
  STEPS.set(path, steps);
  return steps;
}

/** Elements at a path of names, `A|B/C`: C in A or B. In document order. */
export function elementsAt(from: XmlElement | undefined, path: string): readonly XmlElement[] {
  let found: readonly XmlElement[] = from === undefined ? [] : [from];
  for (const names of stepsOf(path)) {
    if (found.length === 0) return found;
    found = found.flatMap((element) => element.children.filter(({ name }) => names.includes(name)));
  }
  return found;
}

function firstOf<T>(
  from: XmlElement | undefined,
  paths: readonly string[],
  read: (element: XmlElement) => T | undefined,
): T | undefined {
  for (const path of paths)
    for (const element of elementsAt(from, path)) {
      const value = read(element);
      if (value !== undefined) return value;
    }
  return undefined;
}

/** The first that is not empty, of the first path that has one. */
export function textAt(from: XmlElement | undefined, ...paths: readonly string[]): string | undefined {
  return firstOf(from, paths, (element) => cleanValue(element.text));
}

/** An attribute of the first element of that path. */
export function attributeAt(
  from: XmlElement | undefined,
  path: string,
  attribute: string,
): string | undefined {
  return cleanValue(elementsAt(from, path)[0]?.attributes.get(attribute));
}

/** Lines of an address: those of the street, postcode and town in one, the country's code. */
export function addressAt(
  place: XmlElement | undefined,
  street: readonly string[],
  town: readonly string[],
  country: string,
): readonly string[] | undefined {
  const isStated = (part: string | undefined): part is string => part !== undefined && part !== '';
  const textsAt = (paths: readonly string[]): string[] =>
    paths.map((path) => textAt(place, path)).filter(isStated);
  const lines = [...textsAt(street), textsAt(town).join(' '), textAt(place, country)].filter(isStated);
  return lines.length === 0 ? undefined : lines;
}

const DECIMAL = /^[+-]?(?:\d{1,20}(?:\.\d{0,12})?|\.\d{1,12})$/;

function toDecimal(text: string): string | undefined {
  const trimmed = text.trim();
  if (!DECIMAL.test(trimmed)) return undefined;
  return trimmed
    .replace(/^\+/, '')
    .replace(/^(-?)\./, '$10.')
    .replace(/\.$/, '');
}

/** The first decimal number, as written but for a plus sign and a bare point. */
export function decimalAt(from: XmlElement | undefined, ...paths: readonly string[]): string | undefined {
  return firstOf(from, paths, (element) => toDecimal(element.text));
}

/** The first amount that is in this currency or says none: some amounts are stated in the currency of the tax as well. */
export function amountAt(
  from: XmlElement | undefined,
  currency: string | undefined,
  ...paths: readonly string[]
): string | undefined {
  return firstOf(from, paths, (element) => {
    const stated = element.attributes.get('currencyID');
    return stated === undefined || currency === undefined || stated.trim().toUpperCase() === currency
      ? toDecimal(element.text)
      : undefined;
  });
}

/** `2026-01-31` with or without time and zone, and formats 102, 203 and 204 of UNTDID 2379: `20260131`, with a time. */
function toDate(text: string): string | undefined {
  const match =
    /^(\d{4})-(\d\d)-(\d\d)(?![\d-])/.exec(text.trim()) ??
    /^(\d{4})(\d\d)(\d\d)(?:\d{4}|\d{6})?$/.exec(text.trim());
  if (match === null) return undefined;
  const iso = match.slice(1, 4).join('-');
  const date = new Date(`${iso}T00:00:00Z`);
  // 31 June rolls over into July.
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(iso) ? iso : undefined;
}

/** Every date, ISO 8601. */
export function datesAt(from: XmlElement | undefined, path: string): readonly string[] {
  return elementsAt(from, path)
    .map((element) => toDate(element.text))
    .filter((date) => date !== undefined);
}

export function dateAt(from: XmlElement | undefined, ...paths: readonly string[]): string | undefined {
  return firstOf(from, paths, (element) => toDate(element.text));
}

export function currencyAt(from: XmlElement | undefined, path: string): string | undefined {
  const code = textAt(from, path)?.toUpperCase();
  return code !== undefined && /^[A-Z]{3}$/.test(code) ? code : undefined;
}

const compact = (text: string | undefined): string => text?.replace(/\s/g, '').toUpperCase() ?? '';

export interface Account {
  readonly iban?: string;
  readonly bic?: string;
}

/** The first account with what looks like an IBAN, with its bank. Checksums are the reader's business. */
export function accountAt(
  paymentMeans: readonly XmlElement[],
  ibanPath: string,
  bicPath: string,
): Account | undefined {
  for (const means of paymentMeans) {
    const iban = compact(textAt(means, ibanPath));
    if (!/^[A-Z]{2}\d\d[A-Z\d]{10,30}$/.test(iban)) continue;
    const bic = compact(textAt(means, bicPath));
    return /^[A-Z]{4}[A-Z]{2}[A-Z\d]{2}(?:[A-Z\d]{3})?$/.test(bic) ? { iban, bic } : { iban };
  }
  return undefined;
}

type Present<T> = { readonly [K in keyof T]?: Exclude<T[K], undefined> };

/** Without what is undefined; undefined itself when nothing is left. */
export function present<T extends object>(entries: T): Present<T> | undefined {
  const stated = Object.entries(entries).filter(([, value]) => value !== undefined);
  return stated.length === 0 ? undefined : (Object.fromEntries(stated) as Present<T>);
}

/** What is stated of each element; undefined when there is nothing. */
export function listOf<T>(
  elements: readonly XmlElement[],
  read: (element: XmlElement) => T | undefined,
): readonly T[] | undefined {
  const values = elements.map(read).filter((value) => value !== undefined);
  return values.length === 0 ? undefined : values;
}
