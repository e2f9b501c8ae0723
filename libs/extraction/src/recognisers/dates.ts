import type { DocumentLocale } from '../locale.js';
import type { Match, Recogniser } from '../match.js';
import { fold } from '../tokens.js';

const MONTH_NAMES: readonly string[] = [
  'january januar janvier januari gennaio enero janeiro jan janv jaen jaenner janner ene gen',
  'february februar fevrier februari febbraio febrero fevereiro feb fev fevr febr feber',
  'march marz maerz mars maart marzo marco mar mrz mrt',
  'april avril aprile abril apr avr abr',
  'may mai mei maggio mayo maio mag',
  'june juni juin giugno junio junho jun giu',
  'july juli juillet luglio julio julho jul juil lug',
  'august aout augustus agosto aug ago',
  'september septembre settembre septiembre setembro sep sept set',
  'october oktober octobre ottobre octubre outubro oct okt ott',
  'november novembre noviembre novembro nov',
  'december dezember decembre dicembre diciembre dezembro dec dez dic',
];
const MONTHS = new Map(
  MONTH_NAMES.flatMap((names, index) => names.split(' ').map((name) => [name, index + 1] as const)),
);

const EARLIEST_YEAR = 1800;
const LATEST_YEAR = 2099;

const NUMERIC = /(?<![\p{L}\d./-])(\d{1,4})([./-])[ ]?(\d{1,2})\2[ ]?(\d{4}|\d{2})(?![\d]|[./-]\d)/gu;
const CHINESE = /(\d{4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日/gu;
const DAY_MONTH_YEAR =
  /(?<!\d)(\d{1,2})(?:st|nd|rd|th|er|\.|º|°)?(?:\s{1,2}(?:of|de|of the|day of))?[\s.-]{0,2}(\p{L}{3,10})\.?,?(?:\s(?:de|del))?[\s.,-]{0,2}(\d{4}|['’]?\d{2}(?![\d:]))(?!\d)/gu;
const MONTH_DAY_YEAR =
  /(?<!\p{L})(\p{L}{3,10})\.?\s{1,2}(\d{1,2})(?:st|nd|rd|th)?(?:\s?,\s{0,2}|\s{1,2})(\d{4})(?!\d)/gu;
const COMPACT = /(?<![\p{L}\d./-])((?:19|20)\d{2})(\d{2})(\d{2})(?![\p{L}\d]|[./-]\d)/gu;
const MONTH_YEAR = /(?<!\p{L})(\p{L}{3,10})\.?,?\s{1,2}((?:19|20)\d{2})(?!\d)/gu;

/** Calendar dates as ISO 8601 (YYYY-MM-DD). 03/04/2024 is read as the document reads its dates; impossible dates are no dates. */
export const recogniseDates: Recogniser<string> = (text, locale) => {
  const found: Match<string>[] = [];
  collect(found, text, NUMERIC, 0.95, (parts) => fromNumeric(parts, locale));
  collect(found, text, CHINESE, 0.97, ([year, month, day]) => isoOf(year, month, day));
  collect(found, text, DAY_MONTH_YEAR, 0.97, ([day, month, year]) => isoOf(year, monthOf(month), day));
  collect(found, text, MONTH_DAY_YEAR, 0.97, ([month, day, year]) => isoOf(year, monthOf(month), day));
  collect(found, text, COMPACT, 0.5, ([year, month, day]) => isoOf(year, month, day));
  return withoutOverlaps(found);
};

/** Months without a day, as the first of the month: for fields where that is how dates are printed. */
export const recogniseMonths: Recogniser<string> = (text, locale) => {
  const found = [...recogniseDates(text, locale)];
  collect(found, text, MONTH_YEAR, 0.7, ([month, year]) => isoOf(year, monthOf(month), '1'));
  return withoutOverlaps(found);
};

type Parts = readonly (string | undefined)[];

function collect(
  found: Match<string>[],
  text: string,
  pattern: RegExp,
  confidence: number,
  read: (parts: Parts) => string | undefined,
): void {
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const value = read(match.slice(1));
    const end = match.index + match[0].length;
    // What is no date may hold the beginning of one: "1. bis 31. Mai 2024".
    if (value === undefined) pattern.lastIndex = match.index + 1;
    else found.push({ start: match.index, end, value, confidence });
  }
}

function withoutOverlaps(found: readonly Match<string>[]): readonly Match<string>[] {
  const kept: Match<string>[] = [];
  for (const match of [...found].sort((one, other) => one.start - other.start || other.end - one.end)) {
    if (match.start >= (kept.at(-1)?.end ?? 0)) kept.push(match);
  }
  return kept;
}

/** The number of a month by its name in English, German, French and neighbours. */
export function monthOf(name: string | undefined): string | undefined {
  return name === undefined ? undefined : MONTHS.get(fold(name))?.toString();
}

function fromNumeric([first, mark, second, third]: Parts, locale: DocumentLocale): string | undefined {
  if (first === undefined || second === undefined || third === undefined) return undefined;
  if (first.length === 4) return isoOf(first, second, third);
  if (first.length === 3) return undefined;
  const isMonthFirst = mark !== '.' && locale.dateOrder === 'month-first';
  const [day, month] = isMonthFirst ? [second, first] : [first, second];
  return isoOf(third, month, day) ?? (mark === '.' ? undefined : isoOf(third, day, month));
}

/** ISO date, or undefined where there is no such day between 1800 and 2099. Years of two digits: 70 to 99 are of the 20th century. */
export function isoOf(
  year: string | undefined,
  month: string | undefined,
  day: string | undefined,
): string | undefined {
  if (year === undefined || month === undefined || day === undefined) return undefined;
  const digits = year.replace(/\D/gu, '');
  const short = Number(digits);
  const full = digits.length === 2 ? (short >= 70 ? 1900 + short : 2000 + short) : short;
  const [m, d] = [Number(month), Number(day)];
  if (full < EARLIEST_YEAR || full > LATEST_YEAR || m < 1 || m > 12 || d < 1 || d > daysIn(full, m))
    return undefined;
  return `${full}-${String(m).padStart(2, '0')}-${String(d).padStart(2, '0')}`;
}

function daysIn(year: number, month: number): number {
  if (month === 2) return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}
