import type { DocumentLocale } from '../locale.js';
import type { Match, Recogniser } from '../match.js';
import { isCountry } from './countries.js';

/** A line of an address, or what stands between commas. */
interface Part {
  readonly text: string;
  readonly start: number;
  readonly end: number;
}

const SEPARATOR = /\n|,\s*|\s+[-–—•·|●]\s+|\s*[•·|●]\s*|;\s+/gu;
const LONGEST_PART = 60;
const MOST_LINES_BETWEEN = 2;

const TOWN_NAME = String.raw`\p{Lu}[\p{L}\p{M}.'’/ -]{1,38}(?:\s\d{1,2})?(?:\s\([^()]{1,20}\))?`;
const STATES =
  'A[KLRZ]|C[AOT]|DC|DE|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|PR|RI|S[CD]|T[NX]|UT|VA|VT|W[AIVY]';
/** A postcode and a town; of those with a town before the comma only the rest. */
const CODE_AND_TOWN = new RegExp(
  String.raw`^(?:(?:D|DE|A|AT|CH|F|FR|L|B|BE|I|E|NL|LI)[- ]{1,3})?\d{5}\s${TOWN_NAME}$`,
  'u',
);
const SHORT_CODE_AND_TOWN = new RegExp(
  String.raw`^((?:A|AT|CH|L|B|BE|DK|NO|LI)[- ]{1,3})?\d{4}\s${TOWN_NAME}$`,
  'u',
);
const DUTCH = new RegExp(String.raw`^\d{4}\s?[A-Z]{2}\s{1,2}${TOWN_NAME}$`, 'u');
const AMERICAN = new RegExp(String.raw`^(?:(${TOWN_NAME})\s)?(?:${STATES})\.?\s{1,2}\d{5}(?:-\d{4})?$`, 'u');
const BRITISH = new RegExp(String.raw`^(?:(${TOWN_NAME})\s)?[A-Z]{1,2}\d[A-Z\d]?\s\d[A-Z]{2}$`, 'u');
const CANADIAN = new RegExp(
  String.raw`^(?:(${TOWN_NAME})\s)?(?:[A-Z]{2}\s{1,2})?[A-Z]\d[A-Z]\s?\d[A-Z]\d$`,
  'u',
);
const AUSTRALIAN = new RegExp(
  String.raw`^(?:(${TOWN_NAME})\s)?(?:NSW|VIC|QLD|WA|SA|TAS|ACT|NT)\s{1,2}\d{4}$`,
  'u',
);
const TOWN_FIRST = [AMERICAN, BRITISH, CANADIAN, AUSTRALIAN];
const BARE_TOWN = new RegExp(`^${TOWN_NAME}$`, 'u');

const STREET_WORD =
  /(?:straße|strasse|str\.|gasse|platz|allee|damm|ufer|ring|weg|chaussee)(?!\p{L})|(?<!\p{L})(?:street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|way|court|ct|square|sq|place|pl|parkway|pkwy|highway|hwy|close|crescent|terrace|row|broadway|rue|quai|chemin|impasse|route|cours|allée|faubourg|via|viale|piazza|calle|avenida|laan|straat)(?!\p{L})|(?:laan|straat|weg|plein)(?!\p{L})/iu;
const BOX =
  /^(?:p\.?\s?o\.?\s?box|postfach|post office box|b\.?\s?p\.?|case postale|postbus|apartado)\s?\d{0,8}/iu;
const NUMBER_FIRST =
  /^\d{1,5}\s?(?:[a-z]|bis|ter)?[,-]?\s\p{L}[\p{L}\p{M}\d.'’ -]{2,48}(?:\s#\s?\w{1,6})?$/iu;
const NUMBER_LAST = /^\p{L}[\p{L}\p{M}.'’ -]{2,44}\s\d{1,4}\s?[a-z]?(?:\s?[-/+]\s?\d{1,4}\s?[a-z]?)?$/iu;
const NO_STREET =
  /@|www\.|^\d{1,2}\.?\s\p{L}{3,9}\.?\s\d{4}$|(?<!\p{L})(?:tel|telefon|phone|fax|page|seite|invoice|rechnung|order|date|datum|item|table|figure|section|chapter|days?|months?|years?|januar|january|février|march|april|juni|june|juli|july|august|september|october|november|december)(?!\p{L})/iu;
const COUNTRIES_OF_SHORT_CODES = new Set(['AT', 'CH', 'BE', 'LU', 'DK', 'NO', 'LI', 'HU', 'BG']);

/**
 * Postal addresses in a text of lines or with commas: a street or box, at most two lines more, postcode and town, a country
 * where there is one. The value is one line with commas, without the name of the addressee. German, French, British,
 * American and like shapes.
 */
export const recogniseAddresses: Recogniser<string> = (text, locale) => {
  const found: Match<string>[] = [];
  if (!/\d{4}|[A-Z]\d/u.test(text)) return found;
  const parts = partsOf(text);
  let free = 0;
  for (let at = 0; at < parts.length; at += 1) {
    const town = townAt(parts, at, locale);
    if (town === undefined || town.first < free) continue;
    const street = town.hasStreet === true ? town.first : streetBefore(parts, town.first, free);
    if (street === undefined) continue;
    if (town.isDoubtful && !STREET_WORD.test(parts[street]?.text ?? '')) continue;
    const country = parts[at + 1];
    const hasCountry = country !== undefined && isCountry(country.text);
    const taken = parts.slice(street, at + (hasCountry ? 2 : 1));
    found.push({
      start: taken[0]?.start ?? 0,
      end: taken.at(-1)?.end ?? 0,
      value: taken.map((part) => part.text.replace(/\s+/gu, ' ')).join(', '),
      confidence: STREET_WORD.test(parts[street]?.text ?? '') || hasCountry ? 0.93 : 0.85,
    });
    free = at + 1;
  }
  return found;
};

/** Parts between commas, bullets and ends of lines; a house number before its comma stays with the street ("12, rue de la Paix"). */
function partsOf(text: string): readonly Part[] {
  const parts: Part[] = [];
  let start = 0;
  const add = (end: number): void => {
    const raw = text.slice(start, end);
    const trimmed = raw.trim();
    if (trimmed === '') return;
    const from = start + raw.indexOf(trimmed);
    const last = parts.at(-1);
    const isNumber = last !== undefined && /^\d{1,4}\s?(?:[a-z]|bis|ter)?$/iu.test(last.text);
    if (isNumber && text.slice(last.end, from).trim() === ',') {
      parts.pop();
      parts.push({ text: `${last.text} ${trimmed}`, start: last.start, end: from + trimmed.length });
    } else parts.push({ text: trimmed, start: from, end: from + trimmed.length });
  };
  for (const match of text.matchAll(SEPARATOR)) {
    add(match.index);
    start = match.index + match[0].length;
  }
  add(text.length);
  return parts;
}

interface Town {
  /** Where the town begins: before its postcode there may be a part of its own. */
  readonly first: number;
  /** A number of four digits may be a year. */
  readonly isDoubtful: boolean;
  /** The part of the town begins with the street: "1 High Street Leeds, …". */
  readonly hasStreet?: boolean;
}

function townAt(parts: readonly Part[], at: number, { country }: DocumentLocale): Town | undefined {
  const text = parts[at]?.text ?? '';
  if (text.length > LONGEST_PART || text.length < 4) return undefined;
  if (CODE_AND_TOWN.test(text) || DUTCH.test(text)) return { first: at, isDoubtful: false };
  const short = SHORT_CODE_AND_TOWN.exec(text);
  if (short !== null)
    return { first: at, isDoubtful: short[1] === undefined && !COUNTRIES_OF_SHORT_CODES.has(country ?? '') };
  for (const pattern of TOWN_FIRST) {
    const match = pattern.exec(text);
    if (match === null) continue;
    if (match[1] !== undefined) return { first: at, isDoubtful: false };
    const before = parts[at - 1]?.text ?? '';
    if (BARE_TOWN.test(before)) return { first: at - 1, isDoubtful: false };
    return NUMBER_FIRST.test(before) && STREET_WORD.test(before)
      ? { first: at - 1, isDoubtful: false, hasStreet: true }
      : undefined;
  }
  return undefined;
}

/** The street before the town: the farthest that has a word for one or begins with its number, else the nearest that has a number. */
function streetBefore(parts: readonly Part[], town: number, free: number): number | undefined {
  let sure: number | undefined;
  let nearest: number | undefined;
  for (let at = town - 1; at >= Math.max(free, town - 1 - MOST_LINES_BETWEEN); at -= 1) {
    const text = parts[at]?.text ?? '';
    if (text.length > LONGEST_PART || NO_STREET.test(text)) break;
    const hasNumber = NUMBER_FIRST.test(text) || NUMBER_LAST.test(text);
    if (BOX.test(text) || (hasNumber && (STREET_WORD.test(text) || NUMBER_FIRST.test(text)))) sure = at;
    else if (hasNumber || (at === town - 1 && STREET_WORD.test(text) && /^\p{Lu}/u.test(text)))
      nearest ??= at;
  }
  return sure ?? nearest;
}
