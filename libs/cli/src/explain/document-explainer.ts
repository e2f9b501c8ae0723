import type { ParsedDocument } from '@docstream/contracts';
import type { ClassificationExplanation } from '@docstream/core';

/** With the languages that the classifier knows. */
export type Explained = ClassificationExplanation & { readonly languages: readonly string[] };

/** The classifier as it is configured here, in this process. */
export interface DocumentExplainer {
  /** Fails with FatalError CONFIGURATION_INVALID where model, head or labels cannot be used. */
  explain(document: ParsedDocument): Promise<Explained>;
}
