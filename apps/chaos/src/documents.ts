import { randomBytes } from 'node:crypto';

/** What a light stage does with a document, beside passing it on. Stands in the document's own text. */
export interface Behaviour {
  /** Milliseconds of work, in each stage or in `worksIn`. */
  readonly workMs?: number;
  readonly worksIn?: string;
  /** The worker process of this stage dies of it, every time. */
  readonly killsWorkerOf?: string;
  /** This stage refuses it for ever. */
  readonly poisons?: string;
}

const HEADER = '%PDF-1.4\n% ';

/** A document that nobody has sent before: PDF enough for a light parser, and `bytes` long at least. */
export function newDocument(behaviour: Behaviour = {}, bytes = 0): Uint8Array<ArrayBuffer> {
  const head = `${HEADER}${JSON.stringify({ id: randomBytes(12).toString('hex'), ...behaviour })}\n`;
  return new Uint8Array(Buffer.from(head.padEnd(bytes, 'x')));
}

/** Behaviour in a document's text; that of any other document is to pass. */
export function readBehaviour(text: string): Behaviour {
  const line = /^\{.*\}$/m.exec(text.slice(0, 4_096).replace(/^%PDF-1.4\n% /, ''));
  return line === null ? {} : (JSON.parse(line[0]) as Behaviour);
}

/** A small real PDF of one page, for the full services. */
export function newPdf(): Uint8Array<ArrayBuffer> {
  const id = randomBytes(8).toString('hex');
  const lines = [
    'Example Trading Ltd',
    `Invoice number: ${id}`,
    'Invoice date: 2026-03-14',
    'Total: 120.00 EUR',
  ];
  const drawn = lines
    .map((line, index) => `BT /F 12 Tf 72 ${720 - 16 * index} Td (${line}) Tj ET`)
    .join('\n');
  const bodies = [
    '<< /Type /Catalog /Pages 2 0 R >>',
    '<< /Type /Pages /Count 1 /Kids [4 0 R] >>',
    '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>',
    '<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F 3 0 R >> >> /Contents 5 0 R >>',
    `<< /Length ${drawn.length} >>\nstream\n${drawn}\nendstream`,
  ];
  let file = '%PDF-1.4\n';
  const offsets = bodies.map((body, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  const entries = offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n${entries}`;
  file += `trailer\n<< /Size ${bodies.length + 1} /Root 1 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return new Uint8Array(Buffer.from(file, 'latin1'));
}
