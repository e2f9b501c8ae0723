import { CONTRADICTED, SLACK, SURE_ENOUGH, raise } from './arithmetic.js';
import type { Candidate } from './candidate.js';
import { candidateOf } from './candidate.js';
import type { PageLayout } from './layout.js';
import type { DocumentLocale } from './locale.js';
import { findMoney } from './recognisers/money.js';

const CONSIDERED = 6;
const MOST_AMOUNTS = 600;

interface Triple {
  readonly net: Candidate;
  readonly tax: Candidate;
  readonly total: Candidate;
}

/**
 * Net + tax = total: what agrees becomes more certain, a contradiction less; where two are known, the third is looked for
 * among the document's amounts. Other fields pass unchanged.
 */
export function checkTotals(
  candidates: readonly Candidate[],
  pages: readonly PageLayout[],
  locale: DocumentLocale,
): readonly Candidate[] {
  const nets = bestOf(candidates, 'net_total');
  const taxes = bestOf(candidates, 'tax_total');
  const totals = bestOf(candidates, 'total');
  const triple = bestTriple(nets, taxes, totals);
  if (triple !== undefined) {
    const agreeing = new Set<Candidate>(Object.values(triple));
    return candidates.map((candidate) =>
      agreeing.has(candidate) ? { ...candidate, confidence: raise(candidate.confidence) } : candidate,
    );
  }
  const [net, tax, total] = [nets[0], taxes[0], totals[0]];
  const third = deriveThird(net, tax, total, pages, locale);
  if (third !== undefined) return [...candidates, third];
  const isContradiction = [net, tax, total].every((candidate) => (candidate?.confidence ?? 0) >= SURE_ENOUGH);
  if (!isContradiction) return candidates;
  const names = new Set(['net_total', 'tax_total', 'total']);
  return candidates.map((candidate) =>
    names.has(candidate.field)
      ? { ...candidate, confidence: candidate.confidence * CONTRADICTED }
      : candidate,
  );
}

const amountOf = (candidate: Candidate | undefined): number =>
  typeof candidate?.value === 'number' ? candidate.value : Number.NaN;

function bestOf(candidates: readonly Candidate[], field: string): readonly Candidate[] {
  return candidates
    .filter((candidate) => candidate.field === field)
    .sort((one, other) => other.confidence - one.confidence)
    .slice(0, CONSIDERED);
}

function bestTriple(
  nets: readonly Candidate[],
  taxes: readonly Candidate[],
  totals: readonly Candidate[],
): Triple | undefined {
  let best: Triple | undefined;
  let bestScore = 0;
  for (const net of nets) {
    for (const tax of taxes) {
      for (const total of totals) {
        if (Math.abs(amountOf(net) + amountOf(tax) - amountOf(total)) > SLACK || amountOf(total) === 0)
          continue;
        // 0 as the tax fits whatever stands twice: it proves less.
        const score = net.confidence + total.confidence + tax.confidence * (amountOf(tax) === 0 ? 0.3 : 1);
        if (score > bestScore) {
          best = { net, tax, total };
          bestScore = score;
        }
      }
    }
  }
  return best;
}

function deriveThird(
  net: Candidate | undefined,
  tax: Candidate | undefined,
  total: Candidate | undefined,
  pages: readonly PageLayout[],
  locale: DocumentLocale,
): Candidate | undefined {
  const known = [net, tax, total].filter((candidate) => candidate !== undefined);
  if (known.length !== 2 || known.some(({ confidence }) => confidence < SURE_ENOUGH)) return undefined;
  const [field, wanted] =
    total === undefined
      ? (['total', amountOf(net) + amountOf(tax)] as const)
      : net === undefined
        ? (['net_total', amountOf(total) - amountOf(tax)] as const)
        : (['tax_total', amountOf(total) - amountOf(net)] as const);
  if (!(Math.abs(wanted) > SLACK)) return undefined;
  const confidence = 0.8 * Math.min(...known.map((candidate) => candidate.confidence));
  let seen = 0;
  for (const page of pages) {
    for (const cell of page.cells) {
      for (const match of findMoney(cell.text, locale)) {
        seen += 1;
        if (Math.abs(match.value - wanted) < SLACK / 2 && match.confidence >= 0.6) {
          return candidateOf(field, `totals.${field}.derived@1`, cell, match, confidence);
        }
        if (seen >= MOST_AMOUNTS) return undefined;
      }
    }
  }
  return undefined;
}
