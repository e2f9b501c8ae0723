import type { Box } from '@docstream/contracts';
import type { Candidate } from '../candidate.js';
import { unionOf, type Cell } from '../layout.js';
import { hasLegalForm } from '../recognisers/parties.js';
import { fold } from '../tokens.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';
import { joinLines, textLines, type TextLine } from './text-lines.js';
import { isDecorated, isKindAlone, isSeriesAlone, namesDocument } from './title-words.js';

export interface Heading {
  readonly text: string;
  readonly page: number;
  readonly box: Box;
  readonly lines: readonly TextLine[];
  /** 0 to 1: how much it looks like the document's title. */
  readonly score: number;
}

const NO_TITLE =
  /@|https?:|www\.|^\s*(?:page|seite|vol\.?|issn|isbn|doi|copyright|©|arxiv|figure|table|received|accepted|published|preprint|contents|table of contents|inhalt|abstract|introduction|research|review|article|research article|original article|open access|letter|confidential|draft|not precedential|not (?:to be published|for publication)|unpublished|precedential)(?:\s*\d*\s*$|:|\s\S+$)|open access$|^\s*(?:journal|proceedings|transactions)\s/iu;
const ABSTRACT = /^\s*(?:abstract|a b s t r a c t|zusammenfassung|résumé|summary|摘\s*要)/iu;
const SPACED_LETTERS = /^(?:\p{L}\s){3,}\p{L}?/u;
const MOST_LINES = 6;
const MOST_CONSIDERED = 160;
const LONGEST = 320;
/** Wider than this many font heights, a gap divides a heading from what stands beside it. */
const GAP_BESIDE = 2.8;
const HEADS_OF_COLUMNS = 4;
const SERIES_AT_MOST = 0.45;
/** Types whose titles are names of kinds of documents; papers and slides have titles of their own making. */
const WITHOUT_KINDS: ReadonlySet<string> = new Set(['scientific-paper', 'slides', 'resume']);
const SECTION_NUMBER = /^[(（][\d０-９]{1,2}[)）]\s?/u;
const LAST_WORD_OF_ISSUER =
  /(?:[.,]|Inc|INC|Ltd|LTD|LLC|GmbH|AG|SE|SA|SAS|SARL|PLC|plc|Corp|CORP|Corporation|CORPORATION|Company|COMPANY|Limited|LIMITED|Co|CO|LLP|N\.V|B\.V|S\.A)\.?$/u;

/** Groups of lines that could be the title, best first: large type near the top of the first page with text. */
export function headings(context: FinderContext): readonly Heading[] {
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  const isPlain = WITHOUT_KINDS.has(context.type);
  const lines = (isPlain ? textLines(page) : textLines(page).flatMap(apart)).slice(0, MOST_CONSIDERED);
  const largest = Math.max(...lines.filter(isWorthwhile).map(({ fontSize }) => fontSize), 1);
  const body = medianSize(lines);
  const abstractTop = lines.find(({ text }) => ABSTRACT.test(text))?.box[1] ?? Infinity;
  return groups(lines, isPlain ? continues : continuesTitle)
    .map((group) => headingOf(group, largest, body, page.height, abstractTop))
    .map((heading) => (isPlain ? heading : weighedByWords(heading, body)))
    .map((heading) => (context.type === 'contract-legal' && isCourt(heading) ? less(heading) : heading))
    .map((heading, index, all) => (isPlain ? heading : withSubtitle(heading, all[index + 1], body)))
    .filter(({ score }) => score > 0)
    .sort((one, other) => other.score - one.score);
}

const isWorthwhile = ({ text }: TextLine): boolean =>
  text.replace(/[^\p{L}]/gu, '').length >= 4 && !isSeriesAlone(text);

function medianSize(lines: readonly TextLine[]): number {
  const sizes = lines.flatMap(({ fontSize, text }) =>
    Array<number>(Math.ceil(text.length / 20)).fill(fontSize),
  );
  return sizes.sort((one, other) => one - other)[Math.floor(sizes.length / 2)] ?? 10;
}

/** What stands far from the rest of a line is something else: a logo, a date, the number of a form; rows of heads are none. */
function apart(line: TextLine): readonly TextLine[] {
  const parts: Cell[][] = [];
  for (const cell of line.cells) {
    const last = parts.at(-1)?.at(-1);
    if (last !== undefined && cell.box[0] - last.box[2] < GAP_BESIDE * line.fontSize)
      parts.at(-1)?.push(cell);
    else parts.push([cell]);
  }
  if (parts.length >= HEADS_OF_COLUMNS) return [];
  return parts.map((cells) => ({
    ...line,
    cells,
    text: cells.map(({ text }) => text).join(' '),
    box: unionOf(cells.map(({ box }) => box)),
  }));
}

/** Lines of one style that differ in kind: issuer above title, title above what it is about. */
function continuesTitle(last: TextLine, line: TextLine): boolean {
  if (!continues(last, line) || isKindAlone(last.text)) return false;
  if (isKindAlone(line.text) && (hasLegalForm(last.text) || isSeriesAlone(last.text))) return false;
  if (isDecorated(last.text)) return false;
  const isShort = /^\p{Lu}{2,6}$/u.test(last.text);
  if (isShort && namesDocument(line.text) && line.text.includes(' ')) return false;
  return !(last.text.endsWith(':') && !isShouted(last.text) && isShouted(line.text));
}

const isCourt = ({ text }: Heading): boolean =>
  /(?<!\p{L})(?:court|tribunal|(?:amts|land|oberlandes|bundes|verwaltungs|arbeits|sozial|finanz)gericht(?:shof)?|cour (?:de cassation|d['’]appel))(?!\p{L})/iu.test(
    text,
  );
const less = (heading: Heading): Heading => ({ ...heading, score: heading.score - 0.35 });

/** A name in one word goes on in the smaller line under it; display type set to one width goes on over lines of different sizes. */
function withSubtitle(heading: Heading, next: Heading | undefined, body: number): Heading {
  const { lines, text, box, score } = heading;
  const [size, nextSize] = [lines[0]?.fontSize ?? 0, next?.lines[0]?.fontSize ?? 0];
  if (next === undefined || next.lines.length > 1 || nextSize < body * 1.2 || nextSize > size) return heading;
  const gap = next.box[1] - box[3];
  const isLeft = Math.abs(next.box[0] - box[0]) < 2;
  const isOneWord =
    lines.length === 1 && /^\p{L}{4,24}$/u.test(text) && !isKindAlone(text) && !isSeriesAlone(text);
  const isJustified =
    isLeft && Math.abs(next.box[2] - box[2]) < 2 && nextSize > body * 1.5 && gap < 0.5 * nextSize;
  const isUnder = isLeft && gap > 0 && gap < 0.8 * size;
  if (!(isOneWord && isUnder && /\s/u.test(next.text)) && !isJustified) return heading;
  return {
    ...heading,
    text: `${text} ${next.text}`,
    box: unionOf([box, next.box]),
    lines: [...lines, ...next.lines],
    score: Math.max(score, next.score) + 0.1,
  };
}

const isShouted = (text: string): boolean => text === text.toUpperCase() && /\p{Lu}{4}/u.test(text);

/** Names of kinds of documents are titles, names of companies are not; lines of running text least of all. */
function weighedByWords(heading: Heading, body: number): Heading {
  const { text, lines } = heading;
  const { fontSize = 0, bold = false } = lines[0] ?? {};
  let { score } = heading;
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  if (isKindAlone(text)) score += letters < 6 && /\d/u.test(text) ? 0.9 : /^\S+$/u.test(text) ? 0.5 : 0.3;
  else if (namesDocument(text)) score += 0.25;
  if (isDecorated(text)) score -= 0.3;
  if (isSeriesAlone(text)) score = Math.min(score, SERIES_AT_MOST);
  if (/[:：]$/u.test(text)) score -= 0.15;
  if (hasLegalForm(text) && LAST_WORD_OF_ISSUER.test(text) && text.split(/\s+/u).length <= 7) score -= 0.35;
  if (!bold && fontSize <= body * 1.05 && lines.length > 2) score -= 0.3;
  return { ...heading, score };
}

function groups(
  lines: readonly TextLine[],
  isContinued: (last: TextLine, line: TextLine) => boolean,
): TextLine[][] {
  const found: TextLine[][] = [];
  for (const line of lines) {
    const group = found.at(-1);
    const last = group?.at(-1);
    if (group !== undefined && last !== undefined && group.length < MOST_LINES && isContinued(last, line))
      group.push(line);
    else found.push([line]);
  }
  return found;
}

function continues(last: TextLine, line: TextLine): boolean {
  const gap = line.box[1] - last.box[3];
  return (
    Math.abs(last.fontSize - line.fontSize) <= 0.06 * last.fontSize + 0.1 &&
    last.bold === line.bold &&
    gap < 0.9 * last.fontSize &&
    line.box[1] > last.box[1] &&
    Math.min(last.box[2], line.box[2]) > Math.max(last.box[0], line.box[0])
  );
}

function headingOf(
  lines: readonly TextLine[],
  largest: number,
  body: number,
  height: number,
  abstractTop: number,
): Heading {
  const text = joinLines(lines)
    .replace(SECTION_NUMBER, '')
    .replace(/[\s*†‡§¶∗⋆]+$/u, '')
    .trim();
  const box = unionOf(lines.map((line) => line.box));
  const { fontSize = 0, bold = false, page = 1 } = lines[0] ?? {};
  const letters = text.replace(/[^\p{L}]/gu, '').length;
  const isCjk = /[\u3040-\u30ff\u4e00-\u9fff]/u.test(text);
  let score = 0.55 * (fontSize / largest) + (bold ? 0.08 : 0) + 0.2 * (1 - box[1] / height);
  if (fontSize > body * 1.15) score += 0.15;
  if (letters < (isCjk ? 4 : 6) || text.length > LONGEST) score -= 0.6;
  if (!isCjk && text.trim().split(/\s+/u).length === 1) score -= 0.2;
  if (NO_TITLE.test(text) || SPACED_LETTERS.test(text)) score -= 0.5;
  if (box[1] > height * 0.65) score -= 0.3;
  if (box[1] >= abstractTop) score -= 0.4;
  if (letters < text.replace(/\([^)]*\)/gu, '').length * 0.45) score -= 0.3;
  return { text, page, box, lines, score };
}

/** The title as printed; the one in the metadata only helps to recognise it on the page. */
export const findTitle: Finder = (field, rule, context) => {
  const [best, second] = headings(context);
  if (best === undefined) return [];
  const rule_ = nameOf(context, field, rule);
  const candidateFor = (heading: Heading, confidence: number): Candidate => ({
    field,
    value: heading.text,
    page: heading.page,
    box: heading.box,
    raw: heading.text,
    confidence,
    rule: rule_,
  });
  const known = context.document.metadata.title;
  const named =
    known === undefined ? undefined : headings(context).find((heading) => isSameTitle(heading.text, known));
  if (named !== undefined) return [candidateFor(named, Math.min(0.97, rule.confidence * 1.2))];
  const lead = best.score - (second?.score ?? 0);
  return [candidateFor(best, rule.confidence * Math.min(1, 0.6 + 0.4 * best.score + lead))];
};

function isSameTitle(printed: string, known: string): boolean {
  const [one, other] = [printed, known].map((text) => fold(text).replace(/[^\p{L}\p{N}]/gu, ''));
  return (
    one !== undefined &&
    one.length >= 8 &&
    (one === other || (other?.startsWith(one) === true && one.length > 20))
  );
}
