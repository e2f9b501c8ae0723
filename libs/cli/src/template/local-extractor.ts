import type { ParsedDocument } from '@docstream/contracts';
import type { Explanation } from '@docstream/core';

export interface TriedRules {
  /** Absent: that of the file, else `unknown`. */
  readonly type?: string;
  /** A definition or template that is tried on top of what is configured; a path. */
  readonly file?: string;
}

/** Applies the extractor's rules without any service, in a killable child process. */
export interface LocalExtractor {
  /** FatalError CONFIGURATION_INVALID for definitions that are wrong. */
  load(rules: TriedRules): LoadedRules;
}

export interface LoadedRules {
  /** What is allowed in the definitions but likely to go wrong. */
  readonly warnings: readonly string[];
  /** PoisonError WORK_TIMEOUT above the time of the extractor. */
  explain(document: ParsedDocument): Promise<Explanation>;
}
