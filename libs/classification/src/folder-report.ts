import { UNKNOWN_TYPE } from '@docstream/contracts';
import { isRight } from './evaluate.js';
import { type FolderTraining, MIN_PER_TYPE } from './folder-training.js';
import { wilsonInterval } from './statistics.js';

const percent = (share: number): string => `${(share * 100).toFixed(0)} %`;
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => '---'), ...rows].map((row) => `| ${row.map(cell).join(' | ')} |`).join('\n');
/** File names are foreign text. */
const cell = (text: string): string => text.replaceAll('|', '\\|').replaceAll(/\p{Cc}+/gu, ' ');

/** The training report of a folder as Markdown: what was measured, and what could not be. */
export function renderFolderReport(training: FolderTraining, unreadable: FolderTraining['skipped']): string {
  const { head, examples, background, validation } = training;
  const skipped = [...unreadable, ...training.skipped];
  const types = head.types.filter((type) => type !== UNKNOWN_TYPE);
  const counts = types.map((type) => [
    type,
    String(examples.filter((example) => example.type === type).length),
  ]);
  return `# Training report of the head \`${head.name}\`

Made by \`docstream train\`. Model \`${head.model}\`; languages ${head.languages.join(', ')}; ${examples.length} documents. Below a probability
of ${head.threshold.toFixed(2)} the type is *unknown*; so is every document in another language. Temperature ${head.temperature.toFixed(2)}.

${table(['type', 'documents'], counts)}

## Measured

${validation === null ? `Nothing: with fewer than three documents of a type none can be put aside to be judged (${MIN_PER_TYPE} are enough to train).` : renderMeasured(training, validation)}

## What this cannot know

- Whether two files are of the same issuer or template. If they are, each was judged by a head that had seen its twin, and
  documents of other issuers will be told less well.
- How the head does on documents of types that are not in the folder. ${backgroundText(background)}
- How sure it may be: a confidence fitted on ${examples.length} documents is a rough one.
${
  skipped.length === 0
    ? ''
    : `\n## Left out\n\n${table(
        ['file', 'why'],
        skipped.map(({ id, reason }) => [id, reason]),
      )}\n`
}`;
}

function backgroundText(texts: number): string {
  return texts === 0
    ? 'There are no generated texts that would show it what\n  is none of the types: most such documents will get one of them.'
    : `What is none of the types it has learnt from\n  ${texts} generated texts only: some such documents will get one of them all the same.`;
}

function renderMeasured(
  { folds, examples }: FolderTraining,
  { forced, coverage, errorRate, decided }: NonNullable<FolderTraining['validation']>,
): string {
  const interval = wilsonInterval(forced.accuracy, forced.documents);
  const wrong = decided.filter(({ prediction, decision }) => !isRight(prediction.example, decision.type));
  const errors = wrong.map(({ prediction, decision }) => [
    prediction.example.id,
    decision.type,
    decision.confidence.toFixed(2),
  ]);
  return `In ${folds} folds, each document by a head that had not seen it:

- accuracy of the likeliest type ${forced.accuracy.toFixed(2)} (95 % interval ${interval[0].toFixed(2)} to ${interval[1].toFixed(2)}, of ${examples.length} documents), macro-F1 ${forced.macroF1.toFixed(2)}
- decided ${percent(coverage)}, errors among them ${percent(errorRate)} (with each fold's own threshold)
${errors.length === 0 ? '' : `\n${table(['document', 'taken for', 'confidence'], errors)}\n`}`.trimEnd();
}
