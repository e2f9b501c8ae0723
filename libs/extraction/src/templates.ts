import type { ConditionPart } from '@docstream/core';
import type { Condition, Template } from './definition.js';
import type { PageText } from './page-text.js';
import { fold } from './tokens.js';

/** Every part of a condition against the pages that are looked at. */
export function examineCondition(
  { contains, matches }: Condition,
  pages: readonly PageText[],
): readonly ConditionPart[] {
  const folded = contains.length === 0 ? '' : foldSpace(pages.map(({ text }) => text).join('\n'));
  return [
    ...contains.map((text) => ({ kind: 'contains' as const, text, holds: folded.includes(foldSpace(text)) })),
    ...matches.map((pattern) => ({
      kind: 'matches' as const,
      text: pattern.source,
      holds: pages.some(({ text }) => pattern.test(text)),
    })),
  ];
}

/** The templates of the type whose condition holds, in the order in which they are tried. */
export function templatesFor(
  type: string,
  templates: readonly Template[],
  textOf: () => readonly PageText[],
): readonly Template[] {
  return templates.filter(
    (template) =>
      template.type === type && examineCondition(template.when, textOf()).every(({ holds }) => holds),
  );
}

const foldSpace = (text: string): string => fold(text).replace(/\s+/gu, ' ').trim();
