import type { FieldName, ParsedDocument } from '@docstream/contracts';
import type { Candidate } from '../candidate.js';
import type { FinderRule } from '../definition.js';
import type { LabelledPage } from '../labelled-values.js';
import type { PageLayout } from '../layout.js';
import type { DocumentLocale } from '../locale.js';

export interface FinderContext {
  readonly document: ParsedDocument;
  readonly pages: readonly PageLayout[];
  readonly labelled: readonly LabelledPage[];
  readonly locale: DocumentLocale;
  readonly type: string;
}

/** Looks at the layout for values that neither a label nor their shape gives away. Total, bounded by the cells of two pages. */
export type Finder = (field: FieldName, rule: FinderRule, context: FinderContext) => readonly Candidate[];

/** `<type>.<field>.<rule>@<version>`. */
export const nameOf = (context: FinderContext, field: FieldName, rule: FinderRule): string =>
  `${context.type}.${field}.${rule.id}@1`;
