import type { Box } from '@docstream/contracts';
import type { ExplainedRule, ExplainedTemplate, ExplainedValue, Explanation } from '@docstream/core';
import { inOneLine, type Terminal } from '../terminal.js';

/** Of one rule; --json has more. */
const MOST_SHOWN = 5;
const LONGEST_VALUE = 40;

/** Templates and whether they hold, then what each rule found, then the rules that found nothing. */
export function printExplanation(terminal: Terminal, explanation: Explanation): void {
  const { type, isDefined, version, templates, rules } = explanation;
  const { colours } = terminal;
  const fallback = isDefined ? '' : ' (without a definition: the rules of unknown)';
  terminal.print(`${colours.dim('type'.padEnd(10))}${inOneLine(type)}${fallback}`);
  terminal.print(`${colours.dim('rules'.padEnd(10))}${version}`);
  for (const template of templates)
    terminal.print(`${colours.dim('template'.padEnd(10))}${describeTemplate(terminal, template)}`);

  const found = rules.filter(({ values }) => values.length > 0);
  terminal.print('');
  if (found.length === 0) terminal.print('No rule found anything.');
  else
    terminal.printTable(
      ['field', 'value', 'as printed', 'page', 'box', 'confidence', 'rule', 'outcome'],
      byField(found).flatMap((rule) => rowsOf(terminal, rule)),
    );
  const without = rules.filter(({ nothing }) => nothing !== null);
  if (without.length === 0) return;
  terminal.print(`\n${colours.dim('found nothing')}`);
  terminal.printTable(
    ['field', 'rule', 'why'],
    without.map(({ field, rule, nothing }) => [field, rule, inOneLine(nothing ?? '')]),
  );
}

function describeTemplate({ colours }: Terminal, { name, holds, parts }: ExplainedTemplate): string {
  if (holds) return `${name} ${colours.green('holds')}`;
  const missing = parts
    .filter((part) => !part.holds)
    .map(({ kind, text }) =>
      kind === 'contains' ? `"${inOneLine(text)}" is not in the text` : `${inOneLine(text)} matches nowhere`,
    );
  return `${name} ${colours.yellow('does not hold')}: ${missing.join('; ')}`;
}

/** All rules of a field together, in the order of the fields' first rules. */
function byField(rules: readonly ExplainedRule[]): readonly ExplainedRule[] {
  return [...Map.groupBy(rules, ({ field }) => field).values()].flat();
}

function rowsOf(terminal: Terminal, { field, rule, values, found }: ExplainedRule): readonly string[][] {
  const rows = values
    .slice(0, MOST_SHOWN)
    .map((value) => [
      field,
      shorten(textOf(value.value)),
      shorten(value.raw),
      String(value.page),
      boxText(value.box),
      value.confidence.toFixed(2),
      rule,
      outcomeOf(terminal, value),
    ]);
  const rest = found - rows.length;
  return rest === 0 ? rows : [...rows, [field, `… and ${rest} more`, '', '', '', '', rule, '']];
}

function outcomeOf({ colours }: Terminal, { lost }: ExplainedValue): string {
  return lost === null ? colours.green('taken') : colours.dim(`lost: ${inOneLine(lost)}`);
}

const boxText = (box: Box): string => box.map((edge) => Math.round(edge)).join(' ');

const textOf = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

function shorten(text: string): string {
  const line = inOneLine(text);
  return line.length <= LONGEST_VALUE ? line : `${line.slice(0, LONGEST_VALUE - 1)}…`;
}
