import { candidateOf, type Candidate } from '../candidate.js';
import { horizontalOverlap, unionOf, type Cell, type PageLayout } from '../layout.js';
import type { Match } from '../match.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';

const VERSUS =
  /^(?:v|vs|versus|-v-|- v -|-vs-|against|-against-|- against -|contre|c\/|gegen|\.\/\.)\.?,?\)?$/iu;
const ROLE =
  /^\(?(?:the\s)?(?:(?:plaintiff|petitioner|appellant|appellee|claimant|applicant|complainant|defendant|respondent|movant|debtor|intervenor|cross-\p{L}+|counter-?\p{L}+|third[- ]party \p{L}+|kläger(?:in)?|beklagte[rn]?|antragsteller(?:in)?|antragsgegner(?:in)?|demandeu(?:r|resse)|défendeu(?:r|resse)|appelante?|intimée?|requérante?)(?:\(s\)|s|en)?(?:[-–/ ,]|and|und|et)*){1,4}[.,;:)]*$/iu;
const NO_NAME =
  /(?<!\p{L})(?:court|division|district of|circuit|no\.|nos\.|case|docket|index|appeal from|judge|honorable|filed|cause|term|precedential|published|opinion|tribunal|gericht|cour d['’]appel|before)(?!\p{L})/iu;
/** Ends of a name: what the party is, not who. */
const TAIL =
  /,\s(?:an?\s|individually|in (?:his|her|its|their)\s|as\s|by and through|on behalf of|et al|doing business|d\/b\/a|formerly|vertreten|représentée?|prise? en)[^]*$/iu;
/** Not a citation, which has numbers. */
const IN_LINE = /^(\p{Lu}[^\d,]{1,60}?)\s(?:v|vs)\.?\s(\p{Lu}[^\d,]{1,60}?)\.?$/u;
const MOST_LINES = 6;
const MOST_PARTIES = 8;
const RIGHT_OF_CAPTION = 1;

/** Both sides of "X v. Y" in the caption of a court paper, the first side first. */
export function partiesOfCaption({ pages }: FinderContext): CaptionParties | undefined {
  for (const page of pages.slice(0, 2)) {
    for (const versus of page.cells) {
      if (!VERSUS.test(versus.text.trim()) || versus.box[1] > page.height * 0.75) continue;
      const column = captionColumn(versus, page);
      const above = namesOf(column.filter(({ box }) => box[3] <= versus.box[1] + 2).toReversed(), true);
      const below = namesOf(
        column.filter(({ box }) => box[1] >= versus.box[3] - 2),
        false,
      );
      const names = [...above.names, ...below.names];
      if (above.names.length === 0 || below.names.length === 0 || names.length > MOST_PARTIES) continue;
      const cells = [...above.cells, ...below.cells];
      return { names, page: page.number, box: unionOf(cells.map(({ box }) => box)), raw: names.join('\n') };
    }
  }
  return captionInLine(pages[0]);
}

/** "A v. B" alone in a line near the top. */
function captionInLine(page: PageLayout | undefined): CaptionParties | undefined {
  for (const cell of page?.cells ?? []) {
    if (cell.box[1] > (page?.height ?? 0) * 0.4) break;
    const [, first = '', second = ''] = IN_LINE.exec(cell.text) ?? [];
    if (first === '' || NO_NAME.test(cell.text)) continue;
    return { names: [first, second], page: cell.page, box: cell.box, raw: cell.text };
  }
  return undefined;
}

export interface CaptionParties {
  readonly names: readonly string[];
  readonly page: number;
  readonly box: Candidate['box'];
  readonly raw: string;
}

/** Cells above each other around the "v.": numbers and courts stand in another column to the right, behind brackets. */
function captionColumn(versus: Cell, page: PageLayout): readonly Cell[] {
  const bracket = page.cells
    .filter(
      ({ text, box }) =>
        /^[)§:|\]]$/u.test(text.trim()) && box[0] > versus.box[2] && Math.abs(box[1] - versus.box[1]) < 200,
    )
    .map(({ box }) => box[0])
    .sort((one, other) => one - other)[0];
  const isCentred = Math.abs((versus.box[0] + versus.box[2]) / 2 - page.width / 2) < page.width * 0.08;
  const right = bracket ?? (isCentred ? page.width : page.width * 0.52);
  return page.cells
    .filter(
      ({ box, text }) =>
        box[0] < right - RIGHT_OF_CAPTION && /\p{L}{2}/u.test(text) && !/[-_=*]{5}/u.test(text),
    )
    .filter(({ box }) => !isCentred || horizontalOverlap(box, versus.box) > -page.width * 0.25)
    .sort((one, other) => one.box[1] - other.box[1] || one.box[0] - other.box[0]);
}

/** The lines of the names nearest to the "v.", from there outward, without roles; names of one side end in "and" or ";". */
function namesOf(
  outward: readonly Cell[],
  isAbove: boolean,
): { readonly names: readonly string[]; readonly cells: readonly Cell[] } {
  const taken: Cell[] = [];
  let last: Cell | undefined;
  for (const cell of outward.slice(0, 2 * MOST_LINES)) {
    const text = cell.text.trim();
    if (ROLE.test(text)) {
      if (taken.length > 0) break;
      last = cell;
      continue;
    }
    const gap = last === undefined ? 0 : Math.max(cell.box[1] - last.box[3], last.box[1] - cell.box[3]);
    if (gap > 4 * cell.fontSize || taken.length >= MOST_LINES || NO_NAME.test(text)) break;
    if (taken.length > 0 && gap > 1.4 * cell.fontSize) break;
    if (/^\p{Ll}/u.test(text) && taken.length === 0 && !isAbove) break;
    taken.push(cell);
    last = cell;
  }
  const cells = isAbove ? taken.toReversed() : taken;
  const whole = cells.map(({ text }) => text.replace(/\s*[)§:|]\s*$/u, '').trim()).join(' ');
  const names = whole
    .split(/,?\s(?:and|und|et)\s(?=\p{Lu})|;\s?/u)
    .map((name) =>
      name
        .replace(TAIL, '')
        .replace(/[\s,;:]+$|(?<!(?:Inc|INC|Ltd|LTD|Corp|CORP|Co|CO|\p{Lu}))\.$/gu, '')
        .replace(/^[\s"“”]+/u, ''),
    )
    .filter((name) => name.length > 1 && /\p{Lu}/u.test(name));
  return { names: names.length > 3 ? [whole.replace(/[\s,;]+$/u, '')] : names, cells };
}

const NUMBER_WORD = String.raw`(?:(?:Civil|Criminal|Crim\.|Civ\.|Appeal|Appellate|Appellate Court|Court|Court File|Index|Docket|Cause|Case|Claim|File|Action|Matter|Supreme Court|Trial Court)\s){0,3}(?:Action\s)?(?:No|Nos|Number|Numbers|#)`;
const GERMAN = String.raw`(?:Az|Aktenzeichen|Geschäftszeichen|Geschäfts-Nr|Geschäftsnummer|Rechtssache)`;
const FRENCH = String.raw`(?:(?:RG|N°\s?RG|RG\s?n°|Pourvoi\sn°|Affaire\sn°|Arrêt\sn°|N°\sde\srôle|Répertoire\sgénéral\sn°|Dossier\sn°)(?:\s?:)?)`;
const LABELLED = new RegExp(
  String.raw`^(?:\(?(?:${NUMBER_WORD}|Case|Docket|${GERMAN})\.?\s?[:.]?\s{0,2}|${FRENCH}\s{0,2})(?<number>[\p{L}\d][^,;()]{1,32})$`,
  'iu',
);
const NUMBER =
  /^(?:\d{1,2}:)?(?:[A-Z]{1,4}[-\s]?)?\d{1,5}(?:[-–/.:\s]{1,2}(?:[A-Z]{1,5}|\d{1,6})){0,5}$|^[A-Z]{1,6}-?\d{3,9}(?:-[A-Z\d]{1,6}){0,3}$|^(?:[IVX]{1,5}|\d{1,3}[a-z]?)\s\p{L}{1,4}\s(?:\([A-Z]{1,8}\)\s)?\d{1,5}\/\d{2,4}(?:\s?\p{L}{1,3})?$/u;

/** Shapes that need no label. */
const BARE =
  /^(?<number>(?:\d{1,2}:)?\d{2}(?:-|\s)(?:cv|cr|mc|md|Civ\.?|Cr\.?|Crim\.?|Misc\.?)(?:-|\s)\d{2,6}(?:-[A-Z]{1,5}){0,3})(?:\s?\([A-Z]{1,5}\)){0,3}$/iu;

/** Numbers of the case that stand alone behind "No.", "Case No.", "Az." on the first page; the first is the paper's own. */
export const findCaseNumber: Finder = (field, rule, context) => {
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  const found: Candidate[] = [];
  const byHeight = [...page.cells].sort((one, other) => one.box[1] - other.box[1]);
  for (const cell of byHeight) {
    if (cell.box[1] > page.height * 0.6 || found.length >= MOST_PARTIES) break;
    const isBracketed = cell.text.startsWith('(');
    const text = cell.text.replace(/[\s)]+$/u, '');
    const bare = BARE.exec(cell.text.trim())?.groups?.['number'];
    const labelled = LABELLED.exec(text)?.groups?.['number']?.replace(/[\s.]+$/u, '');
    const number = bare ?? labelled;
    if (number === undefined || !/\d{2}/u.test(number)) continue;
    if (bare === undefined && !NUMBER.test(number.toUpperCase())) continue;
    const start = cell.text.lastIndexOf(number);
    const match: Match = { start, end: start + number.length, value: number, confidence: 1 };
    const weight = Math.max(0.6, 1 - 0.1 * found.length) * (isBracketed ? 0.6 : 1);
    found.push(candidateOf(field, nameOf(context, field, rule), cell, match, rule.confidence * weight));
  }
  return found;
};
