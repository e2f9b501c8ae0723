import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ATTACHMENT_PROBLEMS } from '@docstream/contracts';
import type { RawAttachment } from '@docstream/core';
import { assembleDocument } from './assemble-document.js';
import { readAttachments } from './attachments.js';

const xmlOf = (name: string): Uint8Array =>
  readFileSync(new URL(`electronic-invoice/fixtures/${name}.xml`, import.meta.url));
const attached = (name: string, xml: Uint8Array | string): RawAttachment => {
  const bytes = typeof xml === 'string' ? Buffer.from(xml) : xml;
  return { name, bytes: bytes.length, xml: bytes };
};

const FACTUR_X = attached('factur-x.xml', xmlOf('cii-minimum'));
const UBL = attached('peppol.xml', xmlOf('ubl-invoice'));
const BROKEN = attached('xrechnung.xml', '<Invoice');
const OTHER = attached('data.xml', '<data/>');

describe('attachments', () => {
  it('with a known name come before other XML, wherever they stand', () => {
    expect(readAttachments([UBL, FACTUR_X]).embeddedInvoice?.number).toBe('F-7');
    expect(readAttachments([FACTUR_X, UBL]).embeddedInvoice?.number).toBe('F-7');
    expect(readAttachments([OTHER, UBL]).embeddedInvoice).toMatchObject({
      number: 'INV-100',
      attachment: 'peppol.xml',
    });
  });

  it('that can’t be read say why, and the next one counts', () => {
    const { attachments, embeddedInvoice } = readAttachments([OTHER, BROKEN, UBL]);
    expect(embeddedInvoice?.number).toBe('INV-100');
    expect(attachments.map(({ name, problem }) => [name, problem])).toEqual([
      ['data.xml', undefined],
      ['xrechnung.xml', 'XML_MALFORMED'],
      ['peppol.xml', undefined],
    ]);
  });

  it('that are too large to be handed over say so where their name is that of an invoice', () => {
    const large = { name: 'factur-x.xml', bytes: 5_000_000 };
    expect(readAttachments([large, { name: 'film.xml', bytes: 5_000_000 }]).attachments).toEqual([
      { ...large, mediaType: 'application/xml', problem: 'XML_TOO_LARGE' },
      { name: 'film.xml', bytes: 5_000_000, mediaType: 'application/xml' },
    ]);
  });

  it('without XML say nothing', () => {
    expect(readAttachments([{ name: 'factur-x.xml', bytes: 12 }])).toEqual({
      attachments: [{ name: 'factur-x.xml', bytes: 12, mediaType: 'application/xml' }],
    });
    expect(readAttachments([])).toEqual({ attachments: [] });
  });

  it('are not read without end', () => {
    const many = Array.from({ length: 200 }, () => BROKEN);
    const { attachments, embeddedInvoice } = readAttachments([...many, FACTUR_X]);
    expect(embeddedInvoice).toBeUndefined();
    expect(attachments.filter(({ problem }) => problem !== undefined)).toHaveLength(8);
  });

  it('are part of the document, which no problem of theirs makes worse', () => {
    const raw = { parser: 'none 1', pages: [], metadata: {} };
    expect(assembleDocument({ ...raw, attachments: [FACTUR_X] }).embeddedInvoice).toMatchObject({
      syntax: 'cii',
      attachment: 'factur-x.xml',
      total: '10.55',
    });
    const broken = assembleDocument({ ...raw, attachments: [BROKEN] });
    expect(broken.embeddedInvoice).toBeUndefined();
    expect(broken.quality).toBe(assembleDocument({ ...raw, attachments: [] }).quality);
  });

  it('hand on nothing of the XML but what was read', () => {
    expect(JSON.stringify(readAttachments([FACTUR_X]))).not.toContain('"xml"');
  });

  it('have problems that the documentation explains', () => {
    const page = readFileSync(new URL('../../../docs/electronic-invoices.md', import.meta.url), 'utf8');
    const explained = [...page.matchAll(/^\| `(XML_\w+)` \|/gm)].map(([, name]) => name);
    expect(explained).toEqual(Object.keys(ATTACHMENT_PROBLEMS));
  });
});
