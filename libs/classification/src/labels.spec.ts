import { FatalError } from '@docstream/core';
import { parsedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { createClassifier } from './classifier.js';
import { describeLabels, likenessOf, parseLabels } from './labels.js';

const LABELS = `
types:
  invoice: A bill for goods with an invoice number
  letter:
    - A letter to a person
    - Ein Brief an eine Person
languages: [en, de]
`;
const INVOICE =
  'Invoice number 4711 of the first of March, bill to Example Ltd for the paper and the pens that you have ordered, amount due in thirty days with thanks from all of us';

/** Texts with the word bill point one way, all others the other. */
const embedder = {
  name: 'words@1',
  dimensions: 2,
  embed: async (texts: readonly string[]) =>
    texts.map((text) => (/bill/.test(text) ? Float32Array.of(1, 0) : Float32Array.of(0.6, 0.8))),
  close: async () => undefined,
};

describe('parseLabels', () => {
  it('reads one description or several, and fills in what is not said', () => {
    const { labels, languages, threshold, temperature, name } = parseLabels(LABELS);
    expect(labels).toEqual([
      { type: 'invoice', descriptions: ['A bill for goods with an invoice number'] },
      { type: 'letter', descriptions: ['A letter to a person', 'Ein Brief an eine Person'] },
    ]);
    expect(languages).toEqual(['en', 'de']);
    expect(threshold).toBe(0.6);
    expect(temperature).toBeGreaterThan(0);
    expect(name).toMatch(/^labels@[0-9a-f]{8}$/);
  });

  it('has another version when a description changes', () => {
    const changed = parseLabels(LABELS.replace('goods', 'services')).name;
    expect(changed).not.toBe(parseLabels(LABELS).name);
    expect(parseLabels(`# a comment\n${LABELS}`).name).toBe(parseLabels(LABELS).name);
  });

  it.each([
    ['no YAML', 'types: [', 'Flow sequence'],
    ['a single type', 'types: { invoice: A bill }', 'two types or more'],
    ['a type without words', 'types: { invoice: A bill, letter: [] }', 'letter'],
    ['a name that is none', 'types: { My Type: A bill, letter: A letter }', 'lower-case letters'],
    ['the name that means none', 'types: { unknown: A bill, letter: A letter }', 'no type fits'],
    ['a setting that does not exist', `${LABELS}\nfoo: 1`, 'foo'],
    ['aliases that explode', 'a: &a [x]\ntypes: { b: *a, c: *a }', 'Alias'],
  ])('refuses %s and says what is wrong', (_, text, reason) => {
    expect(() => parseLabels(text)).toThrow(FatalError);
    expect(() => parseLabels(text)).toThrow(new RegExp(reason));
  });
});

describe('likenessOf', () => {
  const document = parsedText('# Choir\nsongs for the singers', { language: 'en' });
  const near = Float32Array.of(1, 0);
  const far = Float32Array.of(0, 1);
  const embedAs = (vectors: readonly Float32Array[]) => async (texts: readonly string[]) =>
    texts.map((_, index) => vectors[index] ?? far);
  const label = (type: string, ...descriptions: readonly string[]) => ({ type, descriptions });

  it('takes the nearest description of each type', async () => {
    const labels = await describeLabels(
      [label('a', 'xxxx', 'yyyy'), label('b', 'zzzz')],
      embedAs([far, near]),
    );
    const [one, other] = likenessOf(document, [near], labels, 0.5);
    expect((one?.probability ?? 0) / (other?.probability ?? 1)).toBeCloseTo(Math.exp(2), 5);
    const [nearer] = likenessOf(document, [far], labels, 0.5);
    expect(nearer?.probability).toBeCloseTo(0.5, 5);
  });

  it('counts the words of a description that the document has, those of one label most', async () => {
    const labels = await describeLabels(
      [label('choir', 'choir with singers'), label('band', 'band with singers')],
      embedAs([near, near]),
    );
    const [choir, band] = likenessOf(document, [near], labels, 1);
    expect(choir?.found).toEqual(['choir', 'singers']);
    expect(band?.found).toEqual(['singers']);
    expect(choir?.byWords).toBeGreaterThan(2 * (band?.byWords ?? 0));
    expect(choir?.probability).toBeGreaterThan(band?.probability ?? 1);
  });
});

describe('a classifier by labels', () => {
  it('decides without an example, and carries the versions of model and labels', async () => {
    const classifier = await createClassifier({ labels: LABELS }, embedder);
    const { classification, chunks } = await classifier.classify(parsedText(INVOICE));
    expect(classification).toMatchObject({
      type: 'invoice',
      runnerUp: 'letter',
      model: 'words@1',
      head: parseLabels(LABELS).name,
    });
    expect(chunks).toBe(1);
  });

  it('is unknown where the descriptions are about as near, with the nearest as runner-up', async () => {
    const classifier = await createClassifier(
      { labels: `${LABELS}\ntemperature: 10\nthreshold: 0.9` },
      embedder,
    );
    const { classification } = await classifier.classify(parsedText(INVOICE));
    expect(classification).toMatchObject({ type: 'unknown', runnerUp: 'invoice' });
  });

  it('explains by the likeness of the types and the text that was read', async () => {
    const classifier = await createClassifier({ labels: LABELS }, embedder);
    const { ranked, chunks, contributions, rest } = await classifier.explain(parsedText(INVOICE));
    expect(ranked.map(({ type }) => type)).toEqual(['invoice', 'letter']);
    expect(chunks).toEqual([{ beginning: INVOICE.slice(0, 80), weight: null }]);
    expect(contributions[0]).toMatchObject({ name: 'label:invoice', found: ['bill', 'invoice', 'number'] });
    const sum = contributions.reduce((total, { weight }) => total + weight, rest);
    const [likeliest, rival] = ranked.map(({ probability }) => probability);
    expect(sum).toBeCloseTo(Math.log((likeliest ?? 0) / (rival ?? 1)), 5);
  });

  it('is unknown in a language that is not listed', async () => {
    const classifier = await createClassifier({ labels: LABELS }, embedder);
    const spanish =
      'Le informamos de que los productos que usted ha pedido en nuestra tienda se envían el lunes y que deberían llegar a su domicilio antes del fin de la semana.';
    const { classification, chunks } = await classifier.classify(parsedText(spanish));
    expect(classification).toMatchObject({ type: 'unknown', confidence: 0, runnerUp: null });
    expect(chunks).toBe(0);
  });
});
