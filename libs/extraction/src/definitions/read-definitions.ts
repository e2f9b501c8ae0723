import { FatalError } from '@docstream/core';
import {
  withFields,
  type DefinitionSet,
  type FieldDefinition,
  type LabelSet,
  type Template,
  type TypeDefinition,
} from '../definition.js';
import { mayBacktrackForever } from './backtracking.js';
import { joinLabels, resolveField, resolveLabels, type ResolveContext } from './resolve-rules.js';
import type { FieldSource, TemplateFile, TypeFile } from './schema.js';
import { readSource, type SourceFile } from './source-files.js';
import type { DefinitionFile } from './yaml-source.js';

/** Version of the shipped rules: stands in the event. */
export const RULES_VERSION = 'rules 1';

/** Files that were read together; those of later layers add to earlier ones or replace them. */
export interface DefinitionLayer {
  readonly files: readonly DefinitionFile[];
  /** Names this state of the files in the version of the rules; none for what is shipped. */
  readonly digest?: string;
}

const MOST_PROBLEMS = 30;

type TypeSource = Extract<SourceFile, { kind: 'type' }>;
type TemplateSource = Extract<SourceFile, { kind: 'template' }>;

/** Field by name with the file that has it. */
type SharedFields = Map<string, { readonly field: FieldSource; readonly source: SourceFile }>;

/**
 * The definitions of all layers, checked, the shipped ones first. Pure. FatalError CONFIGURATION_INVALID names every
 * problem with file, line, path and remedy, a line each.
 */
export function readDefinitions(layers: readonly DefinitionLayer[]): DefinitionSet {
  const problems: string[] = [];
  const sources = layers.map(({ files }) => readLayer(files, problems));
  const reader = new Reader(sources, problems);
  const set = {
    types: reader.types(),
    templates: reader.templates(),
    version: [
      RULES_VERSION,
      ...layers.flatMap(({ digest }) => (digest === undefined ? [] : [`own ${digest}`])),
    ].join(' + '),
  };
  if (problems.length > 0) throw invalid(problems);
  return { ...set, warnings: warningsOf([...set.types, ...set.templates]) };
}

function readLayer(files: readonly DefinitionFile[], problems: string[]): readonly SourceFile[] {
  const sources: SourceFile[] = [];
  const names = new Map<string, string>();
  for (const file of files) {
    const read = readSource(file);
    if ('problems' in read) {
      problems.push(...read.problems);
      continue;
    }
    const { source } = read;
    sources.push(source);
    if (source.kind === 'shared') continue;
    const key =
      source.kind === 'type' ? `type ${source.content.type}` : `template ${source.content.template}`;
    const other = names.get(key);
    if (other !== undefined)
      problems.push(
        source.problemAt([source.kind], `is in ${other}, too: put both into one file, or rename one`),
      );
    names.set(key, file.name);
  }
  return sources;
}

class Reader {
  readonly #labelSets = new Map<string, LabelSet>();
  readonly #sharedFields: SharedFields = new Map();

  constructor(
    private readonly layers: readonly (readonly SourceFile[])[],
    private readonly problems: string[],
  ) {
    for (const source of layers.flat()) {
      if (source.kind !== 'shared') continue;
      for (const [name, set] of Object.entries(source.content.labels ?? {}))
        this.#labelSets.set(name, joinLabels([this.#labelSets.get(name) ?? {}, set]));
      for (const [name, field] of Object.entries(source.content.fields ?? {}))
        this.#sharedFields.set(name, { field, source });
    }
  }

  types(): readonly TypeDefinition[] {
    const types = new Map<string, TypeDefinition>();
    for (const source of this.#ofKind('type')) {
      const { type, replace } = source.content;
      const known = replace ? undefined : types.get(type);
      const own = this.#resolve(source);
      types.set(type, known === undefined ? own : overlay(known, own));
    }
    return [...types.values()];
  }

  /** Later layers first: what was written for one issuer last is tried first. */
  templates(): readonly Template[] {
    const templates = new Map<string, Template>();
    for (const source of this.#ofKind('template').toReversed()) {
      const { template: name, when } = source.content;
      if (templates.has(name)) continue;
      const { contains, matches = [] } = when;
      templates.set(name, { ...this.#resolve(source), name, when: { contains, matches } });
    }
    return [...templates.values()];
  }

  #ofKind<Kind extends 'type' | 'template'>(kind: Kind): readonly Extract<SourceFile, { kind: Kind }>[] {
    return this.layers.flat().filter((source) => source.kind === kind) as Extract<
      SourceFile,
      { kind: Kind }
    >[];
  }

  #resolve(source: TypeSource | TemplateSource): TypeDefinition {
    const content: TypeFile | TemplateFile = source.content;
    const context = this.#contextOf(source);
    const { type, fields, otherLabels } = content;
    return {
      type,
      ...('checksTotals' in content && content.checksTotals !== undefined
        ? { checksTotals: content.checksTotals }
        : {}),
      ...(otherLabels === undefined
        ? {}
        : { otherLabels: resolveLabels(otherLabels, ['otherLabels'], context) }),
      fields: Object.entries(fields).flatMap(([name, field]) =>
        field === 'shared'
          ? this.#sharedField(name, context)
          : [resolveField(name, field, ['fields', name], context)],
      ),
    };
  }

  #sharedField(name: string, context: ResolveContext): readonly FieldDefinition[] {
    const shared = this.#sharedFields.get(name);
    if (shared === undefined) {
      const known = [...this.#sharedFields.keys()].sort().join(', ');
      context.report(['fields', name], `is no field that types share: write it out, or take one of ${known}`);
      return [];
    }
    const own = this.#contextOf(shared.source);
    const named = context.template === undefined ? own : { ...own, template: context.template };
    return [resolveField(name, shared.field, ['fields', name], named)];
  }

  #contextOf(source: SourceFile): ResolveContext {
    return {
      labelSets: this.#labelSets,
      version: source.content.version,
      ...(source.kind === 'template' ? { template: source.content.template } : {}),
      report: (path, message) => {
        const problem = source.problemAt(path, message);
        // What types share is looked up once for each of them.
        if (!this.problems.includes(problem)) this.problems.push(problem);
      },
    };
  }
}

/** Fields as in withFields; labels add up. */
function overlay(base: TypeDefinition, own: TypeDefinition): TypeDefinition {
  const labels = [base.otherLabels, own.otherLabels].filter((set) => set !== undefined);
  return {
    ...base,
    ...own,
    ...(labels.length === 0 ? {} : { otherLabels: joinLabels(labels) }),
    fields: withFields(base, own.fields).fields,
  };
}

function warningsOf(definitions: readonly (TypeDefinition | Template)[]): readonly string[] {
  const found = definitions.flatMap((definition) => {
    const name = 'name' in definition ? `template ${definition.name}` : `type ${definition.type}`;
    const conditions = 'when' in definition ? definition.when.matches : [];
    const patterns = definition.fields.flatMap(({ plausible, rules }) => [
      ...(plausible?.shape === undefined ? [] : [plausible.shape]),
      ...rules.flatMap((rule) =>
        rule.kind === 'match'
          ? [rule.pattern]
          : rule.kind === 'labelled' && rule.shape !== undefined
            ? [rule.shape]
            : [],
      ),
    ]);
    return [...conditions, ...patterns]
      .filter(mayBacktrackForever)
      .map(
        ({ source }) =>
          `${name}: ${source} repeats a repetition, which may take for ever on some texts: bound one of them`,
      );
  });
  return [...new Set(found)];
}

function invalid(problems: readonly string[]): FatalError {
  const shown = problems.slice(0, MOST_PROBLEMS);
  const rest = problems.length - shown.length;
  return new FatalError(
    'CONFIGURATION_INVALID',
    [...shown, ...(rest > 0 ? [`and ${rest} problems more`] : [])].join('\n'),
  );
}
