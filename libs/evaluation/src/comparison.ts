import { estimateRatio, type Estimate } from './bootstrap.js';
import { estimateF1Difference, type PairedResults } from './measure-extraction.js';
import { type DocumentRecord, type EvaluationResult, type View, VIEWS } from './result.js';

/** Something that was right and is not, or the other way round. */
export interface Change {
  readonly path: string;
  readonly kind: 'fixed' | 'broken';
  /** `type`, or a view and a field. */
  readonly what: string;
  readonly truth: unknown;
  readonly before: unknown;
  readonly after: unknown;
}

export interface Comparison {
  /** Documents in both results. */
  readonly documents: number;
  /** Differences, the newer minus the older, with intervals from drawing the same groups of both. */
  readonly differences: readonly { readonly what: string; readonly difference: Estimate }[];
  readonly changes: readonly Change[];
}

interface Pair {
  readonly before: DocumentRecord;
  readonly after: DocumentRecord;
}

/** What a change did: the figures' differences over the documents of both, and each document that it fixed or broke. */
export function compareResults(before: EvaluationResult, after: EvaluationResult): Comparison {
  const older = new Map(before.documents.map((document) => [document.path, document]));
  const pairs = after.documents.flatMap((document): Pair[] => {
    const found = older.get(document.path);
    return found === undefined ? [] : [{ before: found, after: document }];
  });
  const accuracy = accuracyDifference(pairs);
  return {
    documents: pairs.length,
    differences: [
      ...(accuracy === null ? [] : [{ what: 'accuracy, all types', difference: accuracy }]),
      ...VIEWS.flatMap((view) => {
        const paired = pairs.flatMap((pair) => pairedResults(pair, view));
        if (paired.length === 0) return [];
        return [{ what: `${view}: micro-F1 of all fields`, difference: estimateF1Difference(paired) }];
      }),
    ],
    changes: pairs.flatMap((pair) => [
      ...typeChange(pair),
      ...VIEWS.flatMap((view) => fieldChanges(pair, view)),
    ]),
  };
}

function accuracyDifference(pairs: readonly Pair[]): Estimate | null {
  const judged = pairs.flatMap(({ before, after }) =>
    before.classification?.scope === 'judged' && after.classification?.scope === 'judged'
      ? [
          {
            group: after.group,
            gain: Number(after.classification.isRight) - Number(before.classification.isRight),
          },
        ]
      : [],
  );
  if (judged.length === 0) return null;
  return estimateRatio(
    judged,
    ({ gain }) => gain,
    () => 1,
  );
}

function pairedResults({ before, after }: Pair, view: View): readonly PairedResults[] {
  const [theirs, ours] = [before.fields?.[view], after.fields?.[view]];
  if (theirs === undefined || ours === undefined) return [];
  const asserted = new Set(theirs.map(({ field }) => field));
  const shared = ours.filter(({ field }) => asserted.has(field));
  const names = new Set(shared.map(({ field }) => field));
  return [{ group: after.group, ours: shared, theirs: theirs.filter(({ field }) => names.has(field)) }];
}

/** Apart counts what the stage emits: *unknown* is right for a foreign or textless document. */
function isTypeRight({ classification }: DocumentRecord): boolean | undefined {
  if (classification === undefined) return undefined;
  return classification.scope === 'judged' ? classification.isRight : classification.emitted === 'unknown';
}

function typeChange({ before, after }: Pair): readonly Change[] {
  const [was, is] = [isTypeRight(before), isTypeRight(after)];
  if (was === undefined || is === undefined || was === is) return [];
  const said = ({ classification }: DocumentRecord): unknown =>
    classification?.scope === 'judged' ? classification.likeliest : classification?.emitted;
  return [
    {
      path: after.path,
      kind: is ? 'fixed' : 'broken',
      what: 'type',
      truth: after.type,
      before: said(before),
      after: said(after),
    },
  ];
}

function fieldChanges({ before, after }: Pair, view: View): readonly Change[] {
  const older = new Map((before.fields?.[view] ?? []).map((result) => [result.field, result]));
  return (after.fields?.[view] ?? []).flatMap((result): Change[] => {
    const was = older.get(result.field);
    if (was === undefined || (was.outcome === 'right') === (result.outcome === 'right')) return [];
    return [
      {
        path: after.path,
        kind: result.outcome === 'right' ? 'fixed' : 'broken',
        what: `${view} ${result.field}`,
        truth: result.truth,
        before: was.found ?? null,
        after: result.found ?? null,
      },
    ];
  });
}
