/** Amounts of a document that differ by no more are the same: two roundings to cents. */
export const SLACK = 0.021;
/** Less sure than this, an amount neither proves nor contradicts anything. */
export const SURE_ENOUGH = 0.5;
/** What is left of the confidence of amounts that contradict each other. */
export const CONTRADICTED = 0.75;

const AGREED = 0.6;

/** The confidence of an amount that fits others: so much of the doubt is gone. */
export const raise = (confidence: number): number => confidence + (1 - confidence) * AGREED;
