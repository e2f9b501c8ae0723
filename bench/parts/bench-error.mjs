/** What one sentence explains: shown without a stack. */
export class BenchError extends Error {}
