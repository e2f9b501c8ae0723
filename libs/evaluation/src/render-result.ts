import type { Comparison } from './comparison.js';
import type { Gate } from './gates.js';
import { MIN_TRUTHS } from './gates.js';
import { decimal, estimated, interval, joinSections, shownValue, table } from './markdown.js';
import { renderClassification } from './render-classification.js';
import type { EvaluationResult, ExtractionView, Speed, View } from './result.js';

const VIEW_TITLES: Readonly<Record<View, string>> = {
  textAlone: 'Text alone, the right type given',
  endToEnd: 'Text alone, end to end: the type that the head of the fold decided',
  embedded: 'With the electronic invoice inside',
  invoice2data: 'invoice2data with its shipped templates',
};

/** Everything of a result as Markdown tables. */
export function renderResult(result: EvaluationResult): string {
  return joinSections([
    '## Gates and aims',
    renderGates(result.gates),
    result.classification === null ? '' : renderClassification(result.classification, result.documents),
    ...renderExtraction(result),
    result.speed === null ? '' : renderSpeed(result.speed),
  ]);
}

export function renderGates(gates: readonly Gate[]): string {
  const shown = (value: number, unit: string | undefined): string =>
    unit === undefined ? decimal(value) : `${decimal(value, 1)} ${unit}`.trim();
  return table(
    ['', 'figure', 'target', 'measured', '95 % interval', 'of', 'verdict'],
    gates.map(({ kind, name, comparison, target, measured, verdict, unit, note }) => [
      kind,
      note === undefined || note === '' ? name : `${name} (${note})`,
      `${comparison} ${unit === undefined ? target : shown(target, unit)}`,
      measured === null ? '–' : shown(measured.value, unit),
      measured === null ? '' : interval(measured),
      measured === null || measured.count === 0 ? '' : String(measured.count),
      verdict === 'missed' ? '**missed**' : verdict,
    ]),
  );
}

function renderExtraction({ extraction, documents }: EvaluationResult): readonly string[] {
  if (extraction === null) return [];
  const { trainedLanguages, authorNames, views, invoice2dataProblem } = extraction;
  return [
    '## Extraction',
    table(
      ['micro-F1 of invoices', 'core fields', 'net, tax, seller, buyer', 'all fields'],
      views.map(({ view, invoiceCore, invoiceParties, types }) => [
        VIEW_TITLES[view],
        estimated(invoiceCore.f1),
        estimated(invoiceParties.f1),
        estimated(
          types.find(({ type }) => type === 'invoice')?.score.f1 ?? { value: NaN, interval: null, count: 0 },
        ),
      ]),
      { isNumeric: true },
    ),
    `Core fields of invoices in the languages of the shipped head (${trainedLanguages.languages.join(', ')}), text alone: ${estimated(trainedLanguages.invoiceCore.f1)}. ` +
      `Single names of papers' authors: precision ${decimal(authorNames.precision)}, recall ${decimal(authorNames.recall)}, F1 ${estimated(authorNames.f1)}.`,
    invoice2dataProblem === undefined ? '' : `invoice2data was not run: ${invoice2dataProblem}.`,
    ...views.filter(({ view }) => view !== 'invoice2data').flatMap(renderView),
    ...renderCalibration(views),
    `### Documents with the most wrong and missed values (text alone)`,
    renderWorst(documents),
    '### Wrong and missed values (text alone)',
    table(
      ['document', 'field', 'truth', 'found'],
      documents.flatMap(({ path, fields }) =>
        (fields?.textAlone ?? [])
          .filter(({ outcome }) => outcome !== 'right')
          .map(({ field, truth, found }) => [path, field, shownValue(truth), shownValue(found)]),
      ),
    ),
    ...embeddedErrors(documents),
  ];
}

function renderCalibration(views: readonly ExtractionView[]): readonly string[] {
  const measured = views.flatMap(({ view, calibration }) =>
    calibration == null ? [] : [{ view, calibration }],
  );
  if (measured.length === 0) return [];
  return [
    '### Confidence of values',
    'Of the values found for asserted fields, how many were right. The curves that make confidences of what rules say are fitted on these documents (`npm run eval -- --calibrate`) and drawn toward what the rules say.',
    table(
      ['view', 'values', 'expected calibration error, ten bins'],
      measured.map(({ view, calibration }) => [
        VIEW_TITLES[view],
        String(calibration.values),
        estimated(calibration.error),
      ]),
      { isNumeric: true },
    ),
    table(
      ['view', 'confidence from', 'values', 'mean confidence', 'right'],
      measured.flatMap(({ view, calibration }) =>
        calibration.bins.map(({ from, documents, confidence, accuracy }) => [
          VIEW_TITLES[view],
          decimal(from, 1),
          String(documents),
          decimal(confidence),
          decimal(accuracy),
        ]),
      ),
      { isNumeric: true },
    ),
  ];
}

const WORST = 15;

function renderWorst(documents: EvaluationResult['documents']): string {
  const ranked = documents
    .map(({ path, fields }) => {
      const results = fields?.textAlone ?? [];
      const failed = results.filter(({ outcome }) => outcome !== 'right');
      const names = (outcome: string): string =>
        failed.flatMap((result) => (result.outcome === outcome ? [result.field] : [])).join(', ');
      return { path, asserted: results.length, failed: failed.length, names };
    })
    .filter(({ failed }) => failed > 1)
    .toSorted((left, right) => right.failed - left.failed || left.path.localeCompare(right.path));
  return table(
    ['document', 'not right', 'wrong', 'missed'],
    ranked
      .slice(0, WORST)
      .map(({ path, asserted, failed, names }) => [
        path,
        `${failed} of ${asserted}`,
        names('wrong'),
        names('missed'),
      ]),
  );
}

function embeddedErrors(documents: EvaluationResult['documents']): readonly string[] {
  const rows = documents.flatMap(({ path, fields }) =>
    (fields?.embedded ?? [])
      .filter(({ outcome }) => outcome !== 'right')
      .map(({ field, truth, found }) => [path, field, shownValue(truth), shownValue(found)]),
  );
  if (rows.length === 0) return [];
  return [
    '### Wrong and missed values (with the electronic invoice)',
    table(['document', 'field', 'truth', 'found'], rows),
  ];
}

function renderView({ view, documents, rows, types }: ExtractionView): readonly string[] {
  const cells = ({ score }: ExtractionView['rows'][number] | ExtractionView['types'][number]): string[] => [
    String(score.truths),
    decimal(score.precision),
    decimal(score.recall),
    decimal(score.f1.value),
    interval(score.f1),
    decimal(score.exactF1),
    String(score.wrong),
    String(score.missed),
  ];
  const head = ['truths', 'precision', 'recall', 'F1', '95 % interval', 'exact F1', 'wrong', 'missed'];
  const isEnough = ({ score }: { readonly score: { readonly truths: number } }): boolean =>
    score.truths >= MIN_TRUTHS;
  const named = (row: ExtractionView['rows'][number]): string[] => [row.type, row.field, ...cells(row)];
  return [
    `### ${VIEW_TITLES[view]} (${documents} documents)`,
    table(
      ['type', 'all fields of', ...head],
      types.map((row) => [row.type, '(all)', ...cells(row)]),
      { isNumeric: true },
    ),
    table(['type', 'field', ...head], rows.filter(isEnough).map(named), { isNumeric: true }),
    // The same documents in every view: once is enough for what is too scarce to judge.
    ...(view === 'textAlone' && !rows.every(isEnough)
      ? [
          `Fields with fewer than ${MIN_TRUTHS} truths, reported only:`,
          table(['type', 'field', ...head], rows.filter((row) => !isEnough(row)).map(named), {
            isNumeric: true,
          }),
        ]
      : []),
  ];
}

function renderSpeed(speed: Speed): string {
  return joinSections([
    '## Speed',
    table(
      ['on one core, warm', ''],
      [
        ['documents measured', String(speed.documents)],
        ['classify and extract, documents a second of CPU time', decimal(speed.documentsPerCoreSecond, 1)],
        ['the same by the clock, beside whatever else ran', decimal(speed.documentsPerSecond, 1)],
        [
          'CPU time a document: classify, extract',
          `${decimal(speed.classifyCpuMs, 1)} ms, ${decimal(speed.extractCpuMs, 1)} ms`,
        ],
        ['chunks a document: mean, most', `${decimal(speed.chunks.mean, 2)}, ${speed.chunks.most}`],
        [
          'resident memory of a classifier process: after its work, peak',
          `${decimal(speed.residentMb, 0)} MB, ${decimal(speed.peakMb, 0)} MB`,
        ],
      ],
      { isNumeric: true },
    ),
  ]).trimEnd();
}

/** What changed against a saved result. */
export function renderComparison(name: string, { documents, differences, changes }: Comparison): string {
  const count = (kind: string): number => changes.filter((change) => change.kind === kind).length;
  return joinSections([
    `## Compared with \`${name}\``,
    `${documents} documents in both; ${count('fixed')} fixed, ${count('broken')} broken. Differences: this run minus that one, paired by document.`,
    table(
      ['figure', 'difference', '95 % interval'],
      differences.map(({ what, difference }) => [what, decimal(difference.value), interval(difference)]),
      { isNumeric: true },
    ),
    table(
      ['', 'document', 'what', 'truth', 'before', 'after'],
      changes
        .toSorted((left, right) => left.kind.localeCompare(right.kind))
        .map(({ kind, path, what, truth, before, after }) => [
          kind,
          path,
          what,
          ...[truth, before, after].map(shownValue),
        ]),
    ),
  ]);
}
