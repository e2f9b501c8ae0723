import { describe, expect, it } from '@jest/globals';
import { parsedText } from '@docstream/testing';
import { explainDocument } from './explain.js';
import { documentFeatures } from './features.js';
import type { Head } from './head.js';
import { type Example, trainHead } from './train.js';

const INVOICE =
  '# Invoice\nInvoice number 4711 of the first of March, bill to Example Ltd for the paper and the pens that you have ordered, amount due in thirty days with thanks from all of us';
const LETTER =
  '# Jane Doe\nDear Sir, thank you for your letter in which you ask about the garden and the old house at the river; I am sorry to say that it is sold. Yours sincerely, Jane Doe';
const CHUNKS = ['Invoice number', 'thanks'];
const EMBEDDINGS = [Float32Array.of(0.8, 0.6), Float32Array.of(0, 1)];

function toyHead(): Head {
  const examples = [INVOICE, LETTER].flatMap((text, which) =>
    ['x', 'y'].map((suffix): Example => ({
      id: `${which}${suffix}`,
      type: which === 0 ? 'invoice' : 'letter',
      alsoAcceptable: [],
      group: `${which}${suffix}`,
      generated: false,
      features: documentFeatures(parsedText(`${text} ${suffix}`), [
        Float32Array.of(which === 0 ? 1 : 0, which === 0 ? 0 : 1),
      ]),
    })),
  );
  const versions = { name: 'toy@1', model: 'letters@1', languages: ['en'] };
  return { ...trainHead(examples), ...versions, temperature: 0.7, threshold: 0.6 };
}

const head = toyHead();

describe('explainDocument', () => {
  it('gives shares that add up to the odds of the two likeliest types', () => {
    const { ranked, between, contributions, chunks, bias, rest } = explainDocument(
      parsedText(INVOICE),
      CHUNKS,
      EMBEDDINGS,
      head,
      3,
    );
    expect(between).toEqual({ likeliest: 'invoice', rival: 'letter' });
    expect(contributions).toHaveLength(3);
    const sum = [...contributions, ...chunks].reduce(
      (total, { weight }) => total + (weight ?? 0),
      bias + rest,
    );
    expect(sum).toBeCloseTo(Math.log((ranked[0]?.probability ?? 0) / (ranked[1]?.probability ?? 1)), 4);
  });

  it('names the words, and the phrases that were found', () => {
    const { contributions } = explainDocument(parsedText(INVOICE), CHUNKS, EMBEDDINGS, head, 500);
    const wordsFor = contributions.filter(({ kind, weight }) => kind === 'word' && weight > 0);
    expect(wordsFor.some(({ name }) => name.split(' | ').includes('^invoice'))).toBe(true);
    expect(contributions.find(({ name }) => name === 'cue:invoice')?.found).toContain('invoice number');
  });

  it('says how each chunk begins and for what it speaks', () => {
    const { chunks } = explainDocument(parsedText(INVOICE), CHUNKS, EMBEDDINGS, head);
    expect(chunks.map(({ beginning }) => beginning)).toEqual(CHUNKS);
    expect(chunks[0]?.weight).toBeGreaterThan(0);
    expect(chunks[1]?.weight).toBeLessThan(0);
  });

  it('explains a document that was kept from the head by its language or length alone', () => {
    const german = parsedText(
      'Wir teilen Ihnen mit, dass die bestellten Waren am Montag versendet werden und bis zum Ende der Woche bei Ihnen sein sollten, und danken Ihnen.',
    );
    expect(explainDocument(german, CHUNKS, EMBEDDINGS, head)).toMatchObject({
      classification: { type: 'unknown', confidence: 0 },
      language: { isForeign: true, because: 'words', strongest: 'de' },
      between: null,
      contributions: [],
    });
    expect(explainDocument(parsedText('# Invoice'), [], [], head)).toMatchObject({
      hasEnoughText: false,
      ranked: [],
    });
  });
});
