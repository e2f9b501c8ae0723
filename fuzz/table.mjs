const HEADS = ['damage', 'cases', 'read', 'refused', 'over a limit', 'other'];
const QUALITIES = ['complete', 'partial', 'image-only', 'empty'];

function rowOf([mutation, counts]) {
  const sum = (isMeant) =>
    Object.entries(counts).reduce((total, [end, count]) => (isMeant(end) ? total + count : total), 0);
  const isRead = (end) => QUALITIES.includes(end);
  const isLimit = (end) => end.startsWith('PARSE_') || end.startsWith('PDF_TOO_');
  const isRefused = (end) => !isLimit(end) && (end.startsWith('PDF_') || end === 'NOT_A_PDF');
  const groups = [isRead, isRefused, isLimit];
  const isOther = (end) => groups.every((isMeant) => !isMeant(end));
  return [mutation, ...[() => true, ...groups, isOther].map((isMeant) => String(sum(isMeant)))];
}

/** For people: how the cases ended by what was done to them (a case counts for each), then the findings. */
export function renderTable({ seed, cases, seconds, findings, ends }) {
  const rows = [HEADS, ...Object.entries(ends).sort().map(rowOf)];
  const widths = HEADS.map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  const table = rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[column])))
      .join('  '),
  );
  const found = findings.map(
    ({ end, source, mutations, trouble, repeat }) =>
      `\n${end}: ${trouble[0]}\n  ${source}, ${mutations.join(', ')}\n  ${repeat}`,
  );
  return [
    ...table,
    '',
    `${cases} cases in ${seconds} s with seed ${seed}: ${findings.length} findings`,
    ...found,
  ].join('\n');
}
