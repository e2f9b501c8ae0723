import { CONSUMED_TOPICS } from '@docstream/contracts';
import { formatCoordinates, type Redrive } from '@docstream/core';
import type { Terminal } from '../terminal.js';
import type { DeadLetter } from './letter.js';
import type { PlannedLetter } from './plan.js';

const MAX_TEXT = 60;

export function printLetters(
  terminal: Terminal,
  letters: readonly DeadLetter[],
  redrives: ReadonlyMap<string, Redrive>,
  limit: number,
): void {
  terminal.printTable(
    ['time', 'stage', 'code', 'document', 'where', 'attempts', 'redriven', 'reason'],
    letters
      .slice(0, limit)
      .map(({ timeMs, stage, code, documentId, at, attempts, text }) => [
        timeOf(timeMs),
        stage,
        code ?? '–',
        documentId ?? '–',
        at,
        String(attempts ?? '–'),
        redrives.get(at)?.state ?? '',
        shorten(text),
      ]),
  );
  terminal.print('');
  printCounts(terminal, letters);
  if (letters.length > limit) terminal.warn(`the newest ${limit} of ${letters.length}; --limit shows more`);
}

export function printCounts(terminal: Terminal, letters: readonly DeadLetter[]): void {
  terminal.printTable(
    ['stage', 'code', 'dead letters'],
    countLetters(letters).map(({ stage, code, count }) => [stage, code ?? '–', String(count)]),
  );
}

export function countLetters(
  letters: readonly DeadLetter[],
): readonly { readonly stage: string; readonly code: string | null; readonly count: number }[] {
  const groups = [...Map.groupBy(letters, ({ stage, code }) => `${stage} ${code ?? ''}`).values()];
  return groups
    .flatMap((group) => {
      const [first] = group;
      return first === undefined ? [] : [{ stage: first.stage, code: first.code, count: group.length }];
    })
    .toSorted((one, other) => other.count - one.count);
}

export function printPlan(terminal: Terminal, planned: readonly PlannedLetter[]): void {
  const going = planned.filter(({ obstacle }) => obstacle === null);
  const targets = Map.groupBy(
    going,
    ({ letter: { stage, code, origin } }) =>
      `${stage}\n${code ?? '–'}\n${origin?.topic ?? CONSUMED_TOPICS[stage].join(', ')}`,
  );
  if (going.length > 0) {
    terminal.printTable(
      ['stage', 'code', 'to topic', 'dead letters'],
      [...targets].map(([key, group]) => [...key.split('\n'), String(group.length)]),
    );
  }
  const unfinished = going.filter((one) => one.unfinished !== null).length;
  if (unfinished > 0) terminal.print(`${unfinished} of them were begun before: looked for first`);
  for (const { letter, reason } of planned.filter(({ obstacle }) => obstacle !== null)) {
    terminal.print(`not ${letter.at}: ${reason}`);
  }
}

export function timeOf(timeMs: number): string {
  return new Date(timeMs).toISOString().replace('T', ' ').slice(0, 19);
}

export function placeOf(letter: DeadLetter): string {
  return letter.origin === null ? 'unknown' : formatCoordinates(letter.origin);
}

function shorten(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length > MAX_TEXT ? `${line.slice(0, MAX_TEXT - 1)}…` : line;
}
