import type { FieldDefinition, LabelSet, Plausibility, Rule } from '../definition.js';
import type { FieldSource, LabelSource, RuleSource } from './schema.js';
import { typeProblem } from './value-types.js';
import type { Path } from './yaml-source.js';

/** Sets of labels by name. */
export type LabelSets = ReadonlyMap<string, LabelSet>;

/** Where names are looked up and what is wrong is written down. */
export interface ResolveContext {
  readonly labelSets: LabelSets;
  readonly version: number;
  /** Begins the ids of a template's rules. */
  readonly template?: string;
  report(path: Path, message: string): void;
}

export function resolveField(
  field: string,
  source: FieldSource,
  path: Path,
  context: ResolveContext,
): FieldDefinition {
  const { atMost, plausible } = source;
  const rules = source.rules.map((rule, index) => {
    const at = [...path, 'rules', index];
    const resolved = resolveRule(rule, at, context);
    const problem = typeProblem(field, resolved);
    if (problem !== null) context.report(at, problem);
    return resolved;
  });
  return {
    field,
    ...(atMost === 1 ? {} : { atMost }),
    ...(plausible === undefined ? {} : { plausible: given(plausible) satisfies Plausibility }),
    rules,
  };
}

function resolveRule(source: RuleSource, path: Path, context: ResolveContext): Rule {
  const { confidence } = source;
  const base = (kind: string): Pick<Rule, 'id' | 'confidence' | 'version'> => {
    const id = source.id ?? kind;
    return {
      id: context.template === undefined ? id : `${context.template}/${id}`,
      confidence,
      ...(context.version === 1 ? {} : { version: context.version }),
    };
  };
  if ('labels' in source) {
    const { value, position, pick, standAlone, wholeCell, afterNumber, shape } = source;
    const labels = resolveLabels(source.labels, [...path, 'labels'], context);
    const flags = {
      pick,
      isStandAlone: standAlone,
      isWholeCell: wholeCell,
      isAfterNumber: afterNumber,
      shape,
    };
    return { kind: 'labelled', ...base('labelled'), labels, value, positions: position, ...given(flags) };
  }
  if ('match' in source) {
    const { match, region, value } = source;
    return { kind: 'match', ...base('match'), pattern: match, region, ...given({ value }) };
  }
  if ('find' in source) return { kind: 'finder', ...base(source.find), finder: source.find };
  const { value, region, shapeAtLeast, onlyUnclaimed } = source;
  return { kind: 'pattern', ...base('pattern'), value, region, ...given({ shapeAtLeast, onlyUnclaimed }) };
}

/** All labels of the sources by language. */
export function resolveLabels(
  sources: readonly LabelSource[],
  path: Path,
  context: ResolveContext,
): LabelSet {
  return joinLabels(
    sources.map((source, index) => {
      if (typeof source !== 'string') return source;
      const found = context.labelSets.get(source);
      if (found === undefined) {
        const known = [...context.labelSets.keys()].sort().join(', ');
        context.report(
          [...path, index],
          `names the labels ${source}, which there are not: write them out, or take one of ${known}`,
        );
      }
      return found ?? {};
    }),
  );
}

export function joinLabels(sets: readonly LabelSet[]): LabelSet {
  const [only] = sets;
  if (sets.length === 1 && only !== undefined) return only;
  const joined: Record<string, string[]> = {};
  for (const set of sets)
    for (const [language, labels] of Object.entries(set)) {
      const known = (joined[language] ??= []);
      known.push(...labels.filter((label) => !known.includes(label)));
    }
  return joined;
}

type Given<Shape> = { [Key in keyof Shape]?: Exclude<Shape[Key], undefined> };

/** Without the keys whose value is undefined. */
function given<Shape extends object>(shape: Shape): Given<Shape> {
  return Object.fromEntries(Object.entries(shape).filter(([, value]) => value !== undefined)) as Given<Shape>;
}
