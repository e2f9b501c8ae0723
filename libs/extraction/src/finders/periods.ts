import type { Candidate } from '../candidate.js';
import type { FinderRule } from '../definition.js';
import { placeWithin, textOfPage, type PageText } from '../page-text.js';
import { recogniseDates } from '../recognisers/dates.js';
import { recognisePeriods, recogniseWholeMonth, type Period } from '../recognisers/periods.js';
import { fold } from '../tokens.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';

const PERIOD_WORD =
  /(?<!\p{L})(?:periods?|statement dates?|dates? covered|transactions from|statement from|pay cycle|billing cycle|zeitraum|abrechnungszeitraum|\p{L}{2,20}zeitraum|\p{L}{2,20}periode|periode|buchungen vom|umsatze vom|kontoauszug vom|releve du|operations du|exercice|summary by|covering|activity)(?!\p{L})/u;
const OTHER_PERIOD =
  /(?<!\p{L})(?:previous|prior|last year|preceding|vorjahr\p{L}*|vorperiode|precedente?|valid|gultig|validite|lease|contract|vertrag|bail|next|budget|warranty|born|office hours)(?!\p{L})/u;
const MONTH_LABEL =
  /(?<!\p{L})(?:(?:pay|statement|billing|accounting|salary)\s(?:period|month)|payslip for|statement for(?: the month of)?|for the month of|abrechnungsmonat|abrechnungszeitraum|(?:lohn|gehalts|entgelt|verdienst)abrechnung(?: fur)?|\p{L}{0,20}abrechnung[^\d]{0,40}(?: fur)?|zeitraum|monat|bulletin de (?:paie|salaire)(?: du mois de)?|periode(?: de paie)?|mois de)\W{0,4}$/u;
const REACH = 70;
const LABELLED = 1;
const NEAR_THE_TOP = 0.8;
const ELSEWHERE = 0.45;
const WHOLE_MONTH = 0.68;
const MOST_PERIODS = 20;
const PAGES = 3;

/** First day of the period that a statement or report covers. */
export const findPeriodStart: Finder = (field, rule, context) =>
  periods(field, rule, context, ({ from, fromAt }) => [from, fromAt]);

/** Its last day. */
export const findPeriodEnd: Finder = (field, rule, context) =>
  periods(field, rule, context, ({ to, toAt }) => [to, toAt]);

function periods(
  field: string,
  rule: FinderRule,
  context: FinderContext,
  read: (period: Period) => readonly [value: string, at: Period['fromAt']],
): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const [index, page] of context.pages.slice(0, PAGES).entries()) {
    const text = textOfPage(page);
    for (const { period, weight } of weighedPeriods(text, page.height, index, context)) {
      const [value, [start, end]] = read(period);
      const place = placeWithin(text, start, end);
      if (place === undefined || found.length >= MOST_PERIODS) continue;
      found.push({
        field,
        value,
        page: page.number,
        box: place.box,
        raw: text.text.slice(start, end),
        confidence: rule.confidence * weight * Math.max(0.5, 1 - 0.04 * found.length),
        rule: nameOf(context, field, rule),
      });
    }
  }
  return found;
}

function weighedPeriods(
  page: PageText,
  height: number,
  index: number,
  { locale }: FinderContext,
): readonly { readonly period: Period; readonly weight: number }[] {
  // A line end counts as a blank: a period may go over it.
  const flat = page.text.replaceAll('\n', ' ');
  const weighed = [...recognisePeriods(flat, locale), ...labelledPairs(flat, locale)].flatMap((period) => {
    const [start] = period.fromAt;
    const before = fold(flat.slice(Math.max(0, start - REACH), start));
    if (OTHER_PERIOD.test(before.slice(-40))) return [];
    const top = placeWithin(page, start, period.toAt[1])?.box[1] ?? height;
    const isAtTop = index === 0 && top < height * 0.5;
    return [{ period, weight: PERIOD_WORD.test(before) ? LABELLED : isAtTop ? NEAR_THE_TOP : ELSEWHERE }];
  });
  return weighed.length > 0 || index > 0 ? weighed : wholeMonths(page, locale);
}

/** Two dates in cells of their own behind the label. */
function labelledPairs(flat: string, locale: FinderContext['locale']): readonly Period[] {
  const dates = recogniseDates(flat, locale);
  return dates.flatMap((first, index) => {
    const second = dates[index + 1];
    const before = fold(flat.slice(Math.max(0, first.start - 30), first.start));
    if (second === undefined || second.value < first.value) return [];
    if (flat.slice(first.end, second.start).trim() !== '') return [];
    if (!/(?:period|zeitraum|periode)\W{0,6}$/u.test(before)) return [];
    return [
      {
        from: first.value,
        to: second.value,
        fromAt: [first.start, first.end] as const,
        toAt: [second.start, second.end] as const,
      },
    ];
  });
}

function wholeMonths(
  { text }: PageText,
  locale: FinderContext['locale'],
): readonly { readonly period: Period; readonly weight: number }[] {
  let at = 0;
  for (const line of text.split('\n')) {
    const month = recogniseWholeMonth(line, locale);
    if (month !== undefined && MONTH_LABEL.test(fold(line.slice(0, month.fromAt[0])))) {
      const place = [at + month.fromAt[0], at + month.fromAt[1]] as const;
      return [{ period: { ...month, fromAt: place, toAt: place }, weight: WHOLE_MONTH }];
    }
    at += line.length + 1;
  }
  return [];
}
