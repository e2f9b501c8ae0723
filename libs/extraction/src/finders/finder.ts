import type { ParsedDocument } from '@docstream/contracts';
import type { Candidate } from '../candidate.js';
import { ruleName, type FinderRule } from '../definition.js';
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
export type Finder = (field: string, rule: FinderRule, context: FinderContext) => readonly Candidate[];

/** `<type>.<field>.<rule>@<version>`. */
export const nameOf = (context: FinderContext, field: string, rule: FinderRule): string =>
  ruleName(context.type, field, rule);
