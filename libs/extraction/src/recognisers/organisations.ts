import type { Match, Recogniser } from '../match.js';

/** Legal forms that are nothing else, and those that are words or letters of other things. */
const LEGAL_FORM =
  /(?<![\p{L}\d])(?:g?GmbH|mbH|KGaA|OHG|GbR|e\. ?V\.|e\. ?K\.|Ltd\.?|LTD\.?|L\.?L\.?C\.?|LLP|PLC|plc|Inc\.?|INC\.?|Corp\.?|Pty\.? Ltd\.?|S\.?A\.?R\.?L\.?|Sàrl|S\.A\.S\.?|SASU|EURL|S\.A\.|S\.p\.A\.?|SpA|S\.r\.l\.?|B\.V\.|N\.V\.|A\/S|ApS|Oyj?|OÜ|Sp\. z o\.o\.|s\.r\.o\.|Limited|Incorporated|Corporation|AG|SE|KG|UG|SAS|SA|SCI|SNC|BV|NV|AB)(?![\p{L}\d])(?:\s?&\s?Co\.?(?:\s?KGa?A?)?(?![\p{L}\d]))?/gu;
const CAPITALISED = /^[“"„«(]?(?:\p{Lu}|\p{Lo}|\d+(?=\p{Lu}))[\p{L}\p{M}\d.'’&+/-]*$/u;
const JOINING = /^(?:&|\+|-|–|and|und|et|of|the|der|die|das|des|für|fur|de|du|la|le|les|di|for|zur|im|in|für)$/u;
const GENERIC =
  /^(?:the|a|an|each|any|our|this|such|die|der|das|eine?|la|le|les|l['’]|une?|société|parent|holding|public|private|limited|liability|joint|stock|firma|herrn?|by|from|to|with|between|and|und|et|of|für|for|von|an|bei|with)$/iu;
const MOST_WORDS = 7;

const BODY_WORD =
  'University|Universität|Université|Universidad|Institute|Institut|Foundation|Ministry|Ministère|Bundesministerium|Ministerium|Department|Association|Agency|Commission|Council|Authority|Bureau|Bank|Hochschule|Stiftung|Verband|Federation|Society|Academy|Administration';
const NAME_WORD = String.raw`\p{Lu}[\p{L}\p{M}'’.&-]{1,24}`;
const LINK = String.raw`(?:of the|of|for|and|&|für|der|des|de la|de l['’]|du|de|und|zur)`;
const BODY = new RegExp(
  String.raw`(?<![\p{L}\d])(?:(?:${NAME_WORD}\s){0,3}(?:${BODY_WORD})\s(?:of the|of|for|für|der|des|de la|de|du)\s${NAME_WORD}(?:\s(?:${LINK}\s)?${NAME_WORD}){0,4}|(?:${NAME_WORD}\s){1,4}(?:${BODY_WORD})|(?:Universität|Université|Hochschule)\s${NAME_WORD})(?!\p{L})`,
  'gu',
);
const LEADING = /^(?:The|Die|Der|Das|La|Le|Les|And|In|At|By|From|For|To|Of|This|Our|Von|An|Bei)\s/u;

/** Names of organisations inside a text: 0.92 with a legal form (GmbH, Ltd, SARL, …), 0.82 with a word such as University or Ministry of. */
export const recogniseOrganisations: Recogniser<string> = (text) => {
  const found: Match<string>[] = [];
  for (const match of text.matchAll(LEGAL_FORM)) {
    const start = startOfName(text, match.index, found.at(-1)?.end ?? 0);
    if (start === undefined) continue;
    const end = match.index + match[0].length;
    found.push({ start, end, value: text.slice(start, end), confidence: 0.92 });
  }
  for (const match of text.matchAll(BODY)) {
    const start = match.index + (LEADING.exec(match[0])?.[0].length ?? 0);
    const end = match.index + match[0].length;
    const value = text.slice(start, end);
    const isTaken = found.some((other) => start < other.end && end > other.start);
    if (!isTaken && /\s/u.test(value)) found.push({ start, end, value, confidence: 0.82 });
  }
  return found.sort((one, other) => one.start - other.start);
};

/** Where the name before a legal form begins: capitalised words and what joins them, as far back as they go. */
function startOfName(text: string, formAt: number, earliest: number): number | undefined {
  const words = [...text.slice(earliest, formAt).matchAll(/\S+/gu)].slice(-MOST_WORDS);
  let first: number | undefined;
  for (const [back, match] of words.toReversed().entries()) {
    const word = match[0];
    const bare = word.replace(/,$/u, '');
    // A comma divides names, but for the one before the form: "Example, Inc."
    if ((word.endsWith(',') && back > 0) || /[:;!?]$/u.test(word)) break;
    if (back > 0 && /\p{L}{3,}\.$/u.test(word)) break;
    if (CAPITALISED.test(bare)) first = match.index;
    else if (!JOINING.test(bare) || back === 0) break;
  }
  if (first === undefined) return undefined;
  return withoutGenericWords(text, first + earliest, formAt);
}

function withoutGenericWords(text: string, from: number, formAt: number): number | undefined {
  for (const match of text.slice(from, formAt).matchAll(/\S+/gu)) {
    const word = match[0].replace(/^[“"„«(]/u, '');
    if (!GENERIC.test(word.replace(/,$/u, '')) && /\p{L}{2}|\d/u.test(word))
      return from + match.index + (match[0].length - word.length);
  }
  return undefined;
}
