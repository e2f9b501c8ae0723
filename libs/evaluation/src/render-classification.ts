import { decimal, estimated, interval, joinSections, table } from './markdown.js';
import type { ClassificationResult, DocumentRecord, Section } from './result.js';

const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** The classification's part of a result as Markdown. */
export function renderClassification(
  result: ClassificationResult,
  documents: readonly DocumentRecord[],
): string {
  return joinSections([
    '## Classification',
    'By heads that saw neither the document nor its group; a type listed as also acceptable counts as right. ' +
      `Types of six groups or more: ${result.gateTypes.join(', ')}.`,
    table(
      ['figure', `those types (${result.gate.documents})`, `all types (${result.all.documents})`],
      sectionRows(result.gate, result.all),
      { isNumeric: true },
    ),
    renderApart(result),
    table(
      ['baseline, same folds, those types', 'accuracy', 'ours is ahead by'],
      result.baselines.map(({ name, accuracy, difference }) => [
        name,
        estimated(accuracy),
        estimated(difference),
      ]),
      { isNumeric: true },
    ),
    '### By type',
    table(
      ['type', 'documents', 'precision', 'recall', '95 % interval', 'F1'],
      result.types.map(({ type, documents: count, precision, recall, f1 }) => [
        type,
        String(count),
        decimal(precision),
        decimal(recall.value),
        interval(recall),
        decimal(f1),
      ]),
      { isNumeric: true },
    ),
    '### Confusion',
    table(
      ['type', 'decided'],
      result.confusion.map(({ type, decided }) => [
        type,
        Object.entries(decided)
          .map(([given, count]) => (given === type ? `**${count}**` : `${given} ${count}`))
          .join(', '),
      ]),
    ),
    '### Coverage and errors',
    table(
      ['surest documents (those types)', 'threshold', 'errors'],
      result.curve.map(({ coverage, threshold, errorRate }) => [
        percent(coverage),
        decimal(threshold),
        percent(errorRate),
      ]),
      { isNumeric: true },
    ),
    table(
      ['threshold chosen inside the training folds for', 'decided', 'errors among them'],
      result.abstention.map(({ wanted, coverage, errorRate }) => [
        percent(wanted),
        estimated(coverage),
        estimated(errorRate),
      ]),
      { isNumeric: true },
    ),
    '### Calibration',
    table(
      ['confidence from', 'documents', 'mean confidence', 'right'],
      result.bins.map(({ from, documents: count, confidence, accuracy }) => [
        decimal(from, 1),
        String(count),
        decimal(confidence),
        decimal(accuracy),
      ]),
      { isNumeric: true },
    ),
    '### Wrong types, the surest first',
    renderErrors(documents),
  ]).trimEnd();
}

function sectionRows(gate: Section, all: Section): string[][] {
  const row = (name: string, pick: (section: Section) => string): string[] => [name, pick(gate), pick(all)];
  return [
    row('accuracy of the likeliest type', ({ accuracy }) => estimated(accuracy)),
    row('accuracy as emitted (*unknown* counts as wrong)', ({ emittedAccuracy }) =>
      estimated(emittedAccuracy),
    ),
    row('macro-F1', ({ macroF1 }) => estimated(macroF1)),
    row('expected calibration error, ten bins', ({ calibrationError }) => estimated(calibrationError)),
  ];
}

function renderApart({ foreign, textless }: ClassificationResult): string {
  const languages = foreign.byLanguage
    .map(({ language, documents, unknown }) => `${language} ${unknown} of ${documents}`)
    .join(', ');
  return (
    `Apart: ${foreign.unknown.count} documents in languages that the fold's head was not trained on; rightly *unknown*: ` +
    `${estimated(foreign.unknown)} (${languages}). Without text: ${textless.unknown} of ${textless.documents} rightly *unknown*.`
  );
}

function renderErrors(documents: readonly DocumentRecord[]): string {
  const rows = documents
    .flatMap(({ path, type, classification }) => {
      if (classification === undefined) return [];
      const { scope, emitted, likeliest, confidence, isRight } = classification;
      const isWrong = scope === 'judged' ? !isRight : emitted !== 'unknown';
      return isWrong ? [{ path, type, likeliest, confidence, emitted, scope }] : [];
    })
    .toSorted((left, right) => right.confidence - left.confidence);
  return table(
    ['document', 'is', 'likeliest', 'confidence', ''],
    rows.map(({ path, type, likeliest, confidence, emitted, scope }) => [
      path,
      type,
      likeliest,
      decimal(confidence, 2),
      scope === 'judged' ? (emitted === 'unknown' ? 'abstained' : '') : 'should be *unknown*',
    ]),
  );
}
