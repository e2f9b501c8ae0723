/** Document types of the shipped head; users bring their own, hence a string and not a union. */
export const DOCUMENT_TYPES = [
  'contract-legal',
  'delivery-note',
  'financial-statement',
  'form',
  'invoice',
  'letter',
  'manual-datasheet',
  'news-newsletter',
  'other',
  'purchase-order',
  'receipt',
  'report',
  'resume',
  'scientific-paper',
  'slides',
] as const;
export type DocumentType = (typeof DOCUMENT_TYPES)[number];
/** The classifier abstained: too little text, or too unsure. */
export const UNKNOWN_TYPE = 'unknown';
