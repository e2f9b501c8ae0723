import type { TypeDefinition } from '../definition.js';
import { FORM, GENERAL, MANUAL, NEWS, REPORT, SLIDES } from './general.js';
import { DELIVERY_NOTE, INVOICE, PURCHASE_ORDER, RECEIPT } from './trade.js';
import { CONTRACT, LETTER, PAPER, RESUME, STATEMENT } from './writing.js';

/** The shipped definitions; `unknown` and every type without one of its own fall back to the general one. */
export const DEFINITIONS: readonly TypeDefinition[] = [
  INVOICE,
  RECEIPT,
  PURCHASE_ORDER,
  DELIVERY_NOTE,
  PAPER,
  RESUME,
  LETTER,
  CONTRACT,
  STATEMENT,
  REPORT,
  MANUAL,
  SLIDES,
  NEWS,
  FORM,
  GENERAL,
];

/** The definition of a type: the caller's first, then the shipped ones, then the general one. */
export function definitionOf(type: string, own: readonly TypeDefinition[] = []): TypeDefinition {
  return [...own, ...DEFINITIONS].find((definition) => definition.type === type) ?? GENERAL;
}
