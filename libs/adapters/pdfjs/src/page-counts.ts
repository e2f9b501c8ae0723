const END = 'endobj';

/**
 * The bytes without page counts that can't be right (negative, or fewer than the kids of their node), in a copy of the
 * same length: pdfjs believes a count, and counts the pages itself when there is none. Outlines count negatively by
 * right (ISO 32000-1, 12.3.3). Takes time linear in the bytes. Does not look into object streams.
 */
export function repairPageCounts(bytes: Uint8Array): Uint8Array {
  const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const counts: number[] = [];
  let isWrong = false;
  let end = 0;
  for (let at = file.indexOf('/Pages'); at >= 0; at = file.indexOf('/Pages', end)) {
    const start = end + Math.max(file.subarray(end, at).lastIndexOf(' obj'), 0);
    const found = file.indexOf(END, at);
    end = found < 0 ? file.length : found;
    const object = file.toString('latin1', start, end);
    if (!/\/Type\s*\/Pages\b/.test(object)) continue;
    isWrong ||= countsWrongly(object);
    for (const { index } of object.matchAll(/\/Count\b/g)) counts.push(start + index);
  }
  if (!isWrong) return bytes;
  const repaired = Buffer.from(file);
  // Another name, which means nothing.
  for (const at of counts) repaired.write('/count', at, 'latin1');
  return repaired;
}

function countsWrongly(node: string): boolean {
  const [, count] = /\/Count\s*(-?\d+)\b(?!\s+\d+\s+R\b)/.exec(node) ?? [];
  return count !== undefined && (Number(count) < 0 || Number(count) < kidsOf(node));
}

function kidsOf(node: string): number {
  const [kids = ''] = node.slice(Math.max(node.indexOf('/Kids'), 0)).split(']', 1);
  return kids.startsWith('/Kids') ? (kids.match(/\d\s+R\b/g)?.length ?? 0) : 0;
}
