import { groupOf } from '@docstream/contracts';
import {
  DocstreamError,
  findReset,
  resetPartition,
  type CommittedPosition,
  type DoneMove,
  type ResetEntry,
  type ResetLog,
  type ResetPorts,
  type ResetStep,
  type ResetTarget,
  type TopicPartition,
} from '@docstream/core';

export type ResetParts = ResetPorts & { readonly log: ResetLog };

/** `found`: done before an interruption. `there`: it needed no move. `failed`: the same reset can be continued. */
export interface StepOutcome extends TopicPartition {
  readonly result: 'moved' | 'found' | 'there' | 'failed';
  readonly from: CommittedPosition;
  readonly to: bigint;
  readonly reason: string;
}

/**
 * Carries out what of the reset is not marked as done, partition by partition; each is atomic. One that fails leaves
 * the others alone. `isRepeated`: it may have been begun before.
 */
export async function executeReset(
  parts: ResetParts,
  entry: ResetEntry,
  isRepeated: boolean,
): Promise<readonly StepOutcome[]> {
  const outcomes: StepOutcome[] = [];
  const undone = entry.undoes === null ? null : await parts.log.find(entry.undoes);
  for (const step of entry.steps) {
    if (step.state === 'done') outcomes.push(outcomeOf(step, 'found', 'done before'));
    else outcomes.push(await executeStep(parts, entry, step, undone, isRepeated));
  }
  return outcomes;
}

async function executeStep(
  parts: ResetParts,
  entry: ResetEntry,
  step: ResetStep,
  undone: ResetEntry | null,
  isRepeated: boolean,
): Promise<StepOutcome> {
  const { auditId, timeMs, group } = entry;
  try {
    if (group === groupOf('store'))
      return outcomeOf(step, await parts.log.moveStore(auditId, group, step), '');
    const outcome = await resetPartition(parts, {
      group,
      partition: { topic: step.topic, partition: step.partition },
      reset: { auditId, timeMs },
      target: await targetOf(parts, step, undone),
      isRepeated,
    });
    if (outcome.kind === 'refused') return outcomeOf(step, 'failed', outcome.reason);
    const done = outcome.kind === 'moved' ? { ...step, from: outcome.from, to: outcome.to } : step;
    return outcomeOf(done, outcome.kind, await markDone(parts, auditId, done));
  } catch (error) {
    if (!(error instanceof DocstreamError)) throw error;
    return outcomeOf(step, 'failed', `${error.code}: ${error.message}`);
  }
}

/** The position is moved, whatever the database says: then the topic knows it. */
async function markDone({ log }: ResetParts, auditId: string, step: ResetStep): Promise<string> {
  try {
    await log.markDone(auditId, step, step.from);
    return '';
  } catch (error) {
    if (!(error instanceof DocstreamError)) throw error;
    return `moved, but not marked in the database: ${error.message}`;
  }
}

async function targetOf(parts: ResetParts, step: ResetStep, undone: ResetEntry | null): Promise<ResetTarget> {
  if (undone === null) {
    return { kind: 'move', to: step.to, direction: step.to < step.from.offset ? 'back' : 'forward' };
  }
  const of = await findDoneMove(parts, undone, step);
  return { kind: 'undo', of: of ?? { from: step.from, to: step.to } };
}

/** What that reset did in the partition; null when it did nothing there. */
export async function findDoneMove(
  parts: Pick<ResetParts, 'admin' | 'codec'>,
  { auditId, group, steps }: ResetEntry,
  { topic, partition }: TopicPartition,
): Promise<DoneMove | null> {
  const step = steps.find((one) => one.topic === topic && one.partition === partition);
  if (step === undefined) return null;
  if (step.state === 'done') return step;
  if (group === groupOf('store')) return null;
  const previous = await findReset(parts, group, { topic, partition }, auditId);
  if (previous === null) return null;
  const from = previous === step.from.offset ? step.from : { offset: previous, metadata: 'v1' };
  return { from, to: step.to };
}

function outcomeOf(step: ResetStep, result: StepOutcome['result'], reason: string): StepOutcome {
  const { topic, partition, from, to } = step;
  return { topic, partition, from, to, result, reason };
}
