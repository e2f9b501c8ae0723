import { FIELD_TYPES, type FieldValueType } from '@docstream/contracts';
import type { Rule } from '../definition.js';
import type { FinderName } from '../finders/index.js';
import type { ValueKind } from '../recognisers/index.js';

const OF_VALUES: Partial<Record<ValueKind, FieldValueType>> = {
  amount: 'amount',
  count: 'number',
  date: 'date',
  month: 'date',
  percentage: 'number',
  year: 'number',
};
const OF_FINDERS: Partial<Record<FinderName, FieldValueType>> = {
  amounts: 'amount',
  authors: 'list',
  'closing-balance': 'amount',
  'cover-date': 'date',
  'line-items': 'items',
  'named-authors': 'list',
  'largest-amount': 'amount',
  'opening-balance': 'amount',
  parties: 'list',
  'period-end': 'date',
  'period-start': 'date',
  'tax-lines': 'items',
};

/** What a rule's values are in the event. */
export function valueTypeOf(rule: Rule): FieldValueType {
  if (rule.kind === 'finder') return OF_FINDERS[rule.finder] ?? 'text';
  return (rule.value === undefined ? undefined : OF_VALUES[rule.value]) ?? 'text';
}

/** Why readers of a known field would be surprised by the rule's values; null for new fields. */
export function typeProblem(field: string, rule: Rule): string | null {
  const known: Readonly<Record<string, FieldValueType>> = FIELD_TYPES;
  const wanted = Object.hasOwn(known, field) ? known[field] : undefined;
  const given = valueTypeOf(rule);
  if (wanted === undefined || wanted === given) return null;
  return `gives ${given}, but everybody who reads ${field} expects ${wanted}: take another value, or another name for the field`;
}
