import { FIELD_TYPES, type FieldValueType } from '@docstream/contracts';

/** How a found value agrees with the truth: literally, under the field's rule, or not. */
export type Match = 'exact' | 'normalised' | 'none';

/** What each rule compares; the text stands in docs/quality.md. */
export const MATCH_RULES = {
  amount: 'the same number to the cent (the currency is a field of its own)',
  number: 'the same number',
  date: 'the same ISO 8601 date',
  code: 'letters and digits only, case ignored: blanks, dots and dashes inside do not count',
  identifier: 'Unicode NFKC, case and all white space ignored, punctuation at the ends dropped',
  title: 'Unicode NFKC, case and all white space ignored, punctuation at the ends dropped',
  name: 'Unicode NFKC, case ignored, white space folded to one blank, punctuation at the ends dropped',
  names: 'the same set of names, whatever their order; each name as under *name*',
  address: 'case ignored; the scheme of a link, `mailto:`, `doi:` and a slash at the end dropped',
  phone: 'digits only; a number with its country code equals the same number without',
  items: 'the same amounts in the same order',
} as const;
export type MatchRule = keyof typeof MATCH_RULES;

const BY_FIELD: Readonly<Record<string, MatchRule>> = {
  ...asRule('code', ['iban', 'bic', 'seller_vat_id', 'buyer_vat_id', 'card_last4', 'currency']),
  ...asRule('title', ['title', 'subject']),
  ...asRule('address', ['email', 'url', 'doi', 'arxiv_id']),
  ...asRule('phone', ['phone']),
  ...asRule('identifier', ['reference', 'number', 'account_number', 'version', 'type_code']),
};
const BY_TYPE: Readonly<Record<FieldValueType, MatchRule>> = {
  amount: 'amount',
  number: 'number',
  date: 'date',
  text: 'name',
  list: 'names',
  items: 'items',
};

function asRule(rule: MatchRule, fields: readonly string[]): Record<string, MatchRule> {
  return Object.fromEntries(fields.map((field) => [field, rule]));
}

/** The rule of a field; names that are not in schemas/fields.json are compared as names. */
export function ruleOf(field: string): MatchRule {
  const own = BY_FIELD[field];
  if (own !== undefined) return own;
  if (/_(?:number|reference)$/.test(field)) return 'identifier';
  const types: Readonly<Record<string, FieldValueType>> = FIELD_TYPES;
  const type = types[field];
  return type === undefined ? 'name' : BY_TYPE[type];
}

/** Compares a value that was found with the truth. */
export function matchValue(field: string, truth: unknown, found: unknown): Match {
  if (isSame(truth, found)) return 'exact';
  return isEqual(ruleOf(field), truth, found) ? 'normalised' : 'none';
}

function isSame(truth: unknown, found: unknown): boolean {
  if (Array.isArray(truth) && Array.isArray(found))
    return truth.length === found.length && truth.every((value, index) => isSame(value, found[index]));
  return (typeof truth === 'string' || typeof truth === 'number') && truth === found;
}

function isEqual(rule: MatchRule, truth: unknown, found: unknown): boolean {
  switch (rule) {
    case 'amount':
    case 'number':
      return isSameNumber(truth, found);
    case 'date':
      return asText(truth).slice(0, 10) === asText(found).slice(0, 10);
    case 'code':
      return sameBy(foldCode, truth, found);
    case 'identifier':
    case 'title':
      return sameBy((text) => foldName(text).replaceAll(' ', ''), truth, found);
    case 'name':
      return sameBy(foldName, truth, found);
    case 'names':
      return isSameSet(truth, found);
    case 'address':
      return sameBy(foldAddress, truth, found);
    case 'phone':
      return isSamePhone(asText(truth), asText(found));
    case 'items':
      return isSameItems(truth, found);
  }
}

function sameBy(fold: (text: string) => string, truth: unknown, found: unknown): boolean {
  const folded = fold(asText(truth));
  return folded !== '' && folded === fold(asText(found));
}

function asText(value: unknown): string {
  if (typeof value === 'string') return value;
  return typeof value === 'number' ? String(value) : '';
}

const foldCode = (text: string): string =>
  text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');

/** NFKC, lower case, white space folded, punctuation at the ends dropped. */
export function foldName(text: string): string {
  const folded = text.normalize('NFKC').toLowerCase().normalize('NFKC').replaceAll(/\s+/gu, ' ').trim();
  return folded.replace(/^[\p{P}\p{S}\s]+/u, '').replace(/[\p{P}\p{S}\s]+$/u, '');
}

const foldAddress = (text: string): string =>
  text
    .trim()
    .toLowerCase()
    .replace(/^(?:https?:\/\/(?:(?:dx\.)?doi\.org\/)?|mailto:|doi:\s*|arxiv:\s*)/, '')
    .replace(/\/$/, '');

function isSameNumber(truth: unknown, found: unknown): boolean {
  const [wanted, given] = [truth, found].map((value) =>
    typeof value === 'string' && value.trim() !== '' ? Number(value) : value,
  );
  return typeof wanted === 'number' && typeof given === 'number' && Math.abs(wanted - given) < 0.005;
}

const SHORTEST_PHONE = 6;

function isSamePhone(truth: string, found: string): boolean {
  const [left, right] = [truth, found].map((text) => text.replaceAll(/\D/g, ''));
  if (left === undefined || right === undefined || left === '') return false;
  if (left === right) return true;
  const [short, long] = [left, right]
    .map((digits) => digits.replace(/^0+/, ''))
    .sort((one, other) => one.length - other.length);
  return short !== undefined && short.length >= SHORTEST_PHONE && long?.endsWith(short) === true;
}

function asNames(value: unknown): Set<string> {
  const values: readonly unknown[] = Array.isArray(value) ? value : [value];
  return new Set(values.map((entry) => foldName(asText(entry))).filter((name) => name !== ''));
}

function isSameSet(truth: unknown, found: unknown): boolean {
  const [wanted, given] = [asNames(truth), asNames(found)];
  return wanted.size > 0 && wanted.size === given.size && [...wanted].every((name) => given.has(name));
}

/** How many names of a list are right, too many and missing. */
export function matchNames(
  truth: unknown,
  found: unknown,
): { readonly right: number; readonly wrong: number; readonly missed: number } {
  const [wanted, given] = [asNames(truth), asNames(found)];
  const right = [...wanted].filter((name) => given.has(name)).length;
  return { right, wrong: given.size - right, missed: wanted.size - right };
}

function isSameItems(truth: unknown, found: unknown): boolean {
  if (!Array.isArray(truth) || !Array.isArray(found) || truth.length !== found.length) return false;
  return truth.every((item, index) => isSameNumber(amountOf(item), amountOf(found[index])));
}

function amountOf(item: unknown): unknown {
  return typeof item === 'object' && item !== null && 'amount' in item ? item.amount : undefined;
}
