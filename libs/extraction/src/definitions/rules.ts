import type { FieldName } from '@docstream/contracts';
import type {
  FieldDefinition,
  FinderRule,
  LabelledRule,
  LabelSet,
  PatternRule,
  Position,
  Rule,
} from '../definition.js';
import type { FinderName } from '../finders/index.js';
import type { ValueKind } from '../recognisers/index.js';
import { BIC, IBAN } from './labels.js';

const ALL: readonly Position[] = ['beside', 'right', 'below'];
export const ON_THE_LINE: readonly Position[] = ['beside', 'right'];

type Extra = Partial<Omit<LabelledRule, 'kind' | 'labels' | 'value' | 'confidence'>>;

/** A labelled rule; `labelled` and all positions unless said otherwise. */
export const labelled = (
  labels: LabelSet,
  value: ValueKind,
  confidence: number,
  extra: Extra = {},
): LabelledRule => ({
  kind: 'labelled',
  id: 'labelled',
  positions: ALL,
  labels,
  value,
  confidence,
  ...extra,
});

export const pattern = (
  value: ValueKind,
  region: PatternRule['region'],
  confidence: number,
  extra: Partial<PatternRule> = {},
): PatternRule => ({ kind: 'pattern', id: 'pattern', value, region, confidence, ...extra });

export const finder = (name: FinderName, confidence: number): FinderRule => ({
  kind: 'finder',
  id: name,
  finder: name,
  confidence,
});

export const field = (name: FieldName, ...rules: readonly Rule[]): FieldDefinition => ({
  field: name,
  rules,
});
export const fields = (name: FieldName, atMost: number, ...rules: readonly Rule[]): FieldDefinition => ({
  field: name,
  atMost,
  rules,
});

export const EMAIL = fields('email', 5, pattern('email', 'anywhere', 1));
export const PHONE = fields('phone', 5, pattern('phone', 'anywhere', 1, { shapeAtLeast: 0.8 }));
export const URL = fields('url', 5, pattern('url', 'anywhere', 1));
export const IBANS = fields(
  'iban',
  4,
  labelled(IBAN, 'iban', 0.97),
  pattern('iban', 'anywhere', 0.97, { shapeAtLeast: 0.9 }),
);
export const BICS = fields('bic', 4, labelled(BIC, 'bic', 0.95));
export const TITLE = field('title', finder('title', 0.66));
