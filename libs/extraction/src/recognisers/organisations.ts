import type { Match, Recogniser } from '../match.js';

/** Legal forms that are nothing else, and those that are words or letters of other things. */
const LEGAL_FORM =
  /(?<![\p{L}\d/-]|\p{L}\.)(?:g?GmbH|mbH|KGaA|OHG|GbR|e\. ?V\.|e\. ?K\.|Ltd\.?|LTD\.?|L\.?L\.?C\.?|LLP|PLC|plc|Inc\.?|INC\.?|Corp\.?|Pty\.? Ltd\.?|S\.?A\.?R\.?L\.?|Sàrl|S\.A\.S\.?|SASU|EURL|S\.A\.|S\.p\.A\.?|SpA|S\.r\.l\.?|B\.V\.|N\.V\.|A\/S|ApS|Oyj?|OÜ|Sp\. z o\.o\.|s\.r\.o\.|Limited|Incorporated|Corporation|AG|SE|KG|UG|SAS|SA|SCI|SNC|BV|NV|AB)(?![\p{L}\d])(?:\s?&\s?Co\.?(?:\s?KGa?A?)?(?![\p{L}\d]))?/gu;
/** Forms that also are words of something longer: "Limited Warranty". */
const WORD_FORM = /^(?:Limited|Corporation|Incorporated)$/u;
const CAPITALISED = /^[“"„«(]?(?:\p{Lu}|\p{Lo}|\d+(?=\p{Lu}))[\p{L}\p{M}\d.'’&+/-]*$/u;
const JOINING = /^(?:&|\+|-|–|of|der|des|für|de|du|la|le|les|di|zur)$/u;
/** Between two organisations, unless family or partners follow: "Müller und Söhne". */
const AND = /^(?:and|und|et)$/u;
const FAMILY =
  /^(?:S(?:ö|oe)hne|Sohn|T(?:ö|oe)chter|Partners?|Sons?|Brothers|Co\.?|Company|Cie\.?|Fils|Associ(?:ates|és)|Kollegen)$/u;
const ROLE =
  /^.*?(?:Report|Officer|Director|President|Chairman|Secretary|Treasurer|Member|Manager|Shareholders?|Stockholders?|Subsidiar(?:y|ies)|Division|Board|Copyright|©|Trademarks?|Geschäftsführer|Vorstand)\s(?:of\s|der\s|de\s|\d{4}\s)?(?:the\s)?/u;
const GENERIC =
  /^(?:the|a|an|each|any|our|this|such|die|der|das|eine?|la|le|les|l['’]|une?|société|parent|holding|public|private|limited|liability|joint|stock|firma|herrn?|by|from|to|with|between|and|und|et|of|für|for|von|an|bei|in|copyright|printed)$/iu;
/** Alone before a legal form it is the end of a name that began on another line. */
const END_OF_NAME =
  /^(?:Holdings?|Mining|Foundation|Group|Company|Co\.?|Systems?|Services?|Solutions|International|Industries|Resources|Technolog(?:y|ies)|Partners|Capital|Bank|Beteiligungs?|Verwaltungs?|Gruppe|Groupe|France|Deutschland|Germany|Europe|America)$/u;
const MOST_WORDS = 7;

const OF_SOMETHING =
  'University|Universität|Université|Universidad|Institute|Institut|Foundation|Ministry|Ministère|Bundesministerium|Ministerium|Department|Association|Agency|Commission|Council|Bureau|Bank|Hochschule|Stiftung|Verband|Federation|Society|Academy';
const NAMED_FIRST =
  'University|Universität|Institute|Institut|Foundation|Association|Federation|Society|Academy';
const NAME_WORD = String.raw`(?:\p{Lu}[\p{L}\p{M}'’&-]{1,24}|\p{Lu}\.(?:\p{Lu}\.){0,2})`;
const LINK = String.raw`(?:of the|of|for|on|and|&|für|der|des|de la|de l['’]|du|de|und|zur)`;
const BODY = new RegExp(
  String.raw`(?<![\p{L}\d])(?:(?:${NAME_WORD}\s){0,3}(?:${OF_SOMETHING})\s(?:of the|of|for|on|für|der|des|de la|de|du)\s${NAME_WORD}(?:,?\s(?:${LINK}\s)?${NAME_WORD}){0,4}|(?:${NAME_WORD}\s(?:(?:and|&)\s)?){1,4}(?:${NAMED_FIRST})(?!\s(?:of|for|on|in)\s)|(?:Universität|Université|Hochschule)\s${NAME_WORD})(?!\p{L})`,
  'gu',
);
const LEADING = /^(?:(?:The|Die|Der|Das|La|Le|Les|And|In|At|By|From|For|To|Of|Our|Von|An|Bei|Source:?)\s)+/u;
const NO_BODY = /^(?:No|Any|Each|This|Such|Every|Your|An?|One|Another|Which|National|Local|State)\s\S+$/u;
/** What comes before goes on with the name, so that its beginning is not here. */
const CONTINUED = /(?:\p{Lu}\p{L}+|[,&]|(?<!\p{L})(?:and|of|und|et|for))\s$/u;

/** Names of organisations inside a text: 0.92 with a legal form (GmbH, Ltd, SARL, …), 0.82 with a word such as University or Ministry of. */
export const recogniseOrganisations: Recogniser<string> = (text) => {
  const found: Match<string>[] = [];
  let from = 0;
  for (const line of text.split('\n')) {
    for (const match of inLine(line))
      found.push({ ...match, start: match.start + from, end: match.end + from });
    from += line.length + 1;
  }
  return found;
};

function inLine(text: string): readonly Match<string>[] {
  const found: Match<string>[] = [];
  for (const match of text.matchAll(LEGAL_FORM)) {
    const start = startOfName(text, match.index, found.at(-1)?.end ?? 0);
    if (start === undefined) continue;
    const end = match.index + match[0].length;
    if (END_OF_NAME.test(text.slice(start, match.index).replace(/[\s,]+$/u, ''))) continue;
    if (WORD_FORM.test(match[0]) && /^\s\p{Lu}\p{Ll}/u.test(text.slice(end, end + 3))) continue;
    found.push({ start, end, value: text.slice(start, end), confidence: 0.92 });
  }
  for (const match of text.matchAll(BODY)) {
    const start = match.index + (LEADING.exec(match[0])?.[0].length ?? 0);
    const end = match.index + match[0].length;
    const value = text.slice(start, end);
    const isTaken = found.some((other) => start < other.end && end > other.start);
    const isPart = CONTINUED.test(text.slice(Math.max(0, match.index - 30), match.index));
    if (!isTaken && !isPart && /\s/u.test(value) && !NO_BODY.test(value))
      found.push({ start, end, value, confidence: 0.82 });
  }
  return found.sort((one, other) => one.start - other.start);
}

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
    if (AND.test(bare)) {
      if (!FAMILY.test(words.at(-back)?.[0].replace(/,$/u, '') ?? '')) break;
    } else if (CAPITALISED.test(bare)) first = match.index;
    else if (!JOINING.test(bare) || back === 0) break;
  }
  if (first === undefined) return undefined;
  return withoutGenericWords(text, first + earliest, formAt);
}

function withoutGenericWords(text: string, start: number, formAt: number): number | undefined {
  const from = start + (ROLE.exec(text.slice(start, formAt))?.[0].length ?? 0);
  for (const match of text.slice(from, formAt).matchAll(/\S+/gu)) {
    const word = match[0].replace(/^[“"„«(]/u, '');
    if (!GENERIC.test(word.replace(/,$/u, '')) && /\p{L}{2}|\d/u.test(word))
      return from + match.index + (match[0].length - word.length);
  }
  return undefined;
}
