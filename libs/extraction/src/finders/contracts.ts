import { boxWithin, unionOf, verticalOverlap, type Cell } from '../layout.js';
import type { FinderRule } from '../definition.js';
import type { Candidate } from '../candidate.js';
import { recogniseParties } from '../recognisers/parties.js';
import { partiesOfCaption } from './court-papers.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';

const NAME_END = String.raw`(?=\s?\(|,\s(?:an?|with|having|located|whose|organized|organised|mit|vertreten|dont|société|Sitz|domiciliée?|demeurant|ayant|immatriculée?)\s|\s[-–]\s|(?<!(?:Inc|Ltd|Co|Corp|S\.A|L\.P|B\.V|N\.V|Dr|Mr|Ms|Mrs|M|St|e\.V|\p{Lu}))\.\s|;|$)`;
const DEFINED = String.raw`(?:\s?\([^()]{1,160}\))?`;
const BETWEEN = new RegExp(
  String.raw`(?<!\p{L})(?:[Bb]etween|BETWEEN|[Zz]wischen|ZWISCHEN|[Ee]ntre|ENTRE)(?!\p{L})[\s:]{0,4}(?:(?:les\s)?soussignée?s\s?:?\s|the\sundersigned\s|der\s|dem\s|la\s|the\s)?(?:\(1\)\s|1[.)]\s)?(["“„]?\p{Lu}.{1,300}?)${DEFINED},?;?\s(?:[-–]\s.{0,80}?\s[-–]\s)?(?:\(2\)\s|2[.)]\s)?(?:and|AND|und|UND|et|ET|[Aa]nd|&)\s(?:der\s|dem\s|la\s|the\s)?(?:\(2\)\s|2[.)]\s)?(["“„]?\p{Lu}.{1,160}?)${NAME_END}`,
  'u',
);
/** "X ("Supplier") and Y ("Customer")": parties by the words that stand for them. */
const CAPITALISED_NAME = String.raw`(\p{Lu}[\p{L}\d.&’'-]{0,40}(?:,?\s(?:(?:of|the|de|du|la|für|der|des|&)\s){0,2}[\p{Lu}\d&][\p{L}\d.&’'-]{0,40}){0,7})`;
const ROLE_IN_BRACKETS = String.raw`(?:,[^()"“”]{1,200})?\s\((?:[^()"“”]{0,60}\s)?["“„][^()"”“]{2,40}["”“][^()]{0,40}\)`;
const BY_ROLES = new RegExp(
  String.raw`(?<!\p{L})${CAPITALISED_NAME}${ROLE_IN_BRACKETS}[^()]{0,60}?(?:and|und|et)\s${CAPITALISED_NAME}${ROLE_IN_BRACKETS}`,
  'u',
);
const ROLE_PAIRS: readonly RegExp[] = [
  /^(?:landlord|lessor|tenant|lessee|licensor|licensee|employer|employee|client|contractor|service provider|supplier|customer|buyer|seller|vendor|purchaser|lender|borrower|disclosing party|receiving party|franchisor|franchisee|consultant|company|first party|second party|party a|party b|party 1|party 2|principal|agent)s?(?:\s\([^)]{1,30}\))?\s*:/iu,
  /^(?:vermieter(?:in)?|mieter(?:in)?|auftraggeber(?:in)?|auftragnehmer(?:in)?|verkäufer(?:in)?|käufer(?:in)?|arbeitgeber(?:in)?|arbeitnehmer(?:in)?|darlehensgeber(?:in)?|darlehensnehmer(?:in)?|lizenzgeber(?:in)?|lizenznehmer(?:in)?|verpächter(?:in)?|pächter(?:in)?)\s*:/iu,
  /^(?:le |la |l['’])?(?:bailleu(?:r|resse)|locataire|preneu(?:r|se)|vendeu(?:r|se)|acheteu(?:r|se)|acquéreur|employeur|salariée?|prestataire|client|prêteur|emprunteur)\s*:/iu,
];
const MOST_CHARACTERS = 6000;
const TAIL =
  /\s(?:whose\s|of\s\d)[^]{0,300}$|,\s\d[^]{0,200}$|,\s[^,]{0,40}(?:str(?:aße|asse|\.)?|weg|platz|allee|gasse|street|road|avenue|lane|rue\s[^,]{1,40})(?!\p{L})[^]{0,200}$|,?\s(?:an?)\s(?:\p{L}{1,20}\s){0,4}(?:corporation|company|limited|partnership|llc|entity|individual)[^]{0,300}$|,\s(?:an?|of|located|with|having|whose|organi[sz]ed|existing|incorporated|registered|mit|vertreten|geschäftsansässig|société|domiciliée?|demeurant|ayant|immatriculée?|dont|sise?)\s[^]{0,300}$|,\s[^]{0,80}\d{4,5}[^]{0,200}$|\s?\([^]{0,300}$|\s[-–]\s(?:nachfolgend|im folgenden|ci-après|hereinafter)[^]{0,200}$|,?\s(?:nachfolgend|im Folgenden|ci-après|hereinafter)\s[^]{0,200}$/iu;
const NO_PARTY =
  /:|(?<!\p{L})(?:is|are|was|were|has|shall|will|may|must|ist|sind|wird|est|sont|the parties|parties hereto|you|us|agreement|contract|this|following|undersigned|time|date|period|page|these|them|both|each|either)(?!\p{L})|^.{91,}$/iu;
const PAGES = 2;

/** Parties of a contract or court paper: "X v. Y", labels of their roles, "between A and B", "A ("Supplier") and B ("Customer")". */
export const findParties: Finder = (field, rule, context) => {
  const caption = partiesOfCaption(context);
  if (caption !== undefined) {
    const { names, ...place } = caption;
    const name = nameOf(context, field, rule);
    return [{ field, value: names, ...place, confidence: rule.confidence * 1.1, rule: name }];
  }
  return [...inSentences(field, rule, context), ...byLabels(field, rule, context)];
};

function inSentences(field: string, rule: FinderRule, context: FinderContext): readonly Candidate[] {
  for (const page of context.pages.slice(0, PAGES)) {
    const { text, spans } = flow(page.cells);
    for (const pattern of [BETWEEN, BY_ROLES]) {
      const match = pattern.exec(text);
      const parties = (match?.slice(1, 3) ?? []).map(nameOnly);
      if (
        match === null ||
        parties.length < 2 ||
        parties.some((name) => name.length < 2 || !/\p{Lu}/u.test(name) || NO_PARTY.test(name))
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
  }
  return [];
}

const nameOnly = (name: string): string =>
  name
    .replace(TAIL, '')
    .replace(/^["“”„'\s]+|["“”',;\s]+$/gu, '')
    .trim();

/** "Landlord: A" and "Tenant: B", each behind its label or to its right. */
function byLabels(field: string, rule: FinderRule, context: FinderContext): readonly Candidate[] {
  for (const page of context.pages.slice(0, PAGES)) {
    for (const pair of ROLE_PAIRS) {
      const named = page.cells.flatMap((cell) => {
        const label = pair.exec(cell.text)?.[0];
        if (label === undefined) return [];
        const rest = cell.text.slice(label.length);
        const value = /\p{L}/u.test(rest) ? rest : (rightOf(cell, page.cells)?.text ?? '');
        const [name] = recogniseParties(value, context.locale);
        return name === undefined || name.confidence < 0.6 || NO_PARTY.test(name.value)
          ? []
          : [{ cell, name: nameOnly(name.value) }];
      });
      const names = [...new Set(named.map(({ name }) => name))];
      if (names.length !== 2) continue;
      return [
        {
          field,
          value: names,
          page: page.number,
          box: unionOf(named.map(({ cell }) => cell.box)),
          raw: names.join('\n'),
          confidence: rule.confidence * 0.95,
          rule: nameOf(context, field, rule),
        },
      ];
    }
  }
  return [];
}

const rightOf = (label: Cell, cells: readonly Cell[]): Cell | undefined =>
  cells
    .filter(({ box }) => box[0] >= label.box[2] - 1 && verticalOverlap(label.box, box) > 0.5)
    .sort((one, other) => one.box[0] - other.box[0])[0];

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
