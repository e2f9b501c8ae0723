import type { RunId } from '@docstream/contracts';
import { formatCoordinates, systemClock, type Coordinates } from '@docstream/core';
import type { CommandContext } from '../commands.js';
import type { CliPorts } from '../ports.js';
import type { Terminal } from '../terminal.js';
import { toFilter, type FilterOptions } from './options.js';
import { planRedrive, type PlannedLetter } from './plan.js';
import { printPlan } from './print.js';
import { redrive, type RedriveOutcome } from './redrive.js';
import { scanLetters } from './scan.js';

export interface RedriveOptions extends FilterOptions {
  readonly execute: boolean;
  readonly again: boolean;
  /** Records a second. */
  readonly rate: number;
  /** Seconds. */
  readonly wait?: number;
  readonly newRun: () => RunId;
}

type Ended = RedriveOutcome & { readonly state?: string };

/** False when something could not go back, or did not end as stored. What was redriven already is no failure. */
export async function redriveCommand(
  { ports, terminal, output }: CommandContext,
  at: Coordinates | undefined,
  options: RedriveOptions,
): Promise<boolean> {
  const parts = {
    admin: ports.clusterAdmin(),
    reader: ports.recordReader(),
    producer: ports.producer(),
    log: ports.redriveLog(),
    codec: () => ports.codec(),
    blobStore: () => ports.blobStore(),
    clock: systemClock,
    newRun: options.newRun,
  };
  const letters = await scanLetters(parts, { ...toFilter(options), ...(at === undefined ? {} : { at }) });
  // Without the database nobody could say what was done: this is where it refuses.
  const known = await parts.log.find(letters.map((letter) => letter.at));
  const planned = await planRedrive(letters, {
    known,
    isAgain: options.again,
    blobStore: parts.blobStore,
  });
  const going = planned.filter(({ obstacle }) => obstacle === null);
  if (letters.length === 0) terminal.warn('no dead letters that fit');
  if (!options.execute) {
    if (output === 'json') terminal.printJson({ plan: planned });
    else {
      printPlan(terminal, planned);
      if (going.length > 0) terminal.warn(`${going.length} would be redriven; --execute does it`);
    }
    return isWhole(planned, at);
  }
  const outcomes = await redrive(planned, parts, {
    ratePerSecond: options.rate,
    isAgain: options.again,
    onProgress: (done) => terminal.progress(`${done} of ${going.length} redriven`),
  });
  const ended =
    options.wait === undefined ? outcomes : await waitForAll(ports, terminal, outcomes, options.wait);
  if (output === 'json') terminal.printJson({ outcomes: ended });
  else if (ended.length > 0) printOutcomes(terminal, ended);
  return isWhole(planned, at) && ended.every(isGood);
}

/** One dead letter that was named and can't go is a failure; among many, those that were redriven already are none. */
function isWhole(planned: readonly PlannedLetter[], at: Coordinates | undefined): boolean {
  if (at !== undefined) return planned.some(({ obstacle }) => obstacle === null);
  return planned.every(({ obstacle }) => obstacle === null || obstacle === 'redriven' || obstacle === 'copy');
}

function isGood({ result, state }: Ended): boolean {
  return result !== 'interrupted' && (state === undefined || state === 'stored');
}

async function waitForAll(
  ports: CliPorts,
  terminal: Terminal,
  outcomes: readonly RedriveOutcome[],
  seconds: number,
): Promise<readonly Ended[]> {
  const deadlineMs = systemClock.nowMs() + seconds * 1000;
  const endStates = ports.endStates();
  let ended = 0;
  return Promise.all(
    outcomes.map(async (one): Promise<Ended> => {
      const { documentId, run, tenant } = one;
      if (one.to === null || documentId === null || run === null) return one;
      const leftMs = Math.max(0, deadlineMs - systemClock.nowMs());
      const isOver = await endStates.waitForEnd(documentId, run, leftMs);
      ended += 1;
      terminal.progress(`${ended} at their end`);
      if (!isOver) return { ...one, state: 'not at its end yet' };
      const view = await ports.documents().find(tenant, documentId);
      return { ...one, state: view?.run === run ? view.state : 'a later run began' };
    }),
  );
}

function printOutcomes(terminal: Terminal, outcomes: readonly Ended[]): void {
  terminal.printTable(
    ['dead letter', 'document', 'result', 'to', 'run', 'detail'],
    outcomes.map(({ of, documentId, result, to, run, reason, state }) => [
      of,
      documentId ?? '–',
      result,
      to === null ? '–' : formatCoordinates(to),
      run ?? '–',
      state ?? reason,
    ]),
  );
  const counts = Map.groupBy(outcomes, ({ result }) => result);
  terminal.print([...counts].map(([result, group]) => `${group.length} ${result}`).join(', '));
  if (counts.has('interrupted')) terminal.warn('→ run the same again: what was sent is not sent twice');
}
