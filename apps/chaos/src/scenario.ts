import type { Arena } from './arena.js';
import type { Ledger } from './ledger.js';
import type { Violation } from './invariants.js';

/** What a scenario works with. */
export interface Stage {
  readonly arena: Arena;
  readonly ledger: Ledger;
  /** Repeatable with the printed seed. */
  readonly random: () => number;
  /** How long a scenario of open length may last. */
  readonly minutes: number;
  /** Documents of a backlog; fewer in the tests. */
  readonly backlog: number;
  /** How often a service dies at the same point; once in the tests. */
  readonly deaths: number;
  readonly say: (sentence: string) => void;
  /** Notes a contradiction of what must hold in this scenario beside the invariants. */
  readonly violate: (violation: Violation) => void;
}

/** The scenario cannot run here, and why. */
export class Skipped extends Error {
  constructor(reason: string) {
    super(reason);
    this.name = new.target.name;
  }
}

export interface Scenario {
  readonly name: string;
  /** What is broken, for the table. */
  readonly breaks: string;
  /** What must hold beside the invariants, for the table. */
  readonly holds: string;
  /** In `npm test`, in this order. */
  readonly isInTests?: boolean;
  /** With the shipped stages instead of the light ones. */
  readonly isFull?: boolean;
  /** Longest wait until everything is done again; default 60 s. */
  readonly restWithinMs?: number;
  /** Breaks things and mends them; the invariants are checked afterwards. */
  readonly run: (stage: Stage) => Promise<void>;
}

/** A whole number of [from, to]. */
export function pick(random: () => number, from: number, to: number): number {
  return from + Math.floor(random() * (to - from + 1));
}

/** mulberry32: small, and the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
