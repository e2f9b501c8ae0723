import type { Block, ParsedDocument } from '@docstream/contracts';
import { seededRandom } from '../statistics.js';
import { ENGLISH } from './english.js';
import { FRENCH } from './french.js';
import { GERMAN } from './german.js';
import type { TextTemplate } from './template.js';
import { VOCABULARIES, type Vocabulary } from './vocabulary.js';

export interface GeneratedText {
  readonly id: string;
  readonly type: string;
  readonly language: string;
  /** One a template. */
  readonly group: string;
  /** One page of lines; its layout means nothing. */
  readonly document: ParsedDocument;
}

const TEMPLATES: readonly (readonly [language: 'en' | 'de' | 'fr', templates: readonly TextTemplate[]])[] = [
  ['en', ENGLISH],
  ['de', GERMAN],
  ['fr', FRENCH],
];

/**
 * Training material for types that the corpus has too few of: every template `variants` times, filled at random but
 * repeatably. Never to be evaluated on.
 */
export function generateTexts(variants: number): readonly GeneratedText[] {
  const random = seededRandom(20_261_123);
  return TEMPLATES.flatMap(([language, templates]) =>
    templates.flatMap((template, index) =>
      Array.from({ length: variants }, (_, variant) => {
        const group = `generated/${language}/${template.type}-${index}`;
        const lines = fillTemplate(template, VOCABULARIES[language], random);
        return {
          id: `${group}/${variant}`,
          type: template.type,
          language,
          group,
          document: documentOf(lines, language),
        };
      }),
    ),
  );
}

function fillTemplate(template: TextTemplate, vocabulary: Vocabulary, random: () => number): string[] {
  const lines: string[] = [];
  for (const line of template.lines) {
    if (line.startsWith('?') && random() < 0.4) continue;
    const times = line.startsWith('*') ? 2 + Math.floor(random() * 6) : 1;
    for (let time = 0; time < times; time += 1) {
      lines.push(
        line
          .replace(/^(?:[?*]|# )/, '')
          .replace(/\{(\w+)\}/g, (_, slot: string) => fillSlot(slot, vocabulary, random)),
      );
    }
  }
  return lines;
}

function fillSlot(slot: string, vocabulary: Vocabulary, random: () => number): string {
  const pick = (values: readonly string[]): string => values[Math.floor(random() * values.length)] ?? '';
  const between = (low: number, high: number): number => low + Math.floor(random() * (high - low));
  const digits = (length: number): string => String(between(10 ** (length - 1), 10 ** length));
  const two = (number: number): string => String(number).padStart(2, '0');
  const amount = (): string => `${between(1, 2500)}${vocabulary.decimal}${two(between(0, 100))}`;
  const person = (): string => `${pick(vocabulary.first)} ${pick(vocabulary.last)}`;
  switch (slot) {
    case 'company':
      return `${pick(vocabulary.firms)} ${pick(vocabulary.suffixes)}`;
    case 'person':
      return person();
    case 'firstName':
      return pick(vocabulary.first);
    case 'lastName':
      return pick(vocabulary.last);
    case 'title':
      return pick(vocabulary.titles);
    case 'city':
      return pick(vocabulary.cities);
    case 'street':
      return pick(vocabulary.streets);
    case 'item':
      return pick(vocabulary.items);
    case 'word':
      return pick(vocabulary.words);
    case 'short':
      return pick(vocabulary.shorts);
    case 'prose':
      return `${pick(vocabulary.prose)} ${pick(vocabulary.prose)}`;
    case 'job':
      return pick(vocabulary.jobs);
    case 'month':
      return pick(vocabulary.months);
    case 'contractTitle':
      return pick(vocabulary.contracts);
    case 'product':
      return pick(vocabulary.products);
    case 'email':
      return `${pick(vocabulary.first).toLowerCase()}@example.com`;
    case 'phone':
      return `+${between(1, 50)} ${digits(3)} ${digits(6)}`;
    case 'iban':
      return `DE${digits(2)} ${digits(4)} ${digits(4)} ${digits(4)} ${digits(4)} ${digits(2)}`;
    case 'number':
      return pick([digits(5), digits(8), `${between(2015, 2026)}-${digits(4)}`, `A${digits(6)}`]);
    case 'code':
      return `${pick(['AB', 'KX', 'QT', 'ZR'])}${digits(5)}`;
    case 'small':
      return String(between(1, 40));
    case 'qty':
      return String(between(1, 400));
    case 'year':
      return String(between(1998, 2026));
    case 'percent':
      return `${between(1, 30)} %`;
    case 'amount':
      return amount();
    case 'money':
      return `${amount()} ${pick(vocabulary.currencies)}`;
    case 'time':
      return `${two(between(7, 20))}:${two(between(0, 60))}`;
    case 'date':
      return pick([
        `${two(between(1, 29))}.${two(between(1, 13))}.${between(2010, 2026)}`,
        `${between(2010, 2026)}-${two(between(1, 13))}-${two(between(1, 29))}`,
        `${between(1, 29)} ${pick(vocabulary.months)} ${between(2010, 2026)}`,
        `${two(between(1, 13))}/${two(between(1, 29))}/${between(2010, 2026)}`,
      ]);
    default:
      throw new RangeError(`a template names the unknown slot {${slot}}`);
  }
}

function documentOf(lines: readonly string[], language: string): ParsedDocument {
  const blocks: readonly Block[] = lines.map((text, index) => {
    const top = 40 + index * 14;
    const box = [50, top, 50 + text.length * 5, top + 10] as const;
    const words = text.split(' ').map((word) => ({ text: word, box }));
    return { box, lines: [{ text, box, words, fontSize: 10, bold: false }] };
  });
  return {
    version: 1,
    pages: [{ number: 1, width: 595, height: 842, rotation: 0, state: 'text', blocks }],
    metadata: {},
    attachments: [],
    language,
    quality: 'complete',
    parser: 'generated',
  };
}
