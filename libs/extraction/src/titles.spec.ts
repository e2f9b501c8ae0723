import { placedDocument, shippedDefinitionFiles, type PlacedText } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import { readDefinitions } from './definitions/index.js';
import { extractFields } from './extract-fields.js';

const definitions = readDefinitions([{ files: shippedDefinitionFiles() }]);
const PROSE: readonly PlacedText[] = [0, 1, 2, 3, 4].map((line): PlacedText => [
  'The quick brown fox jumps over the lazy dog while nobody is looking at it.',
  60,
  400 + 14 * line,
]);

function titleOf(type: string, texts: readonly PlacedText[]): unknown {
  const found = extractFields(placedDocument([[...texts, ...PROSE]]), type, { definitions });
  return found.find(({ name }) => name === 'title')?.value;
}

describe('titles', () => {
  it.each<readonly [string, string, string, PlacedText[]]>([
    [
      'not the company in larger type',
      'Holiday Request Form',
      'form',
      [
        ['Sample Logistics Ltd', 60, 50, 22],
        ['Holiday Request Form', 60, 110, 14],
      ],
    ],
    [
      'a form by its number',
      'FORM 20-X',
      'report',
      [
        ['STATE COMMISSION FOR SAMPLES', 150, 50, 12],
        ['FORM 20-X', 260, 90, 14],
        ['Sample Logistics Inc.', 220, 200, 18],
      ],
    ],
    [
      'one word that names a kind of document',
      'PROTOKOLL',
      'report',
      [
        ['AUSSCHUSS FÜR BEISPIELE', 180, 50, 12],
        ['PROTOKOLL', 250, 80, 12],
        ['Sitzung vom 3. Mai', 230, 93, 12],
      ],
    ],
    [
      'not the name of the series in the largest type',
      'Copper Prices (1Q, 2021)',
      'report',
      [
        ['BULLETIN', 60, 40, 60],
        ['Copper Prices (1Q, 2021)', 60, 130, 24],
      ],
    ],
    [
      'not what stands far to the right',
      'Weekly Harvest Summary',
      'news-newsletter',
      [
        ['Weekly Harvest Summary', 40, 40, 13],
        ['Ministry of Samples', 420, 40, 13],
      ],
    ],
    [
      'a name in one word with the smaller line under it',
      'Streamly Threat Assessment',
      'report',
      [
        ['Streamly', 72, 200, 26],
        ['Threat Assessment', 72, 238, 15],
      ],
    ],
    [
      'two lines',
      'Sharing Agreement for Tools of Small Workshops',
      'contract-legal',
      [
        ['Sharing Agreement for Tools of', 150, 60, 16],
        ['Small Workshops', 220, 79, 16],
      ],
    ],
    [
      'without the acronym of the issuer above it',
      'VOLUNTEER CONTRIBUTOR AGREEMENT',
      'contract-legal',
      [
        ['SPCA', 280, 30],
        ['VOLUNTEER CONTRIBUTOR AGREEMENT', 210, 42],
      ],
    ],
    [
      'without a decorated line above it',
      'Labelling of Sample Data',
      'manual-datasheet',
      [
        ['- Handbook -', 230, 60, 18],
        ['Labelling of Sample Data', 180, 82, 18],
      ],
    ],
    [
      'without the number of the section',
      'Statement of Sample Movements',
      'financial-statement',
      [['(3) Statement of Sample Movements', 60, 60, 16]],
    ],
  ])('are read as printed: %s', (_, title, type, texts) => {
    expect(titleOf(type, texts)).toBe(title);
  });

  it('are no rows of heads of columns', () => {
    const heads = ['FIRST DATE', 'SECOND DATE', 'LIMIT IN ALL', 'LEAST AMOUNT'];
    const texts = heads.map((text, index): PlacedText => [text, 40 + 130 * index, 60, 14]);
    const line = texts.map(([text]) => text).join(' ');
    expect(titleOf('financial-statement', texts)).not.toBe(line);
  });
});
