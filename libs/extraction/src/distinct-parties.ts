import type { Candidate } from './candidate.js';

const LESS_LIKELY = 0.4;

/** Nobody sells to himself: a name that is the best for seller and buyer stays where it is surer. */
export function separateParties(candidates: readonly Candidate[]): readonly Candidate[] {
  const seller = best(candidates, 'seller_name');
  const buyer = best(candidates, 'buyer_name');
  if (seller === undefined || buyer === undefined || nameOf(seller) !== nameOf(buyer)) return candidates;
  const loser = seller.confidence < buyer.confidence ? seller : buyer;
  return candidates.map((candidate) =>
    candidate.field === loser.field && nameOf(candidate) === nameOf(loser)
      ? { ...candidate, confidence: candidate.confidence * LESS_LIKELY }
      : candidate,
  );
}

const nameOf = ({ value }: Candidate): string =>
  String(value)
    .toLowerCase()
    .replace(/[\s.,]+/gu, '');

function best(candidates: readonly Candidate[], field: string): Candidate | undefined {
  let found: Candidate | undefined;
  for (const candidate of candidates) {
    if (candidate.field === field && candidate.confidence > (found?.confidence ?? 0)) found = candidate;
  }
  return found;
}
