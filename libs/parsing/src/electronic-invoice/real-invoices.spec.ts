import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import type { EmbeddedInvoice } from '@docstream/contracts';
import type { RawAttachment } from '@docstream/core';
import { CORPUS, describeWithCorpus } from '@docstream/testing';
import { getDocument } from 'pdfjs-dist/legacy/build/pdf.mjs';
import { readAttachments } from '../attachments.js';

const SAMPLES = new URL('../../../../samples/', import.meta.url);

interface Entry {
  readonly path: string;
  readonly embedded_xml?: string;
  readonly truth?: Readonly<Record<string, string | number>>;
}

function entries(): readonly Entry[] {
  const lines = readFileSync(new URL('manifest.jsonl', CORPUS), 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Entry).filter((entry) => entry.embedded_xml !== undefined);
}

async function attachmentsOf(file: URL): Promise<readonly RawAttachment[]> {
  const task = getDocument({ data: new Uint8Array(readFileSync(file)), verbosity: 0 });
  try {
    const document = await task.promise;
    const listed = (await document.getAttachments()) as ReadonlyMap<string, { readonly filename: string }>;
    const attachments: RawAttachment[] = [];
    for (const [key, { filename: name }] of listed) {
      const content: unknown = await document.getAttachmentContent(key);
      if (!(content instanceof Uint8Array)) continue;
      const attachment = { name, bytes: content.length };
      attachments.push(name.endsWith('.xml') ? { ...attachment, xml: content } : attachment);
    }
    return attachments;
  } finally {
    await task.destroy();
  }
}

const number = (text: string | undefined): number | undefined =>
  text === undefined ? undefined : Number(text);

/** What was read, in the manifest's field names. */
const fieldsOf = (invoice: EmbeddedInvoice | undefined): Readonly<Record<string, unknown>> => ({
  invoice_number: invoice?.number,
  type_code: invoice?.typeCode,
  issue_date: invoice?.issueDate,
  due_date: invoice?.dueDate,
  currency: invoice?.currency,
  total: number(invoice?.total),
  net_total: number(invoice?.netTotal),
  tax_total: number(invoice?.taxTotal),
  amount_due: number(invoice?.amountDue),
  seller_name: invoice?.seller?.name,
  buyer_name: invoice?.buyer?.name,
  seller_vat_id: invoice?.seller?.vatId,
  order_reference: invoice?.orderNumber,
  iban: invoice?.iban,
  line_item_count: invoice?.lines?.length,
});

describe('electronic invoices of the samples', () => {
  it.each([
    ['invoice-lieferant-de.pdf', 'zugferd-1', '471102', '529.87', 2],
    ['invoice-le-fournisseur-fr.pdf', 'cii', 'F20220027', '110.00', undefined],
  ])('%s is read', async (file, syntax, invoiceNumber, total, lines) => {
    const { embeddedInvoice } = readAttachments(await attachmentsOf(new URL(file, SAMPLES)));
    expect(embeddedInvoice).toMatchObject({ syntax, number: invoiceNumber, total });
    expect(embeddedInvoice?.lines?.length).toBe(lines);
  });
});

describeWithCorpus('electronic invoices of the corpus', () => {
  it('says of each what is known to be in it', async () => {
    const read: Record<string, unknown> = {};
    const known: Record<string, unknown> = {};
    for (const { path, embedded_xml: attachment, truth = {} } of entries()) {
      const { embeddedInvoice } = readAttachments(await attachmentsOf(new URL(path, CORPUS)));
      const fields = fieldsOf(embeddedInvoice);
      read[path] = {
        ...Object.fromEntries(Object.keys(truth).map((name) => [name, fields[name]])),
        attachment: embeddedInvoice?.attachment,
      };
      known[path] = { ...truth, attachment };
    }
    expect(read).toEqual(known);
    expect(Object.keys(known).length).toBeGreaterThan(15);
  });

  it('refuses an entity bomb', async () => {
    const file = new URL('hostile/facturx-billion-laughs.pdf', CORPUS);
    const { attachments, embeddedInvoice } = readAttachments(await attachmentsOf(file));
    expect(embeddedInvoice).toBeUndefined();
    expect(attachments).toEqual([
      { name: 'factur-x.xml', bytes: 870, mediaType: 'application/xml', problem: 'XML_DOCTYPE' },
    ]);
  });
});
