import { seededRandom } from '@docstream/classification';

/** A measured figure with its 95 % interval; the interval is null where resampling says nothing. */
export interface Estimate {
  readonly value: number;
  readonly interval: readonly [low: number, high: number] | null;
  /** What it was measured on. */
  readonly count: number;
}

/** What belongs to a group of documents of one template or issuer. */
export interface Grouped {
  readonly group: string;
}

const DRAWS = 2000;
const SEED = 20_261;

/**
 * A statistic with its percentile interval: groups are drawn with replacement, because documents of one group are alike.
 * Repeatable. Draws for which the statistic is not a number are left out.
 */
export function estimate<Item extends Grouped>(
  items: readonly Item[],
  statistic: (drawn: readonly Item[]) => number,
): Estimate {
  const groups = [...Map.groupBy(items, ({ group }) => group).values()];
  const random = seededRandom(SEED);
  const values: number[] = [];
  for (let draw = 0; groups.length > 1 && draw < DRAWS; draw += 1) {
    const drawn: Item[] = [];
    for (let pick = 0; pick < groups.length; pick += 1)
      drawn.push(...(groups[Math.floor(random() * groups.length)] ?? []));
    const value = statistic(drawn);
    if (Number.isFinite(value)) values.push(value);
  }
  return { value: statistic(items), interval: intervalOf(values), count: items.length };
}

/** Means of a number each, faster than `estimate`: sums of groups are drawn. */
export function estimateRatio<Item extends Grouped>(
  items: readonly Item[],
  partOf: (item: Item) => number,
  wholeOf: (item: Item) => number,
): Estimate {
  const groups = [...Map.groupBy(items, ({ group }) => group)].map(([group, members]) => ({
    group,
    part: members.reduce((sum, item) => sum + partOf(item), 0),
    whole: members.reduce((sum, item) => sum + wholeOf(item), 0),
  }));
  const ratio = (drawn: typeof groups): number => {
    let part = 0;
    let whole = 0;
    for (const entry of drawn) {
      part += entry.part;
      whole += entry.whole;
    }
    return part / whole;
  };
  return { ...estimate(groups, (drawn) => ratio([...drawn])), count: items.length };
}

function intervalOf(values: readonly number[]): readonly [number, number] | null {
  if (values.length < DRAWS / 2) return null;
  const sorted = values.toSorted((left, right) => left - right);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? Number.NaN;
  return [at(0.025), at(0.975)];
}
