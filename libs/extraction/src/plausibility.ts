import type { FieldValue } from './candidate.js';
import type { Plausibility } from './definition.js';

/** Why the value is none; null when nothing speaks against it. */
export function implausibilityOf(value: FieldValue, bounds: Plausibility | undefined): string | null {
  if (bounds === undefined) return null;
  const { atLeast, atMost, earliest, latest, shape, longest } = bounds;
  if (typeof value === 'number') {
    if (atLeast !== undefined && value < atLeast) return `is less than ${atLeast}`;
    if (atMost !== undefined && value > atMost) return `is more than ${atMost}`;
  }
  const text = typeof value === 'object' ? value.join('\n') : String(value);
  // Dates are ISO 8601: their order is that of their text.
  if (earliest !== undefined && text < earliest) return `is before ${earliest}`;
  if (latest !== undefined && text > latest) return `is after ${latest}`;
  if (longest !== undefined && text.length > longest) return `has more than ${longest} characters`;
  if (shape !== undefined && !shape.test(text)) return `does not match ${shape.source}`;
  return null;
}
