import type { ResetEntry } from '@docstream/core';
import type { CommandContext } from '../commands.js';
import type { Terminal } from '../terminal.js';
import type { StepOutcome } from './execute.js';
import type { PlannedMove } from './plan.js';

export interface ShownMove extends PlannedMove {
  /** Documents between the positions; a text where nobody knows. */
  readonly documents: number | string;
}

const WORDS = { back: 'read again', forward: 'skipped', none: 'unchanged' } as const;

export function printPlan(terminal: Terminal, moves: readonly ShownMove[]): void {
  terminal.printTable(
    ['topic', 'partition', 'from', 'to', 'what', 'documents', 'note'],
    moves.map(({ topic, partition, from, to, direction, documents, note }) => [
      topic,
      String(partition),
      String(from.offset),
      String(to),
      WORDS[direction],
      String(documents),
      note,
    ]),
  );
}

export function printOutcomes(terminal: Terminal, entry: ResetEntry, outcomes: readonly StepOutcome[]): void {
  const { colours } = terminal;
  const paint = { moved: colours.green, found: colours.dim, there: colours.dim, failed: colours.red };
  terminal.printTable(
    ['topic', 'partition', 'from', 'to', 'result', 'detail'],
    outcomes.map(({ topic, partition, from, to, result, reason }) => [
      topic,
      String(partition),
      String(from.offset),
      String(to),
      paint[result](result),
      reason,
    ]),
  );
  terminal.print(
    `reset ${entry.auditId}; to take it back: docstream reprocess --undo ${entry.auditId} --execute`,
  );
}

export function refuse({ terminal }: Pick<CommandContext, 'terminal'>, why: string): false {
  terminal.warn(`${terminal.colours.red('refused:')} ${why}`);
  return false;
}
