/** Without U+0000 and lone surrogates, which PostgreSQL refuses in text and JSON; at most `maxCharacters` long. */
export function cleanText(text: string, maxCharacters = Number.MAX_SAFE_INTEGER): string {
  return text.slice(0, maxCharacters).replaceAll('\u0000', '').toWellFormed();
}

/** A JSON value with all texts and names cleaned. */
export function cleanJson(value: unknown): unknown {
  if (typeof value === 'string') return cleanText(value);
  if (Array.isArray(value)) return value.map(cleanJson);
  if (value !== null && typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([name, entry]) => [cleanText(name), cleanJson(entry)]),
    );
  }
  return value;
}
