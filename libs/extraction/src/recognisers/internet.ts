import type { Match, Recogniser } from '../match.js';

const EMAIL =
  /(?<![\w.+-])[A-Za-z0-9](?:[\w.+'-]{0,62}[\w+-])?@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,6}\p{L}{2,24}(?![\w@])/gu;
const WITH_SCHEME = /https?:\/\/[^\s<>"'|{}\\^`]{2,1500}|(?<![\w@./-])www\.[^\s<>"'|{}\\^`]{3,1500}/giu;
const BARE =
  /(?<![\w@./-])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,5}(?:com|org|net|io|dev|de|at|ch|fr|be|nl|eu|uk|edu|gov|me|info|biz|ai|app|it|es|pt|pl|se|dk|ee|fi|no|ca|au|in|jp|cn|us)(?:\/[^\s<>"'|{}\\^`]{0,300})?(?![\w@-])/giu;
const TRAILING = /[.,;:!?)\]}*]+$/u;

/** E-mail addresses, lower-cased in the domain only. */
export const recogniseEmails: Recogniser<string> = (text) => {
  if (!text.includes('@')) return [];
  return [...text.matchAll(EMAIL)].map((match) => {
    const at = match[0].lastIndexOf('@');
    const value = match[0].slice(0, at) + match[0].slice(at).toLowerCase();
    return { start: match.index, end: match.index + match[0].length, value, confidence: 0.98 };
  });
};

/** Web addresses as printed, without the punctuation of the sentence around them. */
export const recogniseUrls: Recogniser<string> = (text) => {
  const found: Match<string>[] = [];
  if (!text.includes('.')) return found;
  for (const [pattern, confidence] of [
    [WITH_SCHEME, 0.96],
    [BARE, 0.75],
  ] as const) {
    for (const match of text.matchAll(pattern)) {
      const value = withoutTail(match[0]);
      const end = match.index + value.length;
      if (text[end] !== '@' && !found.some((other) => match.index < other.end && end > other.start)) {
        found.push({ start: match.index, end, value, confidence });
      }
    }
  }
  return found.sort((one, other) => one.start - other.start);
};

function withoutTail(url: string): string {
  const tail = TRAILING.exec(url.slice(-8))?.[0] ?? '';
  const isBracketOfPath = tail.startsWith(')') && url.includes('(');
  return url.slice(0, url.length - (isBracketOfPath ? tail.length - 1 : tail.length));
}
