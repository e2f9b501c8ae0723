import { candidateOf, type Candidate } from '../candidate.js';
import type { FinderRule } from '../definition.js';
import { horizontalOverlap, verticalOverlap, type Cell } from '../layout.js';
import { textOfLine, visualLines, type VisualLine } from '../line-items/visual-lines.js';
import { recogniseDates } from '../recognisers/dates.js';
import { findMoney } from '../recognisers/money.js';
import { fold } from '../tokens.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';

const BALANCE_HEAD =
  /^(?:running |account |available |closing |ledger )?(?:balance|saldo|kontostand|solde)(?: \(?(?:[a-z]{2,3}|[$€£]|rs\.?)\)?)?$/u;
const DATE_HEAD =
  /(?<!\p{L})(?:date|datum|valuta|wertstellung|buchungstag|buchung|buchungsdatum|jour|operation)(?!\p{L})/u;
const ACCOUNT_HEAD = /(?<!\p{L})(?:account|konto|kontonummer|iban|compte|numero de compte)(?!\p{L})/u;
/** "Kontostand am 31.01.2024", "Solde au 31/01/2024", "Balance on 31 January 2024". */
const DATED_BALANCE =
  /(?<!\p{L})(?:balance (?:on|at|as of|as at)|(?:konto(?:stand)?|saldo) (?:am|per|zum|vom)|solde (?:\p{L}{6,10} )?(?:au|en date du|le))\W{0,3}$/u;
const NO_BALANCE = /(?<!\p{L})(?:total|totals|summe|average|minimum|page|seite)(?!\p{L})/u;
const FEWEST_HEADS = 3;
const COLUMN_REACH = 12;

interface Balance {
  readonly cell: Cell;
  readonly start: number;
  readonly end: number;
  readonly value: number;
  readonly currency?: string;
}

/** Balance at the start: of the first of several dated balances, or of a first row that only carries one forward. */
export const findOpeningBalance: Finder = (field, rule, context) => {
  const dated = datedBalances(context);
  const [first, ...later] = dated;
  if (first !== undefined && later.some(({ date }) => date > first.date))
    return [candidateFor(field, rule, context, first.balance, 0.95)];
  const rows = runningBalances(context);
  const opening = rows.isNewestFirst ? rows.balances.at(-1) : rows.balances[0];
  const movement = opening === undefined ? true : hasMovement(opening, context);
  return opening === undefined || movement ? [] : [candidateFor(field, rule, context, opening, 0.75)];
};

/** Balance at the end: the last of several dated balances, the last row of a running balance, or the first of a list of accounts. */
export const findClosingBalance: Finder = (field, rule, context) => {
  const dated = datedBalances(context);
  const [first, last] = [dated[0], dated.at(-1)];
  if (first !== undefined && last !== undefined && last.date > first.date)
    return [candidateFor(field, rule, context, last.balance, 0.95)];
  const listed = balanceOfFirstAccount(context);
  const rows = runningBalances(context);
  const closing = rows.isNewestFirst ? rows.balances[0] : rows.balances.at(-1);
  return [
    ...(listed === undefined ? [] : [candidateFor(field, rule, context, listed, 0.85)]),
    ...(closing === undefined ? [] : [candidateFor(field, rule, context, closing, 0.7)]),
  ];
};

function candidateFor(
  field: string,
  rule: FinderRule,
  context: FinderContext,
  { cell, ...match }: Balance,
  weight: number,
): Candidate {
  const confidence = rule.confidence * weight;
  return candidateOf(field, nameOf(context, field, rule), cell, { ...match, confidence: 1 }, confidence);
}

/** Balances with the day in their label, by that day. */
function datedBalances(
  context: FinderContext,
): readonly { readonly date: string; readonly balance: Balance }[] {
  const found = context.pages.flatMap((page) =>
    visualLines(page).flatMap((line) => {
      const text = textOfLine(line);
      const [date] = recogniseDates(text, context.locale);
      if (date === undefined || !DATED_BALANCE.test(fold(text.slice(0, date.start)))) return [];
      const balance = lastAmount(line, context, date.end);
      return balance === undefined ? [] : [{ date: date.value, balance }];
    }),
  );
  return [...found].sort((one, other) => (one.date < other.date ? -1 : one.date > other.date ? 1 : 0));
}

/** The last amount of a line behind a place of its text. */
function lastAmount(line: VisualLine, context: FinderContext, from: number): Balance | undefined {
  let at = 0;
  let found: Balance | undefined;
  for (const cell of line.cells) {
    for (const match of findMoney(cell.text, context.locale)) {
      if (at + match.start >= from && /[.,]\d{2}(?!\d)/u.test(cell.text.slice(match.start, match.end)))
        found = balanceOf(cell, match);
    }
    at += cell.text.length + 1;
  }
  return found;
}

function balanceOf(
  cell: Cell,
  { start, end, value, currency }: Omit<Balance, 'cell'> & { readonly currency?: string },
): Balance {
  return { cell, start, end, value, ...(currency === undefined ? {} : { currency }) };
}

/** The column headed "Balance" of tables of transactions, top down over all pages. */
function runningBalances(context: FinderContext): {
  readonly balances: readonly Balance[];
  readonly isNewestFirst: boolean;
} {
  const balances: Balance[] = [];
  const days: string[] = [];
  for (const page of context.pages) {
    let head: Cell | undefined;
    for (const line of visualLines(page)) {
      const next = balanceHead(line, DATE_HEAD);
      if (next !== undefined) head = next;
      else if (head !== undefined && !NO_BALANCE.test(fold(textOfLine(line)))) {
        const balance = amountUnder(head, line, context);
        if (balance === undefined) continue;
        balances.push(balance);
        const [date] = recogniseDates(textOfLine(line), context.locale);
        if (date !== undefined) days.push(date.value);
      }
    }
  }
  return { balances, isNewestFirst: (days[0] ?? '') > (days.at(-1) ?? '') };
}

function balanceHead(line: VisualLine, other: RegExp): Cell | undefined {
  if (line.cells.length < FEWEST_HEADS) return undefined;
  const head = line.cells.find(({ text }) =>
    BALANCE_HEAD.test(
      fold(text)
        .trim()
        .replace(/\s*\(\s*/u, ' ('),
    ),
  );
  if (head === undefined || line.cells.some(({ text }) => /\d{3}/u.test(text))) return undefined;
  return line.cells.some((cell) => cell !== head && other.test(fold(cell.text))) ? head : undefined;
}

function amountUnder(head: Cell, line: VisualLine, context: FinderContext): Balance | undefined {
  const cell = line.cells.findLast(({ box }) => horizontalOverlap(box, head.box) > -COLUMN_REACH);
  const match = cell === undefined ? undefined : findMoney(cell.text, context.locale).at(-1);
  if (cell === undefined || match === undefined || /\p{L}{4}/u.test(cell.text)) return undefined;
  return balanceOf(cell, match);
}

/** "Account | Number | Balance": the first account's. */
function balanceOfFirstAccount(context: FinderContext): Balance | undefined {
  for (const page of context.pages.slice(0, 2)) {
    let head: Cell | undefined;
    for (const line of visualLines(page)) {
      if (head !== undefined) {
        const balance = amountUnder(head, line, context);
        if (balance !== undefined) return balance;
      }
      const next = balanceHead(line, ACCOUNT_HEAD);
      if (next !== undefined && balanceHead(line, DATE_HEAD) === undefined) head = next;
    }
  }
  return undefined;
}

/** Another amount stands on the line, so that the row is a transaction. */
function hasMovement({ cell }: Balance, context: FinderContext): boolean {
  const page = context.pages.find(({ number }) => number === cell.page);
  return (page?.cells ?? []).some(
    (other) =>
      other !== cell &&
      verticalOverlap(other.box, cell.box) > 0.5 &&
      other.box[0] > (page?.width ?? 0) * 0.35 &&
      !/\p{L}{3}/u.test(other.text) &&
      findMoney(other.text, context.locale).length > 0,
  );
}
