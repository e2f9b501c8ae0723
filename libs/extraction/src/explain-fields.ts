import type { ParsedDocument } from '@docstream/contracts';
import type { ExplainedRule, ExplainedValue, Explanation } from '@docstream/core';
import { calibrateValues } from './calibrate.js';
import { keyOf, type Candidate } from './candidate.js';
import { ruleName, type LabelledRule, type MatchRule, type Rule, type TypeDefinition } from './definition.js';
import { traceFields, type ExtractionOptions, type Trace } from './extract-fields.js';
import { labelPage } from './find-candidates.js';
import type { LabelHit } from './labels.js';
import type { PageText } from './page-text.js';
import { examineCondition } from './templates.js';

const MOST_VALUES = 20;
const LONGEST_SHOWN = 60;

/** As extractFields, for people who write definitions: values, how they were chosen, and why others were not. */
export function explainFields(
  document: ParsedDocument,
  type: string,
  options: ExtractionOptions,
): Explanation {
  const { definitions, calibration } = options;
  const traced = traceFields(document, type, options);
  // What lost is compared with what was taken: on the same scale.
  const candidates = calibrateValues(traced.candidates, traced.keeping, calibration);
  const trace = { ...traced, candidates };
  const templates = definitions.templates.filter((template) => template.type === type);
  return {
    type,
    isDefined: definitions.types.some((definition) => definition.type === type),
    version: definitions.version,
    warnings: definitions.warnings,
    templates: templates.map(({ name, when }) => {
      const parts = examineCondition(when, trace.view.texts());
      return { name, parts, holds: parts.every(({ holds }) => holds) };
    }),
    rules: [...trace.templates, trace.definition].flatMap((definition) =>
      explainDefinition(definition, trace, type),
    ),
  };
}

function explainDefinition(definition: TypeDefinition, trace: Trace, type: string): readonly ExplainedRule[] {
  const { pages, locale } = trace.view;
  const hits = pages.flatMap((page) => labelPage(page, definition, locale).hits);
  const explained = definition.fields.flatMap(({ field, rules }) => {
    const named = Map.groupBy(rules, (rule) => ruleName(nameOfType(rule, definition, type), field, rule));
    return [...named].map(([rule, alike]) => explainRule(field, rule, alike, trace, hits));
  });
  return [...explained, ...(definition === trace.definition ? explainOthers(explained, trace) : [])];
}

/** Finders of a type without a definition say that they are those of `unknown`. */
const nameOfType = (rule: Rule, definition: TypeDefinition, type: string): string =>
  rule.kind === 'finder' ? definition.type : type;

/** What no rule of the definitions found: totals that follow from the two others. */
function explainOthers(explained: readonly ExplainedRule[], trace: Trace): readonly ExplainedRule[] {
  const rules = new Set([...explained, ...templateRules(trace)].map(({ rule }) => rule));
  const others = Map.groupBy(
    trace.candidates.filter(({ rule }) => !rules.has(rule)),
    ({ rule }) => rule,
  );
  return [...others].map(([rule, candidates]) =>
    explainRule(candidates[0]?.field ?? '', rule, [], trace, []),
  );
}

function templateRules({ templates }: Trace): readonly { readonly rule: string }[] {
  return templates.flatMap(({ type, fields }) =>
    fields.flatMap(({ field, rules }) => rules.map((rule) => ({ rule: ruleName(type, field, rule) }))),
  );
}

function explainRule(
  field: string,
  rule: string,
  alike: readonly Rule[],
  { view, candidates, refused, chosen }: Trace,
  hits: readonly LabelHit[],
): ExplainedRule {
  const isOurs = (candidate: Candidate): boolean => candidate.rule === rule && candidate.field === field;
  const values = [
    ...candidates.filter(isOurs).map((candidate) => weigh(candidate, chosen)),
    ...refused.flatMap(({ candidate, why }) => (isOurs(candidate) ? [explained(candidate, why)] : [])),
  ].sort(
    (one, other) =>
      Number(one.lost !== null) - Number(other.lost !== null) || other.confidence - one.confidence,
  );
  return {
    field,
    rule,
    values: values.slice(0, MOST_VALUES),
    found: values.length,
    nothing: values.length > 0 ? null : alike.map((one) => whyNothing(one, hits, view.texts())).join('; '),
  };
}

function explained({ value, raw, page, box, confidence }: Candidate, lost: string | null): ExplainedValue {
  return { value, raw, page, box, confidence, lost };
}

/** A value that was taken has the confidence with which it is given: others that agree raise it. */
function weigh(candidate: Candidate, chosen: readonly Candidate[]): ExplainedValue {
  const kept = chosen.filter(({ field }) => field === candidate.field);
  const same = kept.find((other) => keyOf(other) === keyOf(candidate));
  if (same !== undefined) {
    const isIt = same.rule === candidate.rule && same.page === candidate.page && same.box === candidate.box;
    return isIt
      ? explained(same, null)
      : explained(candidate, `the same value counts once: ${same.rule} is surer of it`);
  }
  const least = kept.at(-1);
  if (least === undefined) return explained(candidate, 'its field keeps no value');
  const surer =
    kept.length === 1
      ? `${least.rule} is surer (${least.confidence.toFixed(2)})`
      : `the field keeps ${kept.length} values, which are surer`;
  return explained(candidate, surer);
}

function whyNothing(rule: Rule, hits: readonly LabelHit[], texts: readonly PageText[]): string {
  switch (rule.kind) {
    case 'labelled':
      return whyNoLabelled(rule, hits);
    case 'match':
      return whyNoMatch(rule, texts);
    case 'pattern':
      return `there is no ${rule.value} in the region ${rule.region}`;
    case 'finder':
      return 'the layout shows none';
  }
}

function whyNoLabelled(rule: LabelledRule, hits: readonly LabelHit[]): string {
  const own = hits.filter(({ owners }) => owners.some((owner) => owner.rule === rule));
  const [first] = own;
  if (first === undefined) return 'none of its labels is printed, or only as part of a longer label';
  const label = first.cell.text.slice(first.start, first.end);
  const where = `the label "${label}" is on page ${first.cell.page}${own.length > 1 ? ` and at ${own.length - 1} places more` : ''}`;
  return `${where}, but no ${rule.value} that fits is ${rule.positions.join(' or ')}`;
}

function whyNoMatch(rule: MatchRule, texts: readonly PageText[]): string {
  for (const { page, text } of texts) {
    const [match] = text.matchAll(rule.pattern);
    if (match === undefined) continue;
    const found = (match.groups?.['value'] ?? match[1] ?? match[0]).slice(0, LONGEST_SHOWN);
    const what = rule.value === undefined ? 'text' : rule.value;
    return `it matches "${found}" on page ${page}, which is no ${what} or not in the region ${rule.region}`;
  }
  return 'the expression matches nowhere';
}
