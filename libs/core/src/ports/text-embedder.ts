/**
 * Turns texts into vectors: one unit vector of `dimensions` numbers a text, in the order of the texts.
 * Deterministic for the same texts and the same `name`. Takes the time of a model: seconds for hundreds of texts.
 */
export interface TextEmbedder {
  /** Model with its version, e.g. `all-minilm-l6-v2@3f1c9a7e`; the same name promises the same vectors. */
  readonly name: string;
  readonly dimensions: number;
  embed(texts: readonly string[]): Promise<readonly Float32Array[]>;
  /** Ends the session. Most of the memory comes back only when the process ends. */
  close(): Promise<void>;
}
