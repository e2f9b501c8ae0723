import type { PackedDocument, StageContext } from '@docstream/core';
import { joinRecognised, type Recognition } from '@docstream/parsing';

/** What crosses into the process that joins a document with what was recognised on its pages. */
export interface JoinInput {
  /** As of PackedDocument. */
  readonly parsed: Uint8Array;
  readonly recognitions: readonly Recognition[];
}

/** Run by a worker pool: a document of a few bytes unpacks to more than the service may hold. */
export function joinPages(
  { parsed, recognitions }: JoinInput,
  _context: StageContext,
): Promise<PackedDocument> {
  return joinRecognised(parsed, recognitions);
}
