import type { Attachment, AttachmentProblem, EmbeddedInvoice } from '@docstream/contracts';
import type { RawAttachment } from '@docstream/core';
import {
  isInvoiceName,
  MAX_XML_BYTES,
  readElectronicInvoice,
} from './electronic-invoice/read-electronic-invoice.js';
import { toAttachment } from './metadata.js';

/** A file with hundreds of them wants something else than to be read. */
const MAX_TRIED = 8;

interface AttachmentsOf {
  readonly attachments: readonly Attachment[];
  readonly embeddedInvoice?: EmbeddedInvoice;
}

/** Those with the name of an electronic invoice first, then the others; the first that can be read counts. */
export function readAttachments(raw: readonly RawAttachment[]): AttachmentsOf {
  const attachments = raw.map(toAttachment);
  const problems = new Map<number, AttachmentProblem>();
  let embeddedInvoice: EmbeddedInvoice | undefined;

  const candidates = [...raw.entries()]
    .map(([index, { name, bytes, xml }]) => ({ index, bytes, xml, isNamed: isInvoiceName(name) }))
    .filter(({ xml, bytes, isNamed }) => xml !== undefined || (isNamed && bytes > MAX_XML_BYTES))
    .sort((a, b) => Number(b.isNamed) - Number(a.isNamed) || a.index - b.index);
  for (const { index, xml } of candidates.slice(0, MAX_TRIED)) {
    const reading =
      xml === undefined
        ? { problem: 'XML_TOO_LARGE' as const }
        : readElectronicInvoice({ name: attachments[index]?.name ?? '', xml });
    if (reading === undefined) continue;
    if ('invoice' in reading) {
      embeddedInvoice = reading.invoice;
      break;
    }
    problems.set(index, reading.problem);
  }

  return {
    attachments: attachments.map((attachment, index) => {
      const problem = problems.get(index);
      return problem === undefined ? attachment : { ...attachment, problem };
    }),
    ...(embeddedInvoice === undefined ? {} : { embeddedInvoice }),
  };
}
