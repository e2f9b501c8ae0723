import { candidateOf, type Candidate } from '../candidate.js';
import { verticalOverlap, type Cell } from '../layout.js';
import { recogniseDates } from '../recognisers/dates.js';
import { hasLegalForm, hasOrganisationWord, recogniseParties } from '../recognisers/parties.js';
import { nameOf, type Finder } from './finder.js';

const FORM_AT_END =
  /(?:Inc|INC|Ltd|LTD|L\.?L\.?C|LLP|PLC|plc|Corp|CORP|Corporation|CORPORATION|Company|COMPANY|Limited|LIMITED|Co|GmbH|AG|SE|KG|KGaA|SA|S\.A|SAS|SARL|S\.p\.A|SpA|S\.r\.l|N\.V|NV|B\.V|BV|AB|A\/S|ASA|Oyj|DAC)\.?$/u;
const CJK_COMPANY =
  /^(?:株式会社|有限会社)[\p{Script=Han}\p{Script=Katakana}\p{Script=Hiragana}A-Za-z]{1,20}(?=$|[\s(（])|^[\p{Script=Han}\p{Script=Katakana}A-Za-z]{2,24}(?:有限公司|有限责任公司|股份有限公司|株式会社)(?=$|[\s(（])/u;
/** What a form asks for under the name: "(Exact name of registrant as specified in its charter)". */
const NAME_BELOW = /^\(?(?:exact )?name of (?:the )?(?:registrant|issuer|company|corporation|applicant)/iu;
const LONGEST = 70;

/** The company that a report is from: a name with a legal form alone in its line on the first page, large type first. */
export const findCompany: Finder = (field, rule, context) => {
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  const largest = Math.max(...page.cells.map(({ fontSize }) => fontSize), 1);
  const found: Candidate[] = [];
  for (const cell of page.cells) {
    if (cell.box[1] > page.height * 0.75) continue;
    const text = cell.text.trim();
    const cjk = CJK_COMPANY.exec(text)?.[0];
    const isCjk = cjk !== undefined;
    if (!isCjk && (!FORM_AT_END.test(text) || !hasLegalForm(text))) continue;
    const at = cell.text.indexOf(text);
    const [name] = isCjk
      ? [{ start: at, end: at + cjk.length, value: cjk, confidence: 0.92 }]
      : recogniseParties(cell.text, context.locale);
    if (name === undefined || name.end - name.start > LONGEST || name.confidence < 0.9) continue;
    if (!isCjk && text.split(/\s+/u).length < 2) continue;
    if (page.cells.some((other) => other !== cell && verticalOverlap(other.box, cell.box) > 0.5)) continue;
    const isAskedFor = page.cells.some(
      (other) =>
        NAME_BELOW.test(other.text) &&
        other.box[1] > cell.box[1] &&
        other.box[1] - cell.box[3] < 2 * cell.fontSize,
    );
    const weight = isAskedFor ? 1.1 : 0.65 + 0.35 * (cell.fontSize / largest);
    found.push(
      candidateOf(
        field,
        nameOf(context, field, rule),
        cell,
        name,
        rule.confidence * weight * Math.max(0.6, 1 - 0.08 * found.length),
      ),
    );
  }
  return found;
};

/** Who issued a paper with a letterhead: an organisation alone in the first lines of the first page. */
export const findIssuer: Finder = (field, rule, context) => {
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  const head = page.cells.filter(({ box }) => box[1] < page.height * 0.15).slice(0, 6);
  for (const cell of head) {
    const [name] = recogniseParties(cell.text, context.locale);
    const isNamed =
      hasOrganisationWord(cell.text) || (hasLegalForm(cell.text) && FORM_AT_END.test(cell.text));
    if (name === undefined || !isNamed || !/\s/u.test(name.value) || name.end < cell.text.trimEnd().length)
      continue;
    if (/(?<!\p{L})(?:statement|account|report|invoice|form)(?!\p{L})/iu.test(name.value)) continue;
    return [candidateOf(field, nameOf(context, field, rule), cell, name, rule.confidence)];
  }
  return [];
};

/** The date that stands alone on the cover, with no more than a place before it. */
export const findCoverDate: Finder = (field, rule, context) => {
  const page = context.pages.find(({ cells }) => cells.length > 0);
  if (page === undefined) return [];
  return page.cells.flatMap((cell) => {
    const [date, ...others] = recogniseDates(cell.text, context.locale);
    if (date === undefined || others.length > 0 || cell.text.length > 48) return [];
    const rest = `${cell.text.slice(0, date.start)} ${cell.text.slice(date.end)}`;
    if (
      !/^[\s,.;()–-]*(?:\p{Lu}[\p{L}-]{1,20}(?:\s\p{Lu}[\p{L}-]{1,20})?,?\s*(?:den|le|the|on)?)?[\s,.;()–-]*$/u.test(
        rest,
      )
    )
      return [];
    if (hasNeighbours(cell, page.cells)) return [];
    return [candidateOf(field, nameOf(context, field, rule), cell, date, rule.confidence * date.confidence)];
  });
};

/** Dates under or beside dates are rows of a table. */
function hasNeighbours(cell: Cell, cells: readonly Cell[]): boolean {
  const isNear = (other: Cell): boolean =>
    other !== cell &&
    /\d[./-]\d|\d{4}/u.test(other.text) &&
    other.text.length < 20 &&
    ((Math.abs(other.box[0] - cell.box[0]) < 3 && Math.abs(other.box[1] - cell.box[1]) < 3 * cell.fontSize) ||
      Math.abs(other.box[1] - cell.box[1]) < 2);
  return cells.some(isNear);
}
