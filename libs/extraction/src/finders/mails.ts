import { candidateOf } from '../candidate.js';
import { recogniseEmails } from '../recognisers/internet.js';
import { nameOf, type Finder } from './finder.js';

const MAIL_LINE =
  /^\s*(?<label>from|von|de|to|an|à|subject|betreff|objet|cc|bcc|date|datum|sent|gesendet|envoyé)\s*[:：]?\s+(?<value>\S[^]*)$/iu;
const MAIL_FIELDS = {
  sender: /^(?:from|von|de)$/iu,
  recipient: /^(?:to|an|à)$/iu,
  subject: /^(?:subject|betreff|objet)$/iu,
} as const;

/** A value of the head of a printed e-mail: lines of From, To, Subject under each other, with or without colons. */
export const mailLine =
  (wanted: keyof typeof MAIL_FIELDS): Finder =>
  (field, rule, context) => {
    const page = context.pages.find(({ cells }) => cells.length > 0);
    if (page === undefined) return [];
    const lines = page.cells
      .filter(({ box }) => box[1] < page.height * 0.4)
      .flatMap((cell) => {
        const { label, value } = MAIL_LINE.exec(cell.text)?.groups ?? {};
        return label === undefined || value === undefined ? [] : [{ cell, label, value }];
      });
    const labels = new Set(lines.map(({ label }) => label.toLowerCase()));
    const isMail = labels.size >= 3 && lines.some(({ value }) => value.includes('@'));
    const line = lines.find(({ label }) => MAIL_FIELDS[wanted].test(label));
    if (!isMail || line === undefined) return [];
    const address = wanted === 'subject' ? undefined : recogniseEmails(line.value, context.locale)[0]?.value;
    const value = address ?? line.value.trim();
    const start = line.cell.text.lastIndexOf(value);
    const match = { start, end: start + value.length, value, confidence: 1 };
    return [candidateOf(field, nameOf(context, field, rule), line.cell, match, rule.confidence)];
  };
