import { columnFrom } from '../address-blocks.js';
import { candidateOf, type Candidate } from '../candidate.js';
import { recogniseAddresses } from '../recognisers/addresses.js';
import { nameOf, type Finder } from './finder.js';
import { findBuyer, findSeller } from './trade-parties.js';

const FARTHEST = 60;

/** The address that stands under or behind the name of a party. */
function addressUnder(findName: Finder): Finder {
  return (field, rule, context) => {
    const [best] = [...findName(field, rule, context)].sort(
      (one, other) => other.confidence - one.confidence,
    );
    if (best === undefined) return [];
    const page = context.labelled.find(({ page: { number } }) => number === best.page);
    const name = page?.page.cells.find(({ text, box }) => text.includes(best.raw) && isAround(box, best.box));
    if (page === undefined || name === undefined) return [];
    const cell = columnFrom(name, name.box[0], page);
    const after = name.text.indexOf(best.raw) + best.raw.length;
    const [match] = recogniseAddresses(cell.text.slice(after), context.locale);
    if (match === undefined || match.start > FARTHEST) return [];
    const confidence = match.confidence * Math.sqrt(rule.confidence * best.confidence);
    return [candidateOf(field, nameOf(context, field, rule), cell, match, confidence, after)];
  };
}

const isAround = (outer: Candidate['box'], inner: Candidate['box']): boolean =>
  outer[0] <= inner[0] + 1 &&
  outer[1] <= inner[1] + 1 &&
  outer[2] >= inner[2] - 1 &&
  outer[3] >= inner[3] - 1;

/** Address of the seller of a trade document. */
export const findSellerAddress: Finder = addressUnder(findSeller);

/** Address of the buyer. */
export const findBuyerAddress: Finder = addressUnder(findBuyer);
