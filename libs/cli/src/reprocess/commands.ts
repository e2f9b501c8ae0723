import { auditIdFrom, groupOf } from '@docstream/contracts';
import { systemClock, type ResetEntry, type ResetStep } from '@docstream/core';
import type { Command } from 'commander';
import { randomBytes } from 'node:crypto';
import type { CommandContext } from '../commands.js';
import type { CliPorts } from '../ports.js';
import type { Define } from '../program.js';
import { reprocessDocument } from './document.js';
import { executeReset, findDoneMove, type ResetParts } from './execute.js';
import { addReprocessOptions, requestOf, type ReprocessOptions, type Request } from './options.js';
import { countDocuments, planReset, type PlannedMove } from './plan.js';
import { printOutcomes, printPlan, refuse, type ShownMove } from './print.js';

/** `docstream reprocess`. */
export function registerReprocessCommand(program: Command, define: Define): void {
  const description =
    'read records again, or skip some: move the position of a stage; a plan without --execute';
  const command = program.command('reprocess').description(description);
  define(addReprocessOptions(command, systemClock.nowMs), (defined) => async (context) => {
    const options = defined.opts<ReprocessOptions>();
    const request = requestOf(options);
    if (request.kind === 'usage') return defined.error(`error: ${request.what}`);
    return reprocess(context, request, options);
  });
}

async function reprocess(
  context: CommandContext,
  request: Exclude<Request, { kind: 'usage' }>,
  options: ReprocessOptions,
): Promise<boolean> {
  switch (request.kind) {
    case 'move':
      return moveCommand(context, request, options);
    case 'undo':
      return undoCommand(context, request.auditId, options);
    case 'continue':
      return continueCommand(context, request.auditId);
    case 'document':
      return reprocessDocument(context, request.document, options);
  }
}

async function moveCommand(
  context: CommandContext,
  { stage, target }: Extract<Request, { kind: 'move' }>,
  options: ReprocessOptions,
): Promise<boolean> {
  const { ports, terminal } = context;
  const parts = { admin: ports.clusterAdmin(), log: () => ports.resetLog(), nowMs: systemClock.nowMs };
  const partitions = options.partition ?? null;
  const planned = await planReset(parts, { stage, target, partitions, topic: options.topic ?? null });
  if (typeof planned === 'string') return refuse(context, planned);
  const forward = planned.filter(({ direction }) => direction === 'forward');
  if (stage === 'store' && forward.length > 0) {
    return refuse(context, `${whereOf(forward)}: the store can't skip records, only go back`);
  }
  if (options.execute && forward.length > 0 && !options.allowSkip) {
    const what = `${whereOf(forward)}: this goes forward, the records between are never read`;
    return refuse(context, `${what}; it needs --allow-skip --reason TEXT`);
  }
  const moves = planned.filter(({ direction }) => direction !== 'none');
  if (!options.execute || moves.length === 0) {
    await showPlan(context, planned);
    if (moves.length === 0) terminal.warn('nothing to move: the group is there');
    else if (forward.length === 0) terminal.warn('→ a plan: nothing was moved; add --execute to do it');
    else terminal.warn('→ a plan: nothing was moved; add --execute --allow-skip --reason TEXT to do it');
    return true;
  }
  return begin(context, newEntry(groupOf(stage), moves.map(toStep), options.reason ?? null, null));
}

async function undoCommand(
  context: CommandContext,
  auditId: string,
  options: ReprocessOptions,
): Promise<boolean> {
  const { ports, terminal } = context;
  const undone = await ports.resetLog().find(auditId);
  if (undone === null) return refuse(context, `there is no reset ${auditId}`);
  const parts = partsOf(ports);
  const steps: ResetStep[] = [];
  for (const { topic, partition } of undone.steps) {
    const done = await findDoneMove(parts, undone, { topic, partition });
    if (done === null) continue;
    const from = { offset: done.to, metadata: 'v1' };
    steps.push({ topic, partition, from, to: done.from.offset, state: 'planned' });
  }
  if (steps.length === 0)
    return refuse(context, `the reset ${auditId} moved nothing: there is nothing to undo`);
  if (!options.execute) {
    const moves = steps.map((step): PlannedMove => ({
      ...step,
      direction: step.to < step.from.offset ? 'back' : 'forward',
      note: 'what was done since stays done',
    }));
    await showPlan(context, moves);
    terminal.warn('→ a plan: nothing was moved; add --execute to do it');
    return true;
  }
  return begin(context, newEntry(undone.group, steps, options.reason ?? null, auditId));
}

async function continueCommand(context: CommandContext, auditId: string): Promise<boolean> {
  const entry = await context.ports.resetLog().find(auditId);
  if (entry === null) return refuse(context, `there is no reset ${auditId}`);
  return carryOut(context, entry, true);
}

function newEntry(
  group: string,
  steps: readonly ResetStep[],
  reason: string | null,
  undoes: string | null,
): ResetEntry {
  const timeMs = systemClock.nowMs();
  return { auditId: auditIdFrom(timeMs, randomBytes(10)), timeMs, group, steps, reason, undoes };
}

/** Written down first: what is interrupted can be finished. */
async function begin(context: CommandContext, entry: ResetEntry): Promise<boolean> {
  await context.ports.resetLog().begin(entry);
  return carryOut(context, entry, false);
}

async function carryOut(context: CommandContext, entry: ResetEntry, isRepeated: boolean): Promise<boolean> {
  const { terminal, output, ports } = context;
  const { auditId, undoes } = entry;
  const parts = partsOf(ports);
  const outcomes = await parts.log.exclusively(auditId, () => executeReset(parts, entry, isRepeated));
  if (outcomes === null) return refuse(context, `somebody else carries out ${auditId} at this moment`);
  const isDone = outcomes.every(({ result }) => result !== 'failed');
  if (output === 'json') terminal.printJson({ auditId, undoes, group: entry.group, outcomes });
  else printOutcomes(terminal, entry, outcomes);
  if (!isDone) terminal.warn(`→ to finish it: docstream reprocess --continue ${auditId}`);
  return isDone;
}

async function showPlan(
  { ports, terminal, output }: CommandContext,
  moves: readonly PlannedMove[],
): Promise<void> {
  const shown: ShownMove[] = [];
  for (const move of moves) {
    const documents = move.direction === 'none' ? 0 : await countDocuments(() => ports.resetLog(), move);
    shown.push({ ...move, documents });
  }
  if (output === 'json') terminal.printJson({ planned: shown });
  else printPlan(terminal, shown);
}

function partsOf(ports: CliPorts): ResetParts {
  return { admin: ports.clusterAdmin(), codec: ports.codec(), clock: systemClock, log: ports.resetLog() };
}

function toStep({ topic, partition, from, to }: PlannedMove): ResetStep {
  return { topic, partition, from, to, state: 'planned' };
}

function whereOf(moves: readonly PlannedMove[]): string {
  return moves.map(({ topic, partition }) => `${topic}/${partition}`).join(', ');
}
