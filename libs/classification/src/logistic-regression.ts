import { type Row, scoreRow } from './head.js';
import { softmax } from './statistics.js';

export interface TrainingRow {
  readonly row: Row;
  /** Wanted probability of each type; sums to 1. */
  readonly target: readonly number[];
  readonly weight: number;
}

export interface RegressionOptions {
  readonly types: number;
  readonly rowLength: number;
  /** Weight of the squared weights against the mean loss. */
  readonly regularisation: number;
  readonly maxIterations: number;
}

export interface Regression {
  readonly weights: Float64Array;
  readonly bias: Float64Array;
}

const HISTORY = 8;
const MAX_HALVINGS = 25;

/**
 * Multinomial logistic regression with L2 penalty, minimised by L-BFGS from zero: no randomness, the same rows give the
 * same weights. Source: Nocedal and Wright, Numerical Optimization, algorithm 7.4, with Armijo back-tracking.
 */
export function fitRegression(rows: readonly TrainingRow[], options: RegressionOptions): Regression {
  const size = options.types * (options.rowLength + 1);
  let point = new Float64Array(size);
  let { loss, gradient } = evaluateAt(point, rows, options);
  const steps: { s: Float64Array; y: Float64Array; rho: number }[] = [];
  for (let iteration = 0; iteration < options.maxIterations; iteration += 1) {
    const direction = descend(gradient, steps);
    const slope = dot(direction, gradient);
    if (slope > -1e-10) break;
    let length = steps.length === 0 ? Math.min(1, 1 / Math.sqrt(dot(gradient, gradient))) : 1;
    let next = move(point, direction, length);
    let there = evaluateAt(next, rows, options);
    for (let halving = 0; halving < MAX_HALVINGS && there.loss > loss + 1e-4 * length * slope; halving += 1) {
      length /= 2;
      next = move(point, direction, length);
      there = evaluateAt(next, rows, options);
    }
    if (there.loss >= loss) break;
    const s = move(next, point, -1);
    const y = move(there.gradient, gradient, -1);
    const curvature = dot(s, y);
    if (curvature > 1e-12) steps.push({ s, y, rho: 1 / curvature });
    if (steps.length > HISTORY) steps.shift();
    const gain = loss - there.loss;
    point = next;
    ({ loss, gradient } = there);
    if (gain < 1e-7) break;
  }
  const split = options.types * options.rowLength;
  return { weights: point.slice(0, split), bias: point.slice(split) };
}

function evaluateAt(
  point: Float64Array,
  rows: readonly TrainingRow[],
  { types, rowLength, regularisation }: RegressionOptions,
): { loss: number; gradient: Float64Array } {
  const split = types * rowLength;
  const gradient = new Float64Array(point.length);
  const total = rows.reduce((sum, { weight }) => sum + weight, 0) || 1;
  const bias = point.subarray(split);
  let loss = 0;
  for (const { row, target, weight } of rows) {
    const probabilities = softmax(scoreRow(row, point, bias, rowLength));
    const share = weight / total;
    for (let type = 0; type < types; type += 1) {
      const wanted = target[type] ?? 0;
      const given = probabilities[type] ?? 0;
      if (wanted > 0) loss -= share * wanted * Math.log(Math.max(given, 1e-12));
      const error = share * (given - wanted);
      gradient[split + type] = (gradient[split + type] ?? 0) + error;
      const offset = type * rowLength;
      for (let index = 0; index < row.positions.length; index += 1) {
        const at = offset + (row.positions[index] ?? 0);
        gradient[at] = (gradient[at] ?? 0) + error * (row.values[index] ?? 0);
      }
    }
  }
  for (let index = 0; index < split; index += 1) {
    const weight = point[index] ?? 0;
    loss += (regularisation / 2) * weight * weight;
    gradient[index] = (gradient[index] ?? 0) + regularisation * weight;
  }
  return { loss, gradient };
}

function descend(
  gradient: Float64Array,
  steps: readonly { s: Float64Array; y: Float64Array; rho: number }[],
): Float64Array {
  const direction = gradient.map((value) => -value);
  const alphas: number[] = [];
  for (const { s, y, rho } of steps.toReversed()) {
    const alpha = rho * dot(s, direction);
    alphas.unshift(alpha);
    addScaled(direction, y, -alpha);
  }
  const last = steps.at(-1);
  if (last !== undefined) {
    const scale = 1 / (last.rho * dot(last.y, last.y));
    for (let index = 0; index < direction.length; index += 1)
      direction[index] = (direction[index] ?? 0) * scale;
  }
  for (const [index, { s, y, rho }] of steps.entries()) {
    addScaled(direction, s, (alphas[index] ?? 0) - rho * dot(y, direction));
  }
  return direction;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

function addScaled(target: Float64Array, source: Float64Array, factor: number): void {
  for (let index = 0; index < target.length; index += 1) {
    target[index] = (target[index] ?? 0) + factor * (source[index] ?? 0);
  }
}

function move(point: Float64Array, direction: Float64Array, length: number): Float64Array<ArrayBuffer> {
  const moved = Float64Array.from(point);
  addScaled(moved, direction, length);
  return moved;
}
