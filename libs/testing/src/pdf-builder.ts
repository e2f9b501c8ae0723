import {
  addField,
  escapeText,
  fileBody,
  linkBody,
  streamOf,
  type DrawnField,
  type DrawnFile,
  type DrawnLink,
  type DrawnRect,
} from './pdf-annotations.js';

/** One line of text: left end of its base line in points, origin at the bottom left as in PDF. */
export interface DrawnText {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly text: string;
  readonly bold?: boolean;
}

export interface DrawnPage {
  readonly texts?: readonly DrawnText[];
  /** Clockwise, in degrees. */
  readonly rotate?: number;
  /** Draws an image of 2 × 2 pixels over the whole page. */
  readonly image?: boolean;
  /** Lines from one point to another, one point wide. */
  readonly lines?: readonly DrawnRect[];
  /** Boxes filled with grey. */
  readonly boxes?: readonly DrawnRect[];
  readonly links?: readonly DrawnLink[];
  readonly fields?: readonly DrawnField[];
  /** Carried by an annotation on the page. */
  readonly files?: readonly DrawnFile[];
}

export interface DrawnOutlineItem {
  readonly title: string;
  /** From 1. */
  readonly page?: number;
  readonly items?: readonly DrawnOutlineItem[];
}

export interface DrawnDocument {
  readonly outline?: readonly DrawnOutlineItem[];
  readonly attachments?: readonly DrawnFile[];
  readonly language?: string;
  /** The document's XMP packet. */
  readonly xmp?: string;
}

const PIXELS = 'ABCDEFGHIJKL';

function contentOf({ texts = [], lines = [], boxes = [], image = false }: DrawnPage): string {
  const drawn = [
    ...boxes.map(([x0, y0, x1, y1]) => `0.8 g ${x0} ${y0} ${x1 - x0} ${y1 - y0} re f 0 g`),
    ...lines.map(([x0, y0, x1, y1]) => `${x0} ${y0} m ${x1} ${y1} l S`),
    ...texts.map(
      ({ x, y, size, text, bold = false }) =>
        `BT /${bold ? 'B' : 'R'} ${size} Tf 1 0 0 1 ${x} ${y} Tm (${escapeText(text)}) Tj ET`,
    ),
  ];
  if (image) drawn.push('q 612 0 0 792 0 0 cm /I Do Q');
  return drawn.join('\n');
}

/** A PDF of 612 × 792 points a page in Helvetica, Latin-1 text only, with a correct cross-reference table. */
export function buildPdf(
  pages: readonly DrawnPage[],
  info: Readonly<Record<string, string>> = {},
  { outline = [], attachments = [], language, xmp }: DrawnDocument = {},
): Uint8Array<ArrayBuffer> {
  const bodies: string[] = [];
  const add = (body: string): number => bodies.push(body);
  const fill = (object: number, body: string): void => void (bodies[object - 1] = body);
  const catalog = add('');
  const tree = add('');
  const regular = add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  const bold = add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>');
  const image = add(
    streamOf(
      '/Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceRGB /BitsPerComponent 8',
      PIXELS,
    ),
  );
  const kids = pages.map(() => add(''));
  const pageObject = (page: number): number => kids[page - 1] ?? 0;
  const formFields: number[] = [];
  for (const [index, page] of pages.entries()) {
    const stream = add(streamOf('', contentOf(page)));
    const annotations = (page.links ?? []).map((link) => add(linkBody(link, pageObject)));
    for (const field of page.fields ?? []) {
      const { widget, body, top } = addField(add, field, regular);
      fill(widget, body);
      annotations.push(widget);
      formFields.push(top);
    }
    for (const file of page.files ?? []) {
      const specification = add(fileBody(add, file));
      annotations.push(
        add(`<< /Type /Annot /Subtype /FileAttachment /Rect [9 9 29 29] /FS ${specification} 0 R >>`),
      );
    }
    const resources = `<< /Font << /R ${regular} 0 R /B ${bold} 0 R >> /XObject << /I ${image} 0 R >> >>`;
    const annots = annotations.map((annotation) => `${annotation} 0 R`).join(' ');
    fill(
      pageObject(index + 1),
      `<< /Type /Page /Parent ${tree} 0 R /MediaBox [0 0 612 792] /Rotate ${page.rotate ?? 0} /Resources ${resources} /Contents ${stream} 0 R ${annots === '' ? '' : `/Annots [${annots}]`} >>`,
    );
  }
  fill(tree, `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`);
  const addItems = (items: readonly DrawnOutlineItem[], parent: number): string => {
    const objects = items.map(() => add(''));
    for (const [index, item] of items.entries()) {
      const object = objects[index] ?? 0;
      const next = objects[index + 1];
      fill(
        object,
        `<< /Title (${escapeText(item.title)}) /Parent ${parent} 0 R ${next === undefined ? '' : `/Next ${next} 0 R`} ${item.page === undefined ? '' : `/Dest [${pageObject(item.page)} 0 R /Fit]`} ${addItems(item.items ?? [], object)} >>`,
      );
    }
    return objects.length === 0 ? '' : `/First ${objects[0]} 0 R /Last ${objects.at(-1)} 0 R`;
  };
  const entries = ['/Type /Catalog', `/Pages ${tree} 0 R`];
  if (outline.length > 0) {
    const root = add('');
    fill(root, `<< /Type /Outlines ${addItems(outline, root)} >>`);
    entries.push(`/Outlines ${root} 0 R`);
  }
  if (attachments.length > 0) {
    const named = attachments.map((file) => `(${escapeText(file.name)}) ${add(fileBody(add, file))} 0 R`);
    entries.push(`/Names << /EmbeddedFiles << /Names [${named.join(' ')}] >> >>`);
  }
  if (formFields.length > 0) {
    const fields = formFields.map((field) => `${field} 0 R`).join(' ');
    entries.push(`/AcroForm << /Fields [${fields}] /DR << /Font << /R ${regular} 0 R >> >> >>`);
  }
  if (language !== undefined) entries.push(`/Lang (${language})`);
  if (xmp !== undefined) entries.push(`/Metadata ${add(streamOf('/Type /Metadata /Subtype /XML', xmp))} 0 R`);
  fill(catalog, `<< ${entries.join(' ')} >>`);
  const facts = Object.entries(info).map(([key, value]) => `/${key} (${escapeText(value)})`);
  return assemble(bodies, catalog, add(`<< ${facts.join(' ')} >>`));
}

function assemble(bodies: readonly string[], catalog: number, info: number): Uint8Array<ArrayBuffer> {
  const parts = ['%PDF-1.4\n'];
  let length = 9;
  const offsets = bodies.map((body, index) => {
    const offset = length;
    const object = `${index + 1} 0 obj\n${body}\nendobj\n`;
    parts.push(object);
    length += object.length;
    return offset;
  });
  parts.push(`xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n`);
  parts.push(...offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`));
  parts.push(
    `trailer\n<< /Size ${bodies.length + 1} /Root ${catalog} 0 R /Info ${info} 0 R >>\nstartxref\n${length}\n%%EOF\n`,
  );
  return Uint8Array.from(Buffer.from(parts.join(''), 'latin1'));
}
