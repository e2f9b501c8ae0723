import type { Identity } from '@docstream/contracts';
import { DocstreamError, classifyError, type ConsumedRecord, type Failure } from '@docstream/core';
import { backoffMs } from './backoff.js';
import { identityUnder } from './run-stage.js';
import type { RecordOutcome, StageEngine } from './stage-engine.js';
import type { Tenure } from './tenure.js';

/**
 * One record to its outcome, over failures of its dependencies and of its own; undefined when the tenure is over before.
 * Rejects with errors of the classes lost and fatal.
 */
export async function bringToOutcome(
  engine: StageEngine,
  tenure: Tenure,
  record: ConsumedRecord,
): Promise<RecordOutcome | undefined> {
  const { signal } = tenure;
  const reset = tenure.tracker.resetOf(record.offset);
  let isCounted = false;
  for (let healthyFailures = 0; !signal.aborted;) {
    const attempt = tenure.tracker.attemptsOf(record.offset) + (isCounted ? 0 : 1);
    if (tenure.suspects > 0 && !isCounted) {
      if (attempt > engine.stage.retry.maxAttempts) return giveUpOn(engine, tenure, record, attempt - 1);
      isCounted = true;
      tenure.tracker.fail(record.offset);
      await tenure.commit();
      if (signal.aborted) break;
    }
    const step = await engine.attempt(record, attempt, reset);
    if (step.kind === 'outcome') return step.outcome;
    if (step.kind === 'wait') {
      if (isCounted) {
        // It ended nobody: what it waits for is no fault of its own.
        isCounted = false;
        tenure.tracker.forgive(record.offset);
        await tenure.commit();
      }
      const isHealthy = await engine.gate.passOrWait(step.dependency, signal);
      if (isHealthy && step.failure.retryAfterMs !== undefined) {
        await engine.clock.sleep(step.failure.retryAfterMs, signal);
        continue;
      }
      healthyFailures += isHealthy ? 1 : 0;
      // The dependency is well and this record keeps failing: then it is the record, or a bug.
      if (healthyFailures < 3) {
        if (isHealthy) await engine.clock.sleep(200 * healthyFailures, signal);
        continue;
      }
    }
    if (step.kind === 'hopeless' || attempt >= engine.stage.retry.maxAttempts) {
      const { identity, failure } = step;
      return deadLetter(engine, tenure, record, identity, failure, attempt);
    }
    if (!isCounted) tenure.tracker.fail(record.offset);
    isCounted = false;
    await pauseAfter(engine, tenure, record, attempt, step.failure);
    healthyFailures = 0;
  }
  return undefined;
}

/** All its attempts were begun, and none of those who began them lived to tell. */
function giveUpOn(
  engine: StageEngine,
  tenure: Tenure,
  record: ConsumedRecord,
  attempts: number,
): Promise<RecordOutcome> {
  const identity = identityUnder(tenure.tracker.resetOf(record.offset), engine.stage.identify(record));
  const what = 'The service ended each time it worked on this record.';
  const failure = classifyError(new DocstreamError('WORKER_CRASHED', what));
  return deadLetter(engine, tenure, record, identity, failure, attempts);
}

/** Held as long as it can't be written: without its dead letter a record would be lost. */
function deadLetter(
  engine: StageEngine,
  { signal }: Tenure,
  record: ConsumedRecord,
  identity: Identity,
  failure: Failure,
  attempts: number,
): Promise<RecordOutcome> {
  const { topic, partition, offset } = record;
  const held = { topic, partition, offset: offset.toString(), documentId: identity.documentId };
  return engine.untilUp(() => engine.deadLetter(record, identity, failure, attempts), signal, held);
}

/** Attempts are committed before the repeat, so that they count for a successor as well. */
async function pauseAfter(
  engine: StageEngine,
  tenure: Tenure,
  record: ConsumedRecord,
  attempt: number,
  failure: Failure,
): Promise<void> {
  const { initialDelayMs, maxDelayMs } = engine.stage.retry;
  engine.logger.warn('a record failed and is tried again', {
    topic: record.topic,
    partition: record.partition,
    offset: record.offset.toString(),
    attempt,
    code: failure.code,
    reason: failure.message,
  });
  await tenure.commit();
  await engine.clock.sleep(backoffMs(attempt, initialDelayMs, maxDelayMs, engine.random), tenure.signal);
}
