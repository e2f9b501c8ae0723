import { parsedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { createClassifier } from './classifier.js';
import { renderFolderReport } from './folder-report.js';
import { type Sample, trainOnSamples, TrainingRefusal } from './folder-training.js';
import { serializeHead } from './head.js';
import { typeNameProblem } from './type-names.js';
import { hashText, wordsOf } from './words.js';

/** A few dimensions by the words: enough to tell texts apart. */
async function embed(texts: readonly string[]): Promise<readonly Float32Array[]> {
  return texts.map((text) => {
    const vector = new Float32Array(32);
    for (const word of wordsOf(text)) vector[hashText(word) % 32] = (vector[hashText(word) % 32] ?? 0) + 1;
    const length = Math.hypot(...vector) || 1;
    return vector.map((value) => value / length);
  });
}

const OPTIONS = { name: 'mine', model: 'words@1', embed };
const PLACES = ['Hull', 'Leeds', 'York', 'Derby', 'Bath', 'Truro', 'Ely'];

const inspection = (index: number): string =>
  `# Lift inspection\nThe lift in the building at ${PLACES[index]} was inspected on day ${index} and the cables and the brakes are in order, with the next inspection to be done by the engineer in a year`;
const minutes = (index: number): string =>
  `# Choir rehearsal\nThe choir of ${PLACES[index]} has met and all the singers were there to sing the new songs for the concert, which will be on day ${index} at the old church, so please be on time for it`;

function samplesOf(perType: number): readonly Sample[] {
  const all = Array.from({ length: perType }, (_, index) => [
    { id: `inspection/${index}.pdf`, type: 'inspection', document: parsedText(inspection(index)) },
    { id: `rehearsal/${index}.pdf`, type: 'rehearsal', document: parsedText(minutes(index)) },
  ]);
  return all.flat();
}

describe('trainOnSamples', () => {
  it('makes a head of eight documents that tells their types, and of another kind that it is neither', async () => {
    const { head, validation, background } = await trainOnSamples(samplesOf(4), OPTIONS);
    expect(validation?.forced.accuracy).toBe(1);
    expect(background).toBeGreaterThan(0);
    const embedder = { name: 'words@1', dimensions: 32, embed, close: async () => undefined };
    const classifier = await createClassifier({ head: serializeHead(head, {}) }, embedder);
    const typeOf = async (text: string): Promise<string> =>
      (await classifier.classify(parsedText(text))).classification.type;
    expect(await typeOf(inspection(5))).toBe('inspection');
    expect(await typeOf(minutes(6))).toBe('rehearsal');
    const receipt =
      '# Receipt\nDate paid 3 May 2025 payment method card\nDescription qty amount\nCoffee beans 2 14.00\nSubtotal 14.00\nTotal 14.00\nAmount paid 14.00\nThank you for your payment to the shop';
    expect(await typeOf(receipt)).toBe('unknown');
  });

  it('makes the same head of the same documents', async () => {
    const [first, again] = [
      await trainOnSamples(samplesOf(3), OPTIONS),
      await trainOnSamples(samplesOf(3), OPTIONS),
    ];
    expect(again.head).toEqual(first.head);
    expect(first.head.name).toMatch(/^mine@[0-9a-f]{8}$/);
  });

  it('measures nothing with two documents a type, and says so', async () => {
    const training = await trainOnSamples(samplesOf(2), OPTIONS);
    expect(training.validation).toBeNull();
    expect(renderFolderReport(training, [])).toContain('Nothing: with fewer than three documents of a type');
  });

  it.each([
    ['one type', samplesOf(3).filter(({ type }) => type === 'inspection'), 'one type only (inspection)'],
    ['one document of a type', samplesOf(2).slice(1), 'inspection (1)'],
    ['nothing', [], 'no type'],
  ])('refuses %s', async (_, samples, reason) => {
    const training = trainOnSamples(samples, OPTIONS);
    await expect(training).rejects.toThrow(TrainingRefusal);
    await expect(training).rejects.toThrow(reason);
  });

  it('leaves out a document without text and one that is alone in its language, and names them', async () => {
    const german =
      'Wir teilen Ihnen mit, dass die bestellten Waren am Montag versendet werden und bis zum Ende der Woche bei Ihnen sein sollten, und danken Ihnen für den Auftrag.';
    const odd: readonly Sample[] = [
      { id: 'inspection/scan.pdf', type: 'inspection', document: parsedText('') },
      { id: 'rehearsal/de.pdf', type: 'rehearsal', document: parsedText(german) },
    ];
    const training = await trainOnSamples([...samplesOf(3), ...odd], OPTIONS);
    expect(training.head.languages).toEqual(['en']);
    expect(training.skipped.map(({ id }) => id)).toEqual(['inspection/scan.pdf', 'rehearsal/de.pdf']);
    const report = renderFolderReport(training, [{ id: 'a|b.pdf', reason: 'NOT_A_PDF' }]);
    expect(report).toContain('| a\\|b.pdf | NOT_A_PDF |');
    expect(report).toContain('| rehearsal/de.pdf | it is not in en');
  });

  it('takes the languages that it is told', async () => {
    const { head } = await trainOnSamples(samplesOf(2), { ...OPTIONS, languages: ['en', 'fr'] });
    expect(head.languages).toEqual(['en', 'fr']);
  });
});

describe('typeNameProblem', () => {
  it.each([
    ['supplier-bill', null],
    ['Supplier Bill', 'lower-case letters'],
    ['unknown', 'no type fits'],
  ])('judges %s', (name, problem) => {
    if (problem === null) expect(typeNameProblem(name)).toBeNull();
    else expect(typeNameProblem(name)).toContain(problem);
  });
});
