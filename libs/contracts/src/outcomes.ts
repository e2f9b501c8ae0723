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

/** End states that no event says: the stage that had to read the run's record never will. */
export const GAP_STATES = ['skipped', 'lost'] as const;
export type GapState = (typeof GAP_STATES)[number];
/** States that an event says. */
export type EventState = Exclude<DocumentState, GapState>;

/**
 * Rank of a state within a run; a row never goes back to a lower rank of the same run. A gap state has the rank of the
 * state that it ends: a later event proves that the record was read all the same.
 */
export const STATE_RANK: Readonly<Record<EventState, number>> = {
  rejected: 0,
  accepted: 1,
  parsed: 2,
  classified: 3,
  stored: 4,
  'dead-lettered': 4,
};

export function isEndState(state: DocumentState): state is EndState {
  return (END_STATES as readonly string[]).includes(state);
}
