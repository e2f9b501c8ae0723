import { boxWithin, unionOf, type Cell } from '../layout.js';
import { nameOf, type Finder } from './finder.js';

const BETWEEN =
  /(?<!\p{L})(?:[Bb]etween|BETWEEN|[Zz]wischen|ZWISCHEN|[Ee]ntre|ENTRE)(?!\p{L})[\s:]{0,4}(["“„]?\p{Lu}.{2,300}?)(?:\s?\([^()]{1,120}\))?,?\s(?:and|AND|und|UND|et|ET)\s(["“„]?\p{Lu}.{2,160}?)(?=\s?\(|,\s(?:a|an|with|having|located|whose|organized|organised|mit|vertreten|dont)\s|(?<!(?:Inc|Ltd|Co|Corp|S\.A|L\.P|B\.V|N\.V))\.\s|;|$)/u;
const MOST_CHARACTERS = 6000;
const TAIL =
  /,?\s(?:a|an)\s(?:\p{L}{1,20}\s){0,4}(?:corporation|company|limited|partnership|llc|entity|individual)[^]{0,300}$|,\s(?:a|an|located|with|having|whose|organi[sz]ed|existing|mit|vertreten)\s[^]{0,300}$|\s?\([^]{0,300}$/iu;

/** Parties of a contract from "between A and B" on the first two pages. */
export const findParties: Finder = (field, rule, context) => {
  for (const page of context.pages.slice(0, 2)) {
    const { text, spans } = flow(page.cells);
    const match = BETWEEN.exec(text);
    const parties = (match?.slice(1, 3) ?? []).map((name) =>
      name.replace(TAIL, '').replace(/^["“”'\s]+|["“”',\s]+$/gu, ''),
    );
    if (
      match === null ||
      parties.length < 2 ||
      parties.some((name) => name.length < 2 || !/\p{Lu}/u.test(name))
    )
      continue;
    const end = match.index + match[0].length;
    const boxes = spans.flatMap(({ cell, start }) => {
      const length = cell.text.length;
      return start < end && start + length > match.index
        ? [boxWithin(cell, Math.max(0, match.index - start), end - start)]
        : [];
    });
    return [
      {
        field,
        value: parties,
        page: page.number,
        box: unionOf(boxes),
        raw: match[0],
        confidence: rule.confidence,
        rule: nameOf(context, field, rule),
      },
    ];
  }
  return [];
};

interface Flow {
  readonly text: string;
  readonly spans: readonly { readonly cell: Cell; readonly start: number }[];
}

function flow(cells: readonly Cell[]): Flow {
  const spans: { cell: Cell; start: number }[] = [];
  let text = '';
  for (const cell of cells) {
    if (text.length > MOST_CHARACTERS) break;
    spans.push({ cell, start: text === '' ? 0 : text.length + 1 });
    text = text === '' ? cell.text : `${text} ${cell.text}`;
  }
  return { text, spans };
}
