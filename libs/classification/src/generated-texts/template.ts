/**
 * A kind of document as lines with {slots}. A line may begin with `# ` (the heading), `?` (sometimes left out) or `*`
 * (repeated with other values, as the rows of a table are).
 */
export interface TextTemplate {
  readonly type: string;
  readonly lines: readonly string[];
}
