import { keyOf, type Candidate } from './candidate.js';
import type { TypeDefinition } from './definition.js';

const HIGHEST = 0.99;

/** The best candidates of each field, best first; the same value found twice counts once and a little more. */
export function chooseValues(
  candidates: readonly Candidate[],
  definition: TypeDefinition,
): readonly Candidate[] {
  return definition.fields.flatMap(({ field, atMost = 1 }) =>
    merged(candidates.filter((candidate) => candidate.field === field))
      .sort((one, other) => other.confidence - one.confidence)
      .slice(0, atMost),
  );
}

function merged(candidates: readonly Candidate[]): Candidate[] {
  const byValue = new Map<string, Candidate>();
  for (const candidate of candidates) {
    const key = keyOf(candidate);
    const known = byValue.get(key);
    if (known === undefined) {
      byValue.set(key, candidate);
      continue;
    }
    const better = candidate.confidence > known.confidence ? candidate : known;
    const agreed =
      better.confidence + 0.15 * (1 - better.confidence) * Math.min(candidate.confidence, known.confidence);
    byValue.set(key, { ...better, confidence: Math.min(HIGHEST, agreed) });
  }
  return [...byValue.values()];
}
