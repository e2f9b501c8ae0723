import { describe, expect, it } from '@jest/globals';
import { classifyError, PoisonError, type PdfParser } from '@docstream/core';
import { parserOf } from '@docstream/testing';
import { withFallback } from './fallback.js';

const named = (parser: string): PdfParser => parserOf({ parser, pages: [], metadata: {}, attachments: [] });

/** Which parsers were asked, and what came of it, when the first fails like this. */
async function readAfter(failure: Error, secondFails = false) {
  const asked: string[] = [];
  const result = await withFallback(
    ['first', 'second'].map((name) => () => Promise.resolve(named(name))),
    async (parser) => {
      const { parser: name } = await parser.open(new Uint8Array(), { maxPages: 1, maxCharacters: 1 });
      asked.push(name);
      if (name === 'first') throw failure;
      if (secondFails) throw new Error('the second fails as well');
      return name;
    },
  ).catch((thrown) => classifyError(thrown).code);
  return { asked, result };
}

describe('the order of parsers', () => {
  it.each([
    new PoisonError('PDF_MALFORMED', 'damaged'),
    new PoisonError('PDF_TRUNCATED', 'cut'),
    new TypeError('a bug of the library'),
  ])('tries the next one after: %s', async (failure) => {
    expect(await readAfter(failure)).toEqual({ asked: ['first', 'second'], result: 'second' });
  });

  it.each([
    'NOT_A_PDF',
    'PDF_ENCRYPTED',
    'PDF_NO_PAGES',
    'PDF_TOO_MANY_PAGES',
    'PARSE_OUTPUT_TOO_LARGE',
  ] as const)('tries no other after %s', async (code) => {
    expect(await readAfter(new PoisonError(code, 'final'))).toEqual({ asked: ['first'], result: code });
  });

  it('tries no other after a form that only a viewer can draw', async () => {
    const failure = new PoisonError('PDF_MALFORMED', 'XFA', { facts: { dynamicForm: true } });
    expect(await readAfter(failure)).toEqual({ asked: ['first'], result: 'PDF_MALFORMED' });
  });

  it('fails as the first did when no parser reads it', async () => {
    const { asked, result } = await readAfter(new PoisonError('PDF_TRUNCATED', 'cut'), true);
    expect({ asked, result }).toEqual({ asked: ['first', 'second'], result: 'PDF_TRUNCATED' });
  });
});
