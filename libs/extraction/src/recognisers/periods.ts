import type { DocumentLocale } from '../locale.js';
import { isoOf, monthOf, recogniseDates, recogniseMonths } from './dates.js';

/** A span of days, both ends included, as ISO dates with their places in the text. */
export interface Period {
  readonly from: string;
  readonly to: string;
  readonly fromAt: readonly [start: number, end: number];
  readonly toAt: readonly [start: number, end: number];
}

const CONNECTOR = String.raw`[\s,]{0,3}(?:[-–—−~/]|(?:to|through|thru|until|till|and|bis(?:\szum)?|au|à|jusqu['’]au|al|tot)(?!\p{L}))[\s:]{0,3}`;
const BETWEEN_DATES = new RegExp(`^${CONNECTOR}$`, 'iu');
/** A day whose year, or month and year, stand with the second day only. */
const DAY_FIRST = new RegExp(
  String.raw`(?<![\p{L}\d])(\d{1,2})(?:st|nd|rd|th|er|\.)?(?:\s{1,2}(\p{L}{3,10}))?\.?${CONNECTOR}$`,
  'iu',
);
const MONTH_FIRST = new RegExp(
  String.raw`(?<!\p{L})(\p{L}{3,10})\.?\s{1,2}(\d{1,2})(?:st|nd|rd|th)?${CONNECTOR}$`,
  'iu',
);
const NUMERIC_FIRST = new RegExp(String.raw`(?<![\d./])(\d{1,2})([./-])(\d{1,2})\.?${CONNECTOR}$`, 'iu');
/** "January 1 - 31, 2024". */
const DAYS_OF_MONTH =
  /(?<!\p{L})(\p{L}{3,10})\.?\s{1,2}(\d{1,2})(?:st|nd|rd|th)?\s?[-–—]\s?(\d{1,2})(?:st|nd|rd|th)?,?\s{1,2}(\d{4})(?!\d)/gu;
const LONGEST_LEAD = 32;

/** Periods between two days, in sentences and labels: "1 Jan - 31 Jan 2024", "01.01. bis 31.01.2024", "du 1er au 31 janvier 2024". */
export function recognisePeriods(text: string, locale: DocumentLocale): readonly Period[] {
  const dates = recogniseDates(text, locale);
  const found: Period[] = [];
  for (const [index, second] of dates.entries()) {
    const first = dates[index - 1];
    if (first !== undefined && BETWEEN_DATES.test(text.slice(first.end, second.start))) {
      if (first.value > second.value) continue;
      found.push({
        from: first.value,
        to: second.value,
        fromAt: [first.start, first.end],
        toAt: [second.start, second.end],
      });
      continue;
    }
    const from = shortDayBefore(text, second.start, second.value, locale);
    if (from !== undefined) found.push({ ...from, to: second.value, toAt: [second.start, second.end] });
  }
  for (const match of text.matchAll(DAYS_OF_MONTH)) {
    const [, month, day, last, year] = match;
    const [from, to] = [isoOf(year, monthOf(month), day), isoOf(year, monthOf(month), last)];
    if (from === undefined || to === undefined || from > to) continue;
    const at = [match.index, match.index + match[0].length] as const;
    found.push({ from, to, fromAt: at, toAt: at });
  }
  return found.sort((one, other) => one.fromAt[0] - other.fromAt[0]);
}

function shortDayBefore(
  text: string,
  at: number,
  second: string,
  locale: DocumentLocale,
): Pick<Period, 'from' | 'fromAt'> | undefined {
  const lead = Math.max(0, at - LONGEST_LEAD);
  const before = text.slice(lead, at);
  const [year = '', month = ''] = second.split('-');
  for (const [pattern, read] of [
    [NUMERIC_FIRST, readNumeric],
    [MONTH_FIRST, ([name, day]: Parts) => [day, monthOf(name)] as const],
    [DAY_FIRST, ([day, name]: Parts) => [day, name === undefined ? month : monthOf(name)] as const],
  ] as const) {
    const match = pattern.exec(before);
    if (match === null) continue;
    const [day, ofMonth] = read(match.slice(1), locale);
    const from = isoOf(year, ofMonth, day);
    if (from === undefined) continue;
    const start = lead + match.index;
    const fromAt = [start, start + match[0].replace(new RegExp(`${CONNECTOR}$`, 'iu'), '').length] as const;
    if (from <= second) return { from, fromAt };
    // Over the turn of the year: the first day is of the year before.
    const earlier = match[2] === undefined ? undefined : isoOf(String(Number(year) - 1), ofMonth, day);
    return earlier === undefined ? undefined : { from: earlier, fromAt };
  }
  return undefined;
}

type Parts = readonly (string | undefined)[];

function readNumeric([first, mark, second]: Parts, locale: DocumentLocale): Parts {
  const isMonthFirst = mark !== '.' && locale.dateOrder === 'month-first';
  return isMonthFirst ? [second, first] : [first, second];
}

/** The month that a text names alone, as its first and its last day. */
export function recogniseWholeMonth(text: string, locale: DocumentLocale): Period | undefined {
  const [month] = recogniseMonths(text, locale);
  if (month?.value.endsWith('-01') !== true) return undefined;
  if (recogniseDates(text, locale).some(({ start }) => start <= month.end)) return undefined;
  const [year = '', number = ''] = month.value.split('-');
  const days = new Date(Date.UTC(Number(year), Number(number), 0)).getUTCDate();
  const at = [month.start, month.end] as const;
  return { from: month.value, to: `${year}-${number}-${days}`, fromAt: at, toAt: at };
}
