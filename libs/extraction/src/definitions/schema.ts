import { z } from 'zod';
import { POSITIONS, REGIONS } from '../definition.js';
import { FINDERS, type FinderName } from '../finders/index.js';
import { isoOf } from '../recognisers/dates.js';
import { RECOGNISERS, type ValueKind } from '../recognisers/index.js';
import { tokensOf } from '../tokens.js';
import { choose, listed, namesOf, number, regularExpression, text, whole } from './schema-parts.js';

const FIELD_NAME = /^[a-z][a-z0-9_]{0,63}$/;
const DEFAULT_CONFIDENCE = 0.8;
const MOST_LABELS = 2_000;

/** Said where it stands by every schema of a file; docs/reference/definitions.md is made of it. */
const doc = <Schema extends z.ZodType>(schema: Schema, sentence: string): Schema => schema.describe(sentence);

const snakeCase = text(64, FIELD_NAME, 'must be lower-case letters, digits and underscores, a letter first');
const kebabCase = text(64, /^[a-z0-9][a-z0-9-]*$/, 'must be lower-case letters, digits and hyphens');
const typeName = text(100, /^\S(?:.*\S)?$/u, 'must be the name of a type as the classifier says it');
const isoDate = text(10).refine(
  (date) => {
    const [year, month, day] = date.split('-');
    return isoOf(year, month, day) === date;
  },
  { error: 'must be a date as 2024-05-31' },
);
const label = text(100).refine((words) => tokensOf(words).length > 0, {
  error: 'must have a letter or digit: punctuation does not count in labels',
});
const labelSet = z
  .record(
    text(10, /^[a-z]{2,3}$/, 'must be the code of a language, as en or de'),
    z.array(label, { error: 'must be a list of labels' }).max(MOST_LABELS),
    { error: 'must be lists of labels by language' },
  )
  .refine((set) => Object.values(set).some((labels) => labels.length > 0), {
    error: 'has no label: give at least one',
  });

export type LabelSource = string | Readonly<Record<string, readonly string[]>>;
const labelSource = choose<LabelSource>((value) => (typeof value === 'string' ? snakeCase : labelSet));
const labelSources = choose<readonly LabelSource[]>((value) =>
  Array.isArray(value)
    ? z.array(labelSource).min(1, 'has no label: give at least one')
    : labelSource.transform((source) => [source]),
);

const confidence = doc(
  number(0, 1).default(DEFAULT_CONFIDENCE),
  'How often the value is right when the rule fits, from 0 to 1.',
);
const id = doc(kebabCase.optional(), 'Name of the rule in the results. Without: what kind of rule it is.');
const value = doc(listed(namesOf<ValueKind>(RECOGNISERS)), 'What the value is: see values below.');
const region = doc(
  listed(REGIONS).default('anywhere'),
  '`top` (the upper half of the first page), `first-page`, `first-two-pages` or `anywhere` (the first ten and the last two).',
);

export const labelledRule = z.strictObject({
  labels: doc(labelSources, 'Labels by language, the name of a set of labels, or a list of both.'),
  value,
  position: doc(
    z
      .array(listed(POSITIONS), { error: `must be a list of ${POSITIONS.join(', ')}` })
      .min(1)
      .default(['beside', 'right', 'below']),
    'Where the value may stand, the likeliest first: `beside` (behind the label), `right` (on its line), `below`, `above` (forms with names under their fields; only where it is said).',
  ),
  pick: doc(
    listed(['nearest', 'last']).optional(),
    '`last`: of several values on the line the last, as in rows of totals.',
  ),
  standAlone: doc(
    z.boolean().optional(),
    'The label counts only where a line begins with it or a colon follows.',
  ),
  wholeCell: doc(
    z.boolean().optional(),
    'The label counts only where nothing else stands in its cell: heads of columns.',
  ),
  afterNumber: doc(
    z.boolean().optional(),
    'For dates: a number has to stand between label and date ("Invoice 4711 of 3 May").',
  ),
  shape: doc(regularExpression('u').optional(), 'Regular expression that the value has to match somewhere.'),
  confidence,
  id,
});

export const matchRule = z.strictObject({
  match: doc(
    regularExpression('dgmu'),
    'Regular expression over the text of a page, as `docstream parse --text` prints it; `^` and `$` are ends of lines. The value is its group `(?<value>…)`, else its first group, else all of it.',
  ),
  value: doc(
    listed(namesOf<ValueKind>(RECOGNISERS)).optional(),
    'What the value has to be; it is normalised then. Without: any text.',
  ),
  region,
  confidence,
  id,
});

export const shapeRule = z.strictObject({
  value,
  region,
  shapeAtLeast: doc(number(0, 1).optional(), 'Least confidence of the shape itself.'),
  onlyUnclaimed: doc(
    z.boolean().optional(),
    'Values that a label of another field has already do not count.',
  ),
  confidence,
  id,
});

export const findRule = z.strictObject({
  find: doc(listed(namesOf<FinderName>(FINDERS)), 'What to look for in the layout: see finders below.'),
  confidence,
  id,
});

export type RuleSource =
  | z.output<typeof labelledRule>
  | z.output<typeof matchRule>
  | z.output<typeof findRule>
  | z.output<typeof shapeRule>;

const RULES = { labels: labelledRule, match: matchRule, find: findRule } as const;

const rule = choose<RuleSource>((given) => {
  if (typeof given !== 'object' || given === null || Array.isArray(given))
    return 'must be a rule: keys and values';
  const kinds = (Object.keys(RULES) as (keyof typeof RULES)[]).filter((key) => key in given);
  if (kinds.length > 1) return `has ${kinds.join(' and ')}: a rule has one of them, so make two rules`;
  const [kind] = kinds;
  if (kind !== undefined) return RULES[kind];
  return 'value' in given
    ? shapeRule
    : 'has neither labels, match, find nor value: say how the value is found';
});

export const plausibility = z.strictObject({
  atLeast: doc(number().optional(), 'Least number.'),
  atMost: doc(number().optional(), 'Greatest number.'),
  earliest: doc(isoDate.optional(), 'First date, as 2024-05-31.'),
  latest: doc(isoDate.optional(), 'Last date.'),
  shape: doc(regularExpression('u').optional(), 'Regular expression that the value has to match somewhere.'),
  longest: doc(whole(1, 100_000).optional(), 'Most characters.'),
});

export const fieldSource = z.strictObject({
  rules: doc(
    z.array(rule, { error: 'must be a list of rules' }).max(50),
    'Ways to find the value; the surest finding wins. An empty list: the field is not looked for.',
  ),
  atMost: doc(whole(1, 100).default(1), 'How many values are kept, best first.'),
  plausible: doc(plausibility.optional(), 'Bounds; a value outside is none.'),
});
export type FieldSource = z.output<typeof fieldSource>;

const SHARED = 'shared';
const fields = z.record(
  snakeCase,
  choose<FieldSource | typeof SHARED>((given) =>
    given === SHARED
      ? z.literal(SHARED)
      : typeof given === 'object'
        ? fieldSource
        : 'must be a field with rules, or the word shared',
  ),
  { error: 'must be fields by name' },
);

const description = doc(text(1_000).optional(), 'For people; nothing reads it.');
const version = doc(
  whole(1, 1_000_000).default(1),
  'Stands in every value that a rule of this file finds, behind `@`.',
);

const ofType = {
  type: doc(typeName, 'Type of the documents; `unknown` is for all types that have no definition.'),
  fields: doc(fields, 'Fields by name; `shared` instead of a field takes the one that several types share.'),
  otherLabels: doc(
    labelSources.optional(),
    'Labels of things not looked for, so that they are not taken for a shorter label ("date of birth" is no "date").',
  ),
  version,
  description,
};

export const typeFile = z.strictObject({
  ...ofType,
  checksTotals: doc(z.boolean().optional(), 'net_total, tax_total and total are checked against each other.'),
  replace: doc(
    z.boolean().default(false),
    'The type has these fields only. Otherwise they add to the shipped ones, and replace those of the same name.',
  ),
});

export const condition = z
  .strictObject({
    contains: doc(
      z.array(text(200), { error: 'must be a list of texts' }).max(50).default([]),
      'Texts that the document has to have, all of them; case, accents and white space do not matter.',
    ),
    matches: doc(
      choose<readonly RegExp[]>((given) =>
        Array.isArray(given)
          ? z.array(regularExpression('mu')).max(50)
          : regularExpression('mu').transform((pattern) => [pattern]),
      ).optional(),
      'Regular expression that has to match the text of a page, or a list of them.',
    ),
  })
  .refine(({ contains, matches = [] }) => contains.length + matches.length > 0, {
    error: 'is empty: give contains or matches, or every document of the type would have the template',
  });

export const templateFile = z.strictObject({
  template: doc(kebabCase, 'Name of the template; stands in the values that it finds.'),
  ...ofType,
  when: doc(condition, 'Which documents of the type it is for.'),
});

export const sharedFile = z.strictObject({
  labels: doc(
    z.record(snakeCase, labelSet).optional(),
    'Sets of labels by name. Labels of a set that there is already are added to it.',
  ),
  fields: doc(z.record(snakeCase, fieldSource).optional(), 'Fields that several types share, by name.'),
  version,
  description,
});

export type TypeFile = z.output<typeof typeFile>;
export type TemplateFile = z.output<typeof templateFile>;
export type SharedFile = z.output<typeof sharedFile>;
