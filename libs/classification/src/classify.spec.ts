import { describe, expect, it } from '@jest/globals';
import { FatalError } from '@docstream/core';
import { parsedText } from '@docstream/testing';
import { classifyDocument, hasEnoughText, isJudgeable } from './classify.js';
import { documentFeatures, FEATURES_VERSION } from './features.js';
import { type Head, parseHead, serializeHead } from './head.js';
import { type Example, trainHead } from './train.js';

const INVOICE =
  '# Invoice\nInvoice number 4711 of the first of March, bill to Example Ltd for the paper and the pens that you have ordered, amount due in thirty days with thanks from all of us';
const LETTER =
  '# Jane Doe\nDear Sir, thank you for your letter in which you ask about the garden and the old house at the river; I am sorry to say that it is sold. Yours sincerely, Jane Doe';

const embeddingOf = (text: string): Float32Array =>
  Float32Array.of(text === INVOICE ? 1 : 0, text === LETTER ? 1 : 0);

function toyHead(): Head {
  const examples = [INVOICE, LETTER].flatMap((text, which) =>
    ['x', 'y', 'z'].map((suffix): Example => ({
      id: `${which}${suffix}`,
      type: which === 0 ? 'invoice' : 'letter',
      alsoAcceptable: [],
      group: `${which}${suffix}`,
      generated: false,
      features: documentFeatures(parsedText(`${text} ${suffix}`), [embeddingOf(text)]),
    })),
  );
  return {
    ...trainHead(examples),
    name: 'toy@1',
    model: 'letters@1',
    languages: ['en'],
    temperature: 1,
    threshold: 0.6,
  };
}

const head = toyHead();

describe('classifyDocument', () => {
  it('names the type, its confidence, margin, runner-up and versions', () => {
    const decided = classifyDocument(parsedText(INVOICE), [embeddingOf(INVOICE)], head);
    expect(decided).toMatchObject({ type: 'invoice', runnerUp: 'letter', model: 'letters@1', head: 'toy@1' });
    expect(decided.confidence).toBeGreaterThan(0.6);
    expect(decided.margin).toBeCloseTo(2 * decided.confidence - 1, 5);
  });

  it('is unknown below the threshold and says what it would have been', () => {
    const decided = classifyDocument(parsedText(INVOICE), [embeddingOf(INVOICE)], { ...head, threshold: 1 });
    expect(decided).toMatchObject({ type: 'unknown', runnerUp: 'invoice' });
    expect(decided.confidence).toBeGreaterThan(0.6);
  });

  it('is unknown with confidence 0 for too little text', () => {
    const decided = classifyDocument(parsedText('# Invoice\n4711'), [embeddingOf(INVOICE)], head);
    expect(decided).toMatchObject({ type: 'unknown', confidence: 0, margin: 0, runnerUp: null });
  });

  it('is unknown with confidence 0 for a language that the head was not trained on', () => {
    const german =
      'Rechnung für die Waren, die Sie am ersten März bei uns bestellt haben und die wir Ihnen mit der Post gesendet haben, zahlbar in dreißig Tagen';
    const decided = classifyDocument(parsedText(german), [embeddingOf(INVOICE)], head);
    expect(decided).toMatchObject({ type: 'unknown', confidence: 0 });
    expect(isJudgeable(parsedText(german), ['de'])).toBe(true);
  });

  it('is unknown without embeddings', () => {
    expect(classifyDocument(parsedText(INVOICE), [], head).type).toBe('unknown');
  });
});

describe('hasEnoughText', () => {
  it.each([
    ['nothing', '', false],
    ['numbers only', '12 34 56 78 '.repeat(30), false],
    ['a few words', 'Seite 1 von 3', false],
    ['a short letter', LETTER, true],
  ])('judges %s', (_, text, expected) => {
    expect(hasEnoughText(parsedText(text))).toBe(expected);
  });
});

describe('the head file', () => {
  const trainedOn = { documents: 6 };

  it('gives back the head it was made of', () => {
    expect(parseHead(serializeHead(head, trainedOn))).toEqual(head);
  });

  it.each([
    ['no JSON', 'nonsense'],
    ['another format', JSON.stringify({ format: 'other' })],
    [
      'features of another version',
      serializeHead(head, trainedOn).replace(`"features": ${FEATURES_VERSION}`, '"features": 999'),
    ],
    ['weights of another size', serializeHead({ ...head, weights: head.weights.slice(1) }, trainedOn)],
    [
      'a weight that is no number',
      serializeHead({ ...head, weights: head.weights.with(0, Number.NaN) }, trainedOn),
    ],
  ])('is refused when it is %s', (_, text) => {
    expect(() => parseHead(text)).toThrow(FatalError);
  });
});
