import { FIELD_TYPES } from '@docstream/contracts';
import { FatalError } from '@docstream/core';
import { shippedDefinitionFiles } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { definitionOf, type DefinitionSet } from '../definition.js';
import { readDefinitions } from './read-definitions.js';

const shipped = { files: shippedDefinitionFiles() };

const withOwn = (...texts: readonly string[]): DefinitionSet =>
  readDefinitions([
    shipped,
    { files: texts.map((text, index) => ({ name: `own-${index + 1}.yaml`, text })), digest: 'abcd' },
  ]);

function problemsOf(...texts: readonly string[]): readonly string[] {
  try {
    withOwn(...texts);
  } catch (error) {
    if (error instanceof FatalError && error.code === 'CONFIGURATION_INVALID')
      return error.message.split('\n');
    throw error;
  }
  return [];
}

const fieldsOf = (set: DefinitionSet, type: string): readonly string[] =>
  definitionOf(type, set).fields.map(({ field }) => field);

describe('the shipped definitions', () => {
  const definitions = readDefinitions([shipped]);

  it('name fields of schemas/fields.json only', () => {
    const names = definitions.types.flatMap(({ fields }) => fields.map(({ field }) => field));
    expect(names.filter((name) => !Object.hasOwn(FIELD_TYPES, name))).toEqual([]);
    expect(new Set(names).size).toBeGreaterThan(50);
  });

  it('have no pattern that may backtrack for ever', () => {
    expect(definitions).toMatchObject({ version: 'rules 1', warnings: [], templates: [] });
  });

  it('cross into a worker process as they are', () => {
    const copy = deserialize(serialize(definitions)) as DefinitionSet;
    expect(copy).toEqual(definitions);
    const rules =
      definitionOf('contract-legal', copy).fields.find(({ field }) => field === 'case_number')?.rules ?? [];
    const rule = rules.find(({ kind }) => kind === 'labelled');
    expect(rule?.kind === 'labelled' && rule.shape?.test('AB 1234')).toBe(true);
  });
});

describe('the examples of docs/extraction.md', () => {
  const text = readFileSync(new URL('../../../../docs/extraction.md', import.meta.url), 'utf8');
  const examples = [...text.matchAll(/^( *)```yaml\n([^]*?)^ *```/gmu)].map(([, indent = '', yaml = '']) =>
    yaml.replaceAll(new RegExp(`^${indent}`, 'gmu'), ''),
  );

  it('are right', () => {
    expect(examples).toHaveLength(4);
    const set = withOwn(...examples);
    expect(fieldsOf(set, 'membership-card')).toEqual(['member_number', 'valid_until', 'name', 'email']);
    expect(fieldsOf(set, 'invoice')).toContain('cost_centre');
    expect(set.templates.map(({ name }) => name)).toEqual(['acme-telecom']);
    expect(set.warnings).toEqual([]);
  });
});

describe('definitions of a user', () => {
  it('add a type with fields of its own and fields that types share', () => {
    const set = withOwn(`
type: membership-card
version: 3
fields:
  member_number:
    plausible: { shape: '^\\d{6}$' }
    rules:
      - labels: { en: [member no], de: [Mitgliedsnummer] }
        value: reference
  email: shared
`);
    expect(definitionOf('membership-card', set)).toEqual({
      type: 'membership-card',
      fields: [
        {
          field: 'member_number',
          plausible: { shape: /^\d{6}$/u },
          rules: [
            {
              kind: 'labelled',
              id: 'labelled',
              version: 3,
              labels: { en: ['member no'], de: ['Mitgliedsnummer'] },
              value: 'reference',
              positions: ['beside', 'right', 'below'],
              confidence: 0.8,
            },
          ],
        },
        definitionOf('invoice', set).fields.find(({ field }) => field === 'email'),
      ],
    });
    expect(set.version).toBe('rules 1 + own abcd');
    expect(fieldsOf(set, 'invoice')).toEqual(fieldsOf(readDefinitions([shipped]), 'invoice'));
  });

  it('override a field of a shipped type and leave the others and their order', () => {
    const before = fieldsOf(readDefinitions([shipped]), 'invoice');
    const set = withOwn(`
type: invoice
fields:
  invoice_number: { rules: [{ match: 'No (\\d+)', id: ours }] }
  cost_centre: { rules: [{ labels: { en: [cost centre] }, value: reference }] }
  phone: { rules: [] }
`);
    const { fields, checksTotals } = definitionOf('invoice', set);
    expect(fields.map(({ field }) => field)).toEqual([...before, 'cost_centre']);
    expect(fields[0]?.rules.map(({ id }) => id)).toEqual(['ours']);
    expect(fields.find(({ field }) => field === 'phone')?.rules).toEqual([]);
    expect(checksTotals).toBe(true);
  });

  it('replace a shipped type altogether when they say so', () => {
    const set = withOwn(
      'type: invoice\nreplace: true\nfields: { total: { rules: [{ find: largest-amount }] } }',
    );
    expect(fieldsOf(set, 'invoice')).toEqual(['total']);
    expect(definitionOf('invoice', set).checksTotals).toBeUndefined();
  });

  it('add labels to a shared set, for every rule that uses it', () => {
    const set = withOwn('labels: { invoice_number: { de: [Vorgangskennung], pl: [numer faktury] } }');
    const rules = definitionOf('invoice', set).fields.flatMap((field) => field.rules);
    const [rule] = rules.filter(({ kind }) => kind === 'labelled');
    const labels = rule?.kind === 'labelled' ? rule.labels : {};
    expect(labels['de']).toEqual(expect.arrayContaining(['Rechnungsnummer', 'Vorgangskennung']));
    expect(labels['pl']).toEqual(['numer faktury']);
  });

  it('have templates, those of later layers first', () => {
    const template = (name: string): string =>
      `template: ${name}\ntype: invoice\nwhen: { contains: [ACME], matches: 'ATU\\d' }\nfields: { total: { rules: [{ find: largest-amount }] } }`;
    const files = ['a', 'b'].map((name) => ({ name: `${name}.yaml`, text: template(name) }));
    const tried = [{ name: 'try.yaml', text: template('b').replace('ACME', 'Tried') }];
    const { templates } = readDefinitions([shipped, { files }, { files: tried }]);
    expect(templates.map(({ name, when }) => [name, when.contains])).toEqual([
      ['b', ['Tried']],
      ['a', ['ACME']],
    ]);
    expect(templates[0]?.when.matches).toEqual([/ATU\d/mu]);
    expect(templates[0]?.fields[0]?.rules[0]?.id).toBe('b/largest-amount');
  });

  it('warn of a pattern that repeats a repetition', () => {
    const set = withOwn("type: invoice\nfields: { order_reference: { rules: [{ match: '(\\d+ ?)+;' }] } }");
    expect(set.warnings).toEqual([
      'type invoice: (\\d+ ?)+; repeats a repetition, which may take for ever on some texts: bound one of them',
    ]);
  });

  it.each([
    ['YAML that is none', 'type: [', /^own-1\.yaml:1: is not YAML: .*flow/iu],
    [
      'a key twice',
      'type: a\ntype: b\nfields: {}',
      /^own-1\.yaml:2: the same key stands here twice: keep one/u,
    ],
    ['a tab', 'type: a\nfields:\n\ttotal: shared', /^own-1\.yaml:3: a tab indents the line: use blanks/u],
    ['a list', '- a', /^own-1\.yaml:1: the file must be keys and values/u],
    [
      'a key that there is not',
      'type: a\nfields:\n  x:\n    rules:\n      - value: date\n        regoin: top',
      /^own-1\.yaml:6: fields\.x\.rules\[0\]\.regoin is no key here/u,
    ],
    ['no type', 'checksTotals: true\nfields: {}', /^own-1\.yaml:1: type is missing/u],
    [
      'a kind of value that there is not',
      'type: a\nfields:\n  x:\n    rules:\n      - { labels: { en: [x] }, value: amonut }',
      /^own-1\.yaml:5: fields\.x\.rules\[0\]\.value must be one of account-number, address, amount, /u,
    ],
    [
      'a finder that there is not',
      'type: a\nfields: { x: { rules: [{ find: headline }] } }',
      /rules\[0\]\.find must be one of abstract, account-holder, .*, term, title$/u,
    ],
    [
      'a name of a field in the wrong style',
      'type: a\nfields:\n  Member-No: { rules: [] }',
      /^own-1\.yaml:3: fields\.Member-No is no name: it must be lower-case letters, digits and underscores/u,
    ],
    [
      'a confidence above one',
      'type: a\nfields: { x: { rules: [{ value: date, confidence: 90 }] } }',
      /rules\[0\]\.confidence must be a number from 0 to 1$/u,
    ],
    [
      'a label that is a number',
      'type: a\nfields: { x: { rules: [{ labels: { en: [12] }, value: date }] } }',
      /rules\[0\]\.labels\.en\[0\] must be text: put it in quotes$/u,
    ],
    [
      'a label without a letter',
      "type: a\nfields: { x: { rules: [{ labels: { en: ['#'] }, value: date }] } }",
      /labels\.en\[0\] must have a letter or digit/u,
    ],
    [
      'a set of labels that there is not',
      'type: a\nfields:\n  x:\n    rules:\n      - labels: invoice_numbr\n        value: reference',
      /^own-1\.yaml:5: .*names the labels invoice_numbr, which there are not: write them out, or take one of amount_due, /u,
    ],
    [
      'a shared field that there is not',
      'type: a\nfields:\n  colour: shared',
      /^own-1\.yaml:3: fields\.colour is no field that types share: write it out, or take one of amount, author, bic, /u,
    ],
    [
      'an expression that is none',
      "type: a\nfields: { x: { rules: [{ match: '(' }] } }",
      /rules\[0\]\.match is no regular expression: .*Unterminated group/u,
    ],
    [
      'a rule that does not say how',
      'type: a\nfields: { x: { rules: [{ confidence: 1 }] } }',
      /rules\[0\] has neither labels, match, find nor value: say how the value is found$/u,
    ],
    [
      'a rule of two kinds',
      'type: a\nfields: { x: { rules: [{ find: title, match: x }] } }',
      /rules\[0\] has match and find: a rule has one of them, so make two rules$/u,
    ],
    [
      'a known field with values of another type',
      'type: a\nfields: { total: { rules: [{ value: text }] } }',
      /fields\.total\.rules\[0\] gives text, but everybody who reads total expects amount: take another value/u,
    ],
    [
      'a template without a condition',
      'template: acme\ntype: invoice\nfields: {}',
      /^own-1\.yaml:1: when is missing$/u,
    ],
    [
      'a condition that always holds',
      'template: acme\ntype: invoice\nwhen: {}\nfields: {}',
      /^own-1\.yaml:3: when is empty: give contains or matches/u,
    ],
    [
      'a flag that is none',
      'type: a\nfields: { x: { rules: [{ labels: { en: [x] }, value: date, standAlone: yes }] } }',
      /rules\[0\]\.standAlone must be true or false$/u,
    ],
    [
      'a date that is none',
      'type: a\nfields: { x: { plausible: { earliest: 2024-13-01 }, rules: [] } }',
      /plausible\.earliest must be a date as 2024-05-31$/u,
    ],
    [
      'aliases that unfold into too much',
      `${Array.from(
        { length: 12 },
        (_, level) =>
          `a${level}: &a${level} [${
            level === 0
              ? 'x'
              : Array(9)
                  .fill(`*a${level - 1}`)
                  .join(', ')
          }]`,
      ).join('\n')}`,
      /^own-1\.yaml: has an alias that unfolds into too much/u,
    ],
  ])('are refused with file, line and remedy for %s', (_, text, message) => {
    const problems = problemsOf(text);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(message);
  });

  it('are refused when two files define one type', () => {
    const text = 'type: a\nfields: { email: shared }';
    expect(problemsOf(text, text)).toEqual([
      'own-2.yaml:1: type is in own-1.yaml, too: put both into one file, or rename one',
    ]);
  });

  it('are told all that is wrong at once', () => {
    expect(problemsOf('type: a', 'type: [', 'type: b\nfields: { email: shred, x: shared }')).toHaveLength(3);
    const many = Array.from({ length: 40 }, (_, index) => `  x${index}: wrong`).join('\n');
    const problems = problemsOf(`type: a\nfields:\n${many}`);
    expect(problems).toHaveLength(31);
    expect(problems.at(-1)).toBe('and 10 problems more');
  });
});
