import { surestOf, type Candidate } from './candidate.js';

const LESS_LIKELY = 0.4;

/** Nobody sells to himself: a name that is the best for seller and buyer stays where it is surer, an address stays the buyer's. */
export function separateParties(candidates: readonly Candidate[]): readonly Candidate[] {
  return separateAddresses(separateNames(candidates));
}

function separateNames(candidates: readonly Candidate[]): readonly Candidate[] {
  const seller = surestOf(candidates, 'seller_name');
  const buyer = surestOf(candidates, 'buyer_name');
  if (seller === undefined || buyer === undefined || nameOf(seller) !== nameOf(buyer)) return candidates;
  const loser = seller.confidence < buyer.confidence ? seller : buyer;
  return candidates.map((candidate) =>
    candidate.field === loser.field && nameOf(candidate) === nameOf(loser)
      ? { ...candidate, confidence: candidate.confidence * LESS_LIKELY }
      : candidate,
  );
}

/** Whom a document is sent to has a block of its own; a sender's address is found in that block by mistake. */
function separateAddresses(candidates: readonly Candidate[]): readonly Candidate[] {
  const buyer = surestOf(candidates, 'buyer_address');
  if (buyer === undefined) return candidates;
  return candidates.filter(
    (candidate) => candidate.field !== 'seller_address' || nameOf(candidate) !== nameOf(buyer),
  );
}

const nameOf = ({ value }: Candidate): string =>
  String(value)
    .toLowerCase()
    .replace(/[\s.,]+/gu, '');
