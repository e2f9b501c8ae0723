import type { ParsedDocument } from '@docstream/contracts';
import type { Explanation } from '@docstream/core';
import { explainFields, type DefinitionSet } from '@docstream/extraction';

/** What crosses into the process that extracts. */
export interface ExplainInput {
  readonly document: ParsedDocument;
  readonly type: string;
  readonly definitions: DefinitionSet;
}

/** Runs in a worker pool: the expressions of a user's definitions may take for ever. */
export function explain({ document, type, definitions }: ExplainInput): Explanation {
  return explainFields(document, type, { definitions });
}
