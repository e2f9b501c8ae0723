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
}

const escape = (text: string): string => text.replace(/[\\()]/g, (character) => `\\${character}`);

/** A PDF of 612 × 792 points a page in Helvetica, Latin-1 text only, with a correct cross-reference table. */
export function buildPdf(
  pages: readonly DrawnPage[],
  info: Readonly<Record<string, string>> = {},
): Uint8Array<ArrayBuffer> {
  const bodies: string[] = [];
  const add = (body: string): number => bodies.push(body);
  const catalog = add('<< /Type /Catalog /Pages 2 0 R >>');
  add('');
  const regular = add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>');
  const bold = add('<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica-Bold /Encoding /WinAnsiEncoding >>');
  const pixels = 'ABCDEFGHIJKL';
  const image = add(
    `<< /Type /XObject /Subtype /Image /Width 2 /Height 2 /ColorSpace /DeviceRGB /BitsPerComponent 8 /Length ${pixels.length} >>\nstream\n${pixels}\nendstream`,
  );
  const kids = pages.map((page) => {
    const drawn = (page.texts ?? []).map(
      ({ x, y, size, text, bold: isBold = false }) =>
        `BT /${isBold ? 'B' : 'R'} ${size} Tf 1 0 0 1 ${x} ${y} Tm (${escape(text)}) Tj ET`,
    );
    if (page.image === true) drawn.push('q 612 0 0 792 0 0 cm /I Do Q');
    const content = drawn.join('\n');
    const stream = add(`<< /Length ${content.length} >>\nstream\n${content}\nendstream`);
    const resources = `<< /Font << /R ${regular} 0 R /B ${bold} 0 R >> /XObject << /I ${image} 0 R >> >>`;
    return add(
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Rotate ${page.rotate ?? 0} /Resources ${resources} /Contents ${stream} 0 R >>`,
    );
  });
  bodies[1] = `<< /Type /Pages /Count ${kids.length} /Kids [${kids.map((kid) => `${kid} 0 R`).join(' ')}] >>`;
  const entries = Object.entries(info).map(([key, value]) => `/${key} (${escape(value)})`);
  const infoObject = add(`<< ${entries.join(' ')} >>`);
  let file = '%PDF-1.4\n';
  const offsets = bodies.map((body, index) => {
    const offset = file.length;
    file += `${index + 1} 0 obj\n${body}\nendobj\n`;
    return offset;
  });
  const start = file.length;
  file += `xref\n0 ${bodies.length + 1}\n0000000000 65535 f \n`;
  file += offsets.map((offset) => `${String(offset).padStart(10, '0')} 00000 n \n`).join('');
  file += `trailer\n<< /Size ${bodies.length + 1} /Root ${catalog} 0 R /Info ${infoObject} 0 R >>\nstartxref\n${start}\n%%EOF\n`;
  return Uint8Array.from(file, (character) => character.charCodeAt(0));
}
