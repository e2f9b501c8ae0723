const COUNT = '/Count -';

/**
 * The bytes with negative page counts made large ones of the same length, in a copy; pdfjs believes a negative count, and
 * counts the pages itself when it does not find the last one. Outlines count negatively by right (ISO 32000-1, 12.3.3).
 */
export function repairPageCounts(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let repaired: Buffer | null = null;
  for (let at = file.indexOf(COUNT); at >= 0; at = file.indexOf(COUNT, at + 1)) {
    const start = file.lastIndexOf(' obj', at);
    const end = file.indexOf('endobj', at);
    if (!/\/Type\s*\/Pages\b/.test(file.toString('latin1', Math.max(start, 0), end < 0 ? at : end))) continue;
    repaired ??= Buffer.from(file);
    for (let digit = at + COUNT.length - 1; isCountByte(file[digit]); digit += 1) repaired[digit] = NINE;
  }
  return repaired ?? bytes;
}

const NINE = 0x39;
const MINUS = 0x2d;
const isCountByte = (byte = 0): boolean => byte === MINUS || (byte >= 0x30 && byte <= NINE);
