import type { Fragment } from './fragments.js';

/** Pieces of about one size that end at about one place and are looked at: far more than a line of text has there. */
const MOST_IN_CELL = 64;

/** The pieces of a row by size and by where they end: what raised and lowered small print may stand behind. */
export class ScriptBases {
  /** By the power of two of the size, then by the place in steps of twice that size. */
  private readonly places = new Map<number, Map<number, Fragment[]>>();

  constructor(fragments: readonly Fragment[]) {
    for (const fragment of fragments) this.add(fragment);
  }

  add(fragment: Fragment): void {
    const power = Math.floor(Math.log2(fragment.size));
    const cells = this.places.get(power) ?? new Map<number, Fragment[]>();
    this.places.set(power, cells);
    const at = cellAt(fragment.u1, power);
    const cell = cells.get(at);
    if (cell === undefined) cells.set(at, [fragment]);
    else if (cell.length < MOST_IN_CELL) cell.push(fragment);
  }

  /** True when one of them is so much larger, and ends so close before the script, that it may carry it. */
  areBeside(script: Fragment): boolean {
    for (const [power, cells] of this.places) {
      if (2 ** (power + 1) * 0.82 <= script.size) continue;
      const at = cellAt(script.u0, power);
      for (const cell of [at - 1, at, at + 1])
        if (cells.get(cell)?.some((base) => carries(base, script)) === true) return true;
    }
    return false;
  }
}

/** Steps are longer than a base of that power reaches. */
const cellAt = (u: number, power: number): number => Math.floor(u / 2 ** (power + 1));

const carries = (base: Fragment, script: Fragment): boolean =>
  base.size * 0.82 > script.size &&
  Math.abs(base.v - script.v) < 0.62 * base.size &&
  script.u0 - base.u1 < 0.25 * base.size &&
  script.u0 - base.u1 > -0.15 * base.size;
