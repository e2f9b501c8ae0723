import type { EmbeddedInvoice } from '@docstream/contracts';
import { SLACK } from './arithmetic.js';
import { isSameAmount } from './line-items/numbers.js';

/**
 * False where an electronic invoice contradicts itself: net + tax is not the total, or lines with allowances and charges
 * are not the net (EN 16931, BR-CO-10, -13 and -15). What it does not state is not judged.
 */
export function isConsistent(invoice: EmbeddedInvoice): boolean {
  const [net, tax, total] = [invoice.netTotal, invoice.taxTotal, invoice.total].map(amountOf);
  if (net !== undefined && tax !== undefined && total !== undefined && !isSameAmount(net + tax, total, SLACK))
    return false;
  const amounts = (invoice.lines ?? []).flatMap(({ amount }) => amountOf(amount) ?? []);
  if (net === undefined || amounts.length === 0) return true;
  const adjusted = (amountOf(invoice.chargeTotal) ?? 0) - (amountOf(invoice.allowanceTotal) ?? 0);
  const sum = amounts.reduce((added, amount) => added + amount, 0) + adjusted;
  return isSameAmount(sum, net, SLACK + 0.005 * amounts.length);
}

function amountOf(text: string | undefined): number | undefined {
  const amount = text === undefined || text === '' ? Number.NaN : Number(text);
  return Number.isFinite(amount) ? amount : undefined;
}
