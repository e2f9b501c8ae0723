import type { AttachmentProblem, EmbeddedInvoice } from '@docstream/contracts';
import { decodeXml } from './decode-xml.js';
import { INVOICE_SYNTAXES } from './syntaxes.js';
import { readXml } from './xml-tree.js';

export const MAX_XML_BYTES = 4 * 1_048_576;

/** Names that the standards give to the XML inside a PDF, in the letters that programs write them with. */
const INVOICE_NAMES = /^(?:factur-x|zugferd|zugferd-invoice|xrechnung|order-x)\.xml$/i;

/** The name alone says that it is an electronic invoice. */
export function isInvoiceName(name: string): boolean {
  return INVOICE_NAMES.test(name.split(/[/\\]/).at(-1)?.trim() ?? '');
}

export type InvoiceReading = { readonly invoice: EmbeddedInvoice } | { readonly problem: AttachmentProblem };

const syntaxOf = (namespace: string, name: string) =>
  INVOICE_SYNTAXES.find((each) => each.root === name && each.rootNamespace === namespace);

/**
 * Reads an electronic invoice from hostile XML. Undefined when neither name nor root element says that it is one.
 * Never throws: what can't be read is a problem, the same one for the same bytes, after time linear in their number.
 */
export function readElectronicInvoice(attachment: {
  readonly name: string;
  readonly xml: Uint8Array;
}): InvoiceReading | undefined {
  const { name, xml } = attachment;
  const refuse = (problem: AttachmentProblem, isInvoice = false): InvoiceReading | undefined =>
    isInvoice || isInvoiceName(name) ? { problem } : undefined;

  if (xml.byteLength > MAX_XML_BYTES) return refuse('XML_TOO_LARGE');
  const text = decodeXml(xml);
  if (text === undefined) return refuse('XML_ENCODING');
  let found: ReturnType<typeof syntaxOf>;
  const reading = readXml(text, (namespace, root) => {
    found = syntaxOf(namespace, root);
    return found?.namespaces;
  });
  if ('problem' in reading) return refuse(reading.problem, reading.rootRead);
  if (found === undefined) return refuse('XML_NOT_AN_INVOICE');
  const facts = found.read(reading.root);
  // The right root around nothing: neither number nor total.
  if (facts.number === undefined && facts.total === undefined) return refuse('XML_NOT_AN_INVOICE', true);
  return { invoice: { syntax: found.syntax, attachment: name, ...facts } };
}
