import { alignColumns } from './parts/table.mjs';

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const verdict = (isMet) => (isMet ? 'reached' : 'MISSED');
const SANDBOX_TARGET = 0.15;
const SMALL = 'under 50 KB';

function targetRows({ adapters: { pdfjs }, sandboxCost, hostile }) {
  const rows = [];
  if (pdfjs.medianSimilarity !== null) {
    const { medianSimilarity, shareAbove95 } = pdfjs;
    rows.push(
      [
        'pdfjs beside pdftotext, sorted words: median',
        '>= 0.985',
        String(medianSimilarity),
        verdict(medianSimilarity >= 0.985),
      ],
      ['the same: share above 0.95', '>= 90 %', percent(shareAbove95), verdict(shareAbove95 >= 0.9)],
    );
  }
  for (const [size, figures] of Object.entries(sandboxCost ?? {})) {
    if (figures === null) continue;
    const [target, isMet] = size === SMALL ? ['', ''] : ['<= 15 %', verdict(figures.cost <= SANDBOX_TARGET)];
    rows.push([
      `sandbox beside in process, ${size} (${figures.documents} documents)`,
      target,
      percent(figures.cost),
      isMet,
    ]);
  }
  return [...rows, ...hostileRows(hostile)];
}

function hostileRows(hostile) {
  if (hostile === null) return [];
  const { files, rightCode, died, rssGrowthMb, p95Ratio } = hostile;
  return [
    ['hostile files that end as they should', `${files}`, `${rightCode}`, verdict(rightCode === files)],
    ['hostile files that take their process with them', '0', `${died}`, verdict(died === 0)],
    ['memory of the service afterwards', '<= +50 MiB', `+${rssGrowthMb} MiB`, verdict(rssGrowthMb <= 50)],
    ['p95 of good documents beside them, times', '<= 1.5', `${p95Ratio}`, verdict(p95Ratio <= 1.5)],
  ];
}

function comparisonRows({ adapters, tools }) {
  const named = { ...adapters, ...tools };
  const names = Object.keys(named);
  const row = (title, show) => [title, ...names.map((name) => show(named[name]) ?? '')];
  const show = (field, format = String) => [
    (figures) => (figures[field] === null || figures[field] === undefined ? '' : format(figures[field])),
  ];
  const rows = [
    row('documents read', ({ read, of }) => (of === null || of === undefined ? '' : `${read} of ${of}`)),
    row('sorted words, median', ...show('medianSimilarity')),
    row('sorted words, share above 0.95', ...show('shareAbove95', percent)),
    row('in reading order, median', ...show('medianOrderedSimilarity')),
    row('pages a second', ({ pagesPerSecond, absent }) => String(pagesPerSecond ?? absent ?? '')),
    row('times pdftotext', ...show('timesPdftotext')),
  ].filter((cells) => cells.slice(1).some((cell) => cell !== ''));
  return rows.length === 0 ? [] : [['', ...names], ...rows];
}

const worstRows = (worst) => [
  ['the least alike of pdfjs', 'sorted words', 'in order', ''],
  ...worst.map(({ path, sortedWords, ordered, problem = '' }) => [
    path,
    String(sortedWords),
    String(ordered),
    problem,
  ]),
];

/** For people: what should be, beside other tools, and which documents are least alike. */
export function renderTable(results) {
  const targets = targetRows(results);
  const comparison = comparisonRows(results);
  const { worst = [] } = results.adapters.pdfjs;
  const parts = [
    targets.length === 0 ? [] : [['measure', 'target', 'measured', ''], ...targets],
    comparison,
    worst.length === 0 ? [] : worstRows(worst),
  ];
  return parts
    .filter((rows) => rows.length > 0)
    .map(alignColumns)
    .join('\n\n');
}
