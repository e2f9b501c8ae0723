import { formatCoordinates, PoisonError, type BlobStore, type Redrive } from '@docstream/core';
import { foreignReason, type DeadLetter } from './letter.js';

/** `redriven`: refused without `--again`. `foreign`, `copy`, `blob`: it can't, or need not, go back. */
export type Obstacle = 'redriven' | 'foreign' | 'copy' | 'blob';

export interface PlannedLetter {
  readonly letter: DeadLetter;
  readonly obstacle: Obstacle | null;
  readonly reason: string;
  /** A redrive that was interrupted: it is looked for before anything is sent. */
  readonly unfinished: Redrive | null;
}

export interface PlanParts {
  readonly known: ReadonlyMap<string, Redrive>;
  readonly isAgain: boolean;
  readonly blobStore: () => BlobStore;
}

/** What would happen to each dead letter. Errors: DependencyError while the blob store is away. */
export async function planRedrive(
  letters: readonly DeadLetter[],
  { known, isAgain, blobStore }: PlanParts,
): Promise<readonly PlannedLetter[]> {
  const planned: PlannedLetter[] = [];
  const taken = new Map<string, string>();
  for (const letter of letters) {
    const redrive = known.get(letter.at);
    const unfinished = redrive?.state === 'begun' ? redrive : null;
    const source = letter.origin === null ? null : `${letter.stage} ${formatCoordinates(letter.origin)}`;
    const first = source === null ? undefined : taken.get(source);
    const refuse = (obstacle: Obstacle, reason: string): void =>
      void planned.push({ letter, obstacle, reason, unfinished });
    const foreign = foreignReason(letter);
    if (foreign !== null) refuse('foreign', foreign);
    else if (first !== undefined) refuse('copy', `${first} is of the same record`);
    else if (redrive?.state === 'sent' && !isAgain) refuse('redriven', sentence(redrive));
    else {
      const missing = await findMissingBlob(letter, blobStore);
      if (missing !== null) refuse('blob', missing);
      else planned.push({ letter, obstacle: null, reason: '', unfinished });
    }
    if (source !== null && first === undefined) taken.set(source, letter.at);
  }
  return planned;
}

export function sentence({ sentTo, run }: Redrive): string {
  const where = sentTo === null ? '' : ` to ${formatCoordinates(sentTo)}`;
  return `redriven already${where}, run ${run}`;
}

async function findMissingBlob(letter: DeadLetter, blobStore: () => BlobStore): Promise<string | null> {
  if (letter.spilled === null) return null;
  try {
    await blobStore().redeem(letter.tenant, letter.spilled);
    return null;
  } catch (error) {
    if (error instanceof PoisonError) return `${error.code}: ${error.message}`;
    throw error;
  }
}
