import { describe, expect, it } from '@jest/globals';
import { parsedText } from '@docstream/testing';
import { documentFeatures } from './features.js';
import { layoutFeatures } from './layout-features.js';
import { contentFeatures, cueFeatures, lexicalFeatures } from './text-features.js';
import { wordsOf } from './words.js';

const INVOICE = `# Invoice
Invoice number 4711, invoice date 2026-03-01
Bill to: Example Ltd
Paper 3 x 10.00 30.00
Amount due $ 35.70`;

describe('contentFeatures', () => {
  it('counts amounts, dates and currencies', () => {
    const features = contentFeatures(parsedText(INVOICE));
    // The text is shorter than 500 characters: counts are per half a thousand.
    expect(features.get('amounts')).toBeCloseTo(Math.log1p(3 / 0.5), 5);
    expect(features.get('dates')).toBeCloseTo(Math.log1p(1 / 0.5), 5);
    expect(features.get('currencies')).toBeCloseTo(Math.log1p(1 / 0.5), 5);
    expect(features.get('blanks')).toBe(0);
  });

  it('comes to an end on text made to make regular expressions slow', () => {
    const text = `${'a'.repeat(20_000)} ${'1 111'.repeat(4000)} ${'_'.repeat(20_000)}`;
    expect([...contentFeatures(parsedText(text)).values()].every(Number.isFinite)).toBe(true);
  });
});

describe('cueFeatures', () => {
  it('finds the phrases of a type, and more of them in its own documents', () => {
    const features = cueFeatures(parsedText(INVOICE));
    expect(features.get('cue:invoice')).toBeGreaterThan(features.get('cue:resume') ?? Infinity);
    expect(features.get('heading:invoice')).toBeGreaterThan(0);
  });

  it('compares without case and diacritics', () => {
    const features = cueFeatures(parsedText('# NUMÉRO DE FACTURE'));
    expect(features.get('cue:invoice')).toBeGreaterThan(0);
  });

  it('finds whole words only', () => {
    expect(cueFeatures(parsedText('reform')).get('cue:form')).toBe(0);
  });
});

describe('layoutFeatures', () => {
  it('sees a landscape page', () => {
    expect(layoutFeatures(parsedText('Agenda', { width: 960, height: 540 })).get('landscape')).toBe(1);
    expect(layoutFeatures(parsedText('Agenda')).get('landscape')).toBe(0);
  });

  it('gives finite numbers for a document without pages', () => {
    const document = { ...parsedText(''), pages: [] };
    expect([...layoutFeatures(document).values()].every(Number.isFinite)).toBe(true);
    expect([...contentFeatures(document).values()].every(Number.isFinite)).toBe(true);
  });
});

describe('lexicalFeatures', () => {
  it('has unit length and stays within the buckets', () => {
    const features = lexicalFeatures(parsedText(INVOICE), 64);
    const length = [...features.values()].reduce((sum, weight) => sum + weight * weight, 0);
    expect(length).toBeCloseTo(1, 6);
    expect([...features.keys()].every((bucket) => bucket >= 0 && bucket < 64)).toBe(true);
  });
});

describe('documentFeatures', () => {
  it('keeps the mean of the embeddings, of unit length, beside the first', () => {
    const { embedding } = documentFeatures(parsedText(INVOICE), [
      Float32Array.of(1, 0),
      Float32Array.of(0, 1),
    ]);
    expect([...embedding].map((value) => Number(value.toFixed(4)))).toEqual([0.7071, 0.7071, 1, 0]);
  });

  it('leaves the layout of a generated text unknown', () => {
    const options = { hasLayout: false };
    const { numbers } = documentFeatures(parsedText(INVOICE), [Float32Array.of(1)], options);
    expect(numbers.get('layout:landscape')).toBeNaN();
    expect(numbers.get('cue:invoice')).toBeGreaterThan(0);
  });
});

describe('wordsOf', () => {
  it('folds case, diacritics and ligatures and leaves numbers out', () => {
    expect(wordsOf('Ofﬁce Müller 4711 L’été')).toEqual(['office', 'muller', 'l’ete']);
  });
});
