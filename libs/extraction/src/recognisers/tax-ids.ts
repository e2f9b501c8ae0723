import { validate as isAustrianNumber } from 'stdnum/lib/cjs/at/tin.js';
import { validate as isAbn } from 'stdnum/lib/cjs/au/abn.js';
import { validate as isCanadianNumber } from 'stdnum/lib/cjs/ca/bn.js';
import { validate as isGermanId } from 'stdnum/lib/cjs/de/idnr.js';
import { validate as isNif } from 'stdnum/lib/cjs/es/nif.js';
import { validate as isSiren } from 'stdnum/lib/cjs/fr/siren.js';
import { validate as isSiret } from 'stdnum/lib/cjs/fr/siret.js';
import { validate as isUtr } from 'stdnum/lib/cjs/gb/utr.js';
import { validate as isGstin } from 'stdnum/lib/cjs/in/gstin.js';
import { validate as isCodiceFiscale } from 'stdnum/lib/cjs/it/codicefiscale.js';
import { validate as isEin } from 'stdnum/lib/cjs/us/ein.js';
import type { Match, Recogniser } from '../match.js';
import { fold } from '../tokens.js';
import type { NumberCheck } from './vat-checks.js';

interface TaxId {
  /** How it is printed. */
  readonly shape: RegExp;
  /** Absent where nothing but the shape can be checked: a Steuernummer's check digit depends on the Land. */
  readonly check?: NumberCheck;
  /** What stands before it, folded. */
  readonly word: RegExp;
  /** How sure the number is of itself, without that word; 0: it is a number like any other. */
  readonly alone: number;
}

const shape = (source: string): RegExp =>
  new RegExp(`(?<![\\p{L}\\d./-])(?:${source})(?![\\p{L}\\d]|[./-]\\d)`, 'gu');

const STEUERNUMMER = /steuer\s?-?\s?(?:nummer|nr)|(?<!\p{L})st\.?\s?-?\s?(?:nr|nummer)/u;

/** Two or three digits of the Finanzamt, and eight of the person: the check digit among them differs by Land. */
const isOfLand: NumberCheck = (digits) => ({ isValid: digits.length === 10 || digits.length === 11 });

const TAX_IDS: readonly TaxId[] = [
  { shape: shape(String.raw`\d{2,3}\/\d{3,4}\/\d{4,5}`), check: isOfLand, word: STEUERNUMMER, alone: 0.6 },
  {
    shape: shape(String.raw`\d{3} \d{3} \d{3} \d{2}|\d{10,11}|\d{13}`),
    word: STEUERNUMMER,
    alone: 0,
  },
  {
    shape: shape(String.raw`\d{2}(?: ?\d{3}){3}`),
    check: isGermanId,
    word: /(?<!ust-?)(?:identifikationsnummer|(?<!\p{L})id\s?-?\s?nr|steuer-?\s?id)/u,
    alone: 0,
  },
  {
    shape: shape(String.raw`\d{2}[ -]?\d{3}\/\d{4}`),
    check: isAustrianNumber,
    word: /steuer|finanzamt/u,
    alone: 0.6,
  },
  {
    shape: shape(String.raw`\d{3}[ .]?\d{3}[ .]?\d{3}[ .]?\d{5}`),
    check: isSiret,
    word: /siret/u,
    alone: 0.6,
  },
  {
    shape: shape(String.raw`\d{3}[ .]?\d{3}[ .]?\d{3}`),
    check: isSiren,
    word: /siren|(?<!\p{L})r\.?\s?[cs]\.?\s?[cs]\.?(?!\p{L})/u,
    alone: 0,
  },
  {
    shape: shape(String.raw`\d{2}-\d{7}`),
    check: isEin,
    word: /(?<!\p{L})(?:f?ein|tin|tax\s?id|taxpayer|irs|employer identification|federal id)/u,
    alone: 0.6,
  },
  {
    shape: shape(String.raw`\d{5} ?\d{5}`),
    check: isUtr,
    word: /(?<!\p{L})(?:utr|unique taxpayer)/u,
    alone: 0,
  },
  {
    shape: shape(String.raw`\d{2}(?: ?\d{3}){3}`),
    check: isAbn,
    word: /(?<!\p{L})a\.?b\.?n(?!\p{L})/u,
    alone: 0,
  },
  {
    shape: shape(String.raw`\d{9} ?R[CPTR] ?\d{4}`),
    check: isCanadianNumber,
    word: /gst|hst|business/u,
    alone: 0.9,
  },
  { shape: shape('[A-Z0-9]{15}'), check: isGstin, word: /gst/u, alone: 0.9 },
  {
    shape: shape('[A-Z]{6}[A-Z0-9]{9}[A-Z]'),
    check: isCodiceFiscale,
    word: /fiscale|(?<!\p{L})c\.?\s?f/u,
    alone: 0.9,
  },
  {
    shape: shape(String.raw`[A-Z]-?\d{7}-?[A-Z0-9]|\d{8}-?[A-Z]`),
    check: isNif,
    word: /(?<!\p{L})(?:n\.?i\.?f|c\.?i\.?f)/u,
    alone: 0,
  },
];

const TELEPHONE = /(?<!\p{L})(?:tele?|tele?(?:fon|phone|fax)|phone|fax|mobil\p{L}?)(?!\p{L})/u;
const WORD_REACH = 40;
const SURE = 0.92;
const UNCHECKED = 0.5;

/**
 * Tax and company numbers that are no VAT ids, without blanks and dots: Steuernummer and IdNr, SIREN and SIRET, EIN, UTR, ABN, GSTIN and
 * others. 0.92 behind the word for it and with right check digits, 0.5 with wrong ones; without the word only what no other number looks like.
 */
export const recogniseTaxIds: Recogniser<string> = (text) => {
  const found: Match<string>[] = [];
  if (!/\d{2}/u.test(text)) return found;
  const folded = new Map<number, string>();
  for (const { shape: pattern, check, word, alone } of TAX_IDS) {
    for (const match of text.matchAll(pattern)) {
      const start = match.index;
      const end = start + match[0].length;
      const before = folded.get(start) ?? fold(text.slice(Math.max(0, start - WORD_REACH), start));
      folded.set(start, before);
      const compact = match[0].replace(/[ ./-]/gu, '');
      const isRight = check?.(compact).isValid ?? true;
      const words = lastWords(before);
      if (TELEPHONE.test(words)) continue;
      const isNamed = word.test(words);
      if (!isNamed && (!isRight || alone === 0)) continue;
      const confidence = !isRight ? UNCHECKED : isNamed ? SURE : alone;
      found.push({ start, end, value: match[0].replace(/[ .]/gu, ''), confidence });
    }
  }
  return withoutOverlaps(found);
};

/** Behind the last other number: the words that can belong to this one. */
function lastWords(before: string): string {
  return before.slice(before.search(/\d[^\d]*$/u) + 1);
}

/** The surest of those that overlap, the longest of equals. */
function withoutOverlaps(found: readonly Match<string>[]): readonly Match<string>[] {
  const kept: Match<string>[] = [];
  const best = [...found].sort(
    (one, other) => other.confidence - one.confidence || other.end - other.start - (one.end - one.start),
  );
  for (const match of best)
    if (!kept.some(({ start, end }) => match.start < end && match.end > start)) kept.push(match);
  return kept.sort((one, other) => one.start - other.start);
}
