/** How well a stored document could be read. */
export const QUALITIES = ['complete', 'partial', 'image-only', 'empty'] as const;
export type Quality = (typeof QUALITIES)[number];

/** The end states of a run; `rejected` happens before acceptance and leaves nothing on a topic. */
export const END_STATES = ['stored', 'dead-lettered', 'rejected', 'skipped', 'lost'] as const;
export type EndState = (typeof END_STATES)[number];

/** States on the way, in the order of the stages. */
export const OPEN_STATES = ['accepted', 'parsed', 'classified'] as const;
export type OpenState = (typeof OPEN_STATES)[number];
export type DocumentState = OpenState | EndState;

/** Rank of a state within a run; a row never goes back to a lower rank of the same run. */
export const STATE_RANK: Readonly<Record<DocumentState, number>> = {
  rejected: 0,
  accepted: 1,
  parsed: 2,
  classified: 3,
  stored: 4,
  'dead-lettered': 4,
  skipped: 5,
  lost: 5,
};

export function isEndState(state: DocumentState): state is EndState {
  return (END_STATES as readonly string[]).includes(state);
}
