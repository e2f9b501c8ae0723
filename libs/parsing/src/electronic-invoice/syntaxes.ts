import type { EmbeddedInvoice } from '@docstream/contracts';
import { readCrossIndustry } from './cross-industry.js';
import { readUniversalBusinessLanguage } from './universal-business-language.js';
import type { XmlElement } from './xml-tree.js';

/** What the XML itself says. */
export type InvoiceFacts = Omit<EmbeddedInvoice, 'syntax' | 'attachment'>;

/** A root element, the namespaces of what is read below it, and the reader. */
export interface InvoiceSyntax {
  readonly syntax: EmbeddedInvoice['syntax'];
  readonly root: string;
  readonly rootNamespace: string;
  readonly namespaces: ReadonlySet<string>;
  readonly read: (root: XmlElement) => InvoiceFacts;
}

const UNECE = 'urn:un:unece:uncefact:data';
const OASIS = 'urn:oasis:names:specification:ubl:schema:xsd';

function crossIndustry(
  syntax: EmbeddedInvoice['syntax'],
  root: string,
  rootNamespace: string,
  entities: number,
  types: number,
): InvoiceSyntax {
  const namespaces = new Set([
    rootNamespace,
    `${UNECE}:standard:ReusableAggregateBusinessInformationEntity:${entities}`,
    `${UNECE}:standard:UnqualifiedDataType:${types}`,
  ]);
  return { syntax, root, rootNamespace, namespaces, read: readCrossIndustry };
}

function universalBusinessLanguage(root: string): InvoiceSyntax {
  const rootNamespace = `${OASIS}:${root}-2`;
  const namespaces = new Set([`${OASIS}:CommonBasicComponents-2`, `${OASIS}:CommonAggregateComponents-2`]);
  return { syntax: 'ubl', root, rootNamespace, namespaces, read: readUniversalBusinessLanguage };
}

export const INVOICE_SYNTAXES: readonly InvoiceSyntax[] = [
  crossIndustry('cii', 'CrossIndustryInvoice', `${UNECE}:standard:CrossIndustryInvoice:100`, 100, 100),
  crossIndustry('zugferd-1', 'CrossIndustryDocument', 'urn:ferd:CrossIndustryDocument:invoice:1p0', 12, 15),
  crossIndustry(
    'order-x',
    'SCRDMCCBDACIOMessageStructure',
    `${UNECE}:SCRDMCCBDACIOMessageStructure:100`,
    128,
    128,
  ),
  universalBusinessLanguage('Invoice'),
  universalBusinessLanguage('CreditNote'),
];
