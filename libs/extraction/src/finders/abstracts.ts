import { horizontalOverlap, unionOf } from '../layout.js';
import { nameOf, type Finder } from './finder.js';
import { joinParagraph, textLines, type TextLine } from './text-lines.js';

const HEADING = /^\s*(?:abstract|a b s t r a c t|zusammenfassung|résumé|kurzfassung|summary)\s*[:.—–-]?\s*/iu;
const END =
  /^\s*(?:(?:\d{1,2}|I)\.?\s+)?(?:introduction|einleitung|keywords?|key words|index terms|categories and subject|general terms|schlüsselwörter|mots[- ]clés|ccs concepts|pacs|1\s)/iu;
const MOST_LINES = 70;
const FEWEST_CHARACTERS = 80;
const MOST_CHARACTERS = 5000;

/** The paragraph under or behind the word "Abstract", up to the next heading, on the first two pages. */
export const findAbstract: Finder = (field, rule, context) => {
  for (const page of context.pages.slice(0, 2)) {
    const lines = textLines(page);
    const at = lines.findIndex(
      ({ text }) => HEADING.test(text) && text.replace(HEADING, '').length !== text.length,
    );
    const heading = lines[at];
    if (heading === undefined) continue;
    const body = bodyAfter(lines, at, heading);
    const value = joinParagraph(body).slice(0, MOST_CHARACTERS);
    if (value.length < FEWEST_CHARACTERS) continue;
    return [
      {
        field,
        value,
        page: page.number,
        box: unionOf(body.map(({ box }) => box)),
        raw: value.slice(0, 200),
        confidence: rule.confidence,
        rule: nameOf(context, field, rule),
      },
    ];
  }
  return [];
};

function bodyAfter(lines: readonly TextLine[], at: number, heading: TextLine): readonly TextLine[] {
  const rest = heading.text.replace(HEADING, '');
  const body: TextLine[] = rest.length > 20 ? [{ ...heading, text: rest }] : [];
  for (const line of lines.slice(at + 1, at + 1 + MOST_LINES)) {
    const first = body[0];
    const last = body.at(-1);
    if (END.test(line.text)) break;
    if (first === undefined || last === undefined) {
      if (line.text.length >= 20 && horizontalOverlap(line.box, heading.box) > -40) body.push(line);
      continue;
    }
    if (Math.abs(line.fontSize - first.fontSize) > 0.9 || (line.bold && !first.bold)) {
      if (line.text.length < 6) continue;
      break;
    }
    if (line.box[1] > last.box[3] + 2.2 * first.fontSize) break;
    if (horizontalOverlap(line.box, first.box) <= 0) break;
    body.push(line);
  }
  return body;
}
