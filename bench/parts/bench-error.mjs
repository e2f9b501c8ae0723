/** What one sentence explains: shown without a stack. */
export class BenchError extends Error {}

/** Something that the measures named need is not there; the sentence says how to get it. */
export class MissingError extends BenchError {}
