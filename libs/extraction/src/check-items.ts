import type { FieldName } from '@docstream/contracts';
import { CONTRADICTED, SLACK, SURE_ENOUGH, raise } from './arithmetic.js';
import { surestOf, type Candidate } from './candidate.js';
import { horizontalOverlap, verticalOverlap } from './layout.js';
import type { LineItem, TaxLine } from './line-item.js';
import { isSameAmount } from './line-items/numbers.js';

/** Surer than this, items add up to a sum that is printed: they are not to blame. */
const PROVEN = 0.9;

/**
 * Items add up to the net or the gross total, taxes to the tax, their bases to the net: what agrees becomes more certain,
 * items and taxes that contradict a total less. Other fields pass unchanged.
 */
export function checkItems(candidates: readonly Candidate[]): readonly Candidate[] {
  const items = surestOf(candidates, 'line_items');
  const taxes = surestOf(candidates, 'tax_lines');
  const afterItems = agree(candidates, items, [
    ['net_total', sumOf(items, 'amount')],
    ['total', sumOf(items, 'amount')],
  ]);
  return agree(afterItems, taxes, [
    ['tax_total', sumOf(taxes, 'amount')],
    ['net_total', sumOf(taxes, 'base')],
  ]);
}

type Claim = readonly [field: FieldName, sum: number | undefined];

function agree(
  candidates: readonly Candidate[],
  parts: Candidate | undefined,
  claims: readonly Claim[],
): readonly Candidate[] {
  if (parts === undefined) return candidates;
  const agreeing = new Set(
    claims.flatMap(([field, sum]) =>
      candidatesFor(field, candidates).filter(
        (candidate) =>
          sum !== undefined &&
          sum !== 0 &&
          candidate.confidence >= SURE_ENOUGH &&
          !isAmong(candidate, parts) &&
          isSameAmount(Number(candidate.value), sum, SLACK),
      ),
    ),
  );
  const isContradicted =
    agreeing.size === 0 &&
    parts.confidence < PROVEN &&
    claims.some(
      ([field, sum]) => sum !== undefined && (surestOf(candidates, field)?.confidence ?? 0) >= SURE_ENOUGH,
    );
  return candidates.map((candidate) => {
    if (agreeing.has(candidate) || (candidate === parts && agreeing.size > 0))
      return { ...candidate, confidence: raise(candidate.confidence) };
    return candidate === parts && isContradicted
      ? { ...candidate, confidence: candidate.confidence * CONTRADICTED }
      : candidate;
  });
}

/** An amount of the items themselves proves nothing. */
function isAmong({ page, box }: Candidate, parts: Candidate): boolean {
  return (
    page === parts.page && verticalOverlap(box, parts.box) > 0.5 && horizontalOverlap(box, parts.box) > 0
  );
}

/** Items may add up to a subtotal: it may become the net total, but takes nothing from a likelier gross one. */
function candidatesFor(field: FieldName, candidates: readonly Candidate[]): readonly Candidate[] {
  const likeliest = field === 'total' ? surestOf(candidates, field) : undefined;
  return candidates.filter((candidate) =>
    field === 'total' ? candidate === likeliest : candidate.field === field,
  );
}

/** Undefined where a part does not say it. */
function sumOf(candidate: Candidate | undefined, key: 'amount' | 'base'): number | undefined {
  if (candidate === undefined || !Array.isArray(candidate.value)) return undefined;
  const parts = candidate.value as readonly (LineItem & TaxLine)[];
  const numbers = parts.map((part) => part[key]);
  return numbers.reduce<number | undefined>(
    (sum, number) => (sum === undefined || number === undefined ? undefined : sum + number),
    0,
  );
}
