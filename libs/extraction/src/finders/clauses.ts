import type { Candidate } from '../candidate.js';
import { placeWithin, textOfPage, type PageText } from '../page-text.js';
import { recogniseDurations } from '../recognisers/quantities.js';
import { nameOf, type Finder, type FinderContext } from './finder.js';
import type { FinderRule } from '../definition.js';

const NAME = String.raw`\p{Lu}[\p{L}\p{M}.'’-]{1,24}(?:\s(?:(?:and|of|the|und|et|de|la)\s){0,2}\p{Lu}[\p{L}\p{M}.'’-]{1,24}){0,4}`;
const REALM = String.raw`(?:State|Commonwealth|Province|Republic|Federal\sRepublic|Kingdom|Republik|Bundesrepublik)\s(?:of\s)?`;
const GOVERNED =
  '(?:governed|construed|interpreted|enforced|subject|controlled)(?=\\s)[^.;]{0,120}?(?:by|to|with|under|pursuant)';
const ADJECTIVE =
  '(?:English|Scottish|Irish|German|French|Swiss|Austrian|Dutch|Belgian|Italian|Spanish|Swedish|Danish|Norwegian|Finnish|Canadian|Australian|Japanese|Indian|Delaware|California|New\\sYork|Texas|Florida|Washington|Illinois|Massachusetts)';

/** Each with the law in its first group, as printed: the place, or the words for the law. */
const GOVERNING_LAW: readonly RegExp[] = [
  new RegExp(
    String.raw`${GOVERNED}\s[^.;]{0,80}?laws?\s(?:of|in\sforce\sin)\s(?:the\s)?((?:${REALM})?${NAME})`,
    'gu',
  ),
  new RegExp(String.raw`${GOVERNED}\s(?:the\s)?(${ADJECTIVE}\slaws?)(?!\p{L})`, 'gu'),
  new RegExp(String.raw`laws?\sof\s(?:the\s)?((?:${REALM})?${NAME})\s(?:shall|will)\s(?:govern|apply)`, 'gu'),
  new RegExp(
    String.raw`(?:unterliegt|unterliegen|gilt|findet|anwendbar\sist|Anwendung\sfindet)[^.;]{0,80}?Recht\sder\s(${NAME})`,
    'gu',
  ),
  /(?:unterliegt|unterliegen|gilt|findet|anwendbar\sist)[^.;]{0,60}?(\p{Ll}{3,20}(?:es|em)\sRecht)(?!\p{L})/gu,
  /(?:régie?s?\spar|soumise?s?\s(?:au|à)|droit\sapplicable\sest)\s(?:le\s|la\s|les\s)?((?:droit|lois?)\s\p{Ll}{4,20}(?:\sen\svigueur)?)(?!\p{L})/gu,
];
/** A duration has to follow within the sentence. */
const TERM =
  /(?:(?:[Ii]nitial|INITIAL)\s(?:[Tt]erm|TERM|[Pp]eriod)|(?:[Tt]erm|TERM|[Dd]uration)\sof\s(?:this|the)\s(?:\p{L}{2,20}\s){0,2}(?:[Aa]greement|[Cc]ontract|[Ll]ease|[Ll]icen[sc]e)|(?:[Tt]his|[Tt]he)\s(?:[Aa]greement|[Cc]ontract|[Ll]ease)\s(?:shall|will)\s(?:remain|continue|be)\s(?:valid|in\s(?:full\s)?(?:force|effect))|for\sa\s(?:fixed\s|minimum\s)?term\sof|(?:Vertrags|Mindest|Erst)?[Ll]aufzeit|Vertragsdauer|auf\sdie\sDauer\svon|(?:conclue?|consentie?|signée?)\spour\sune\s(?:durée|période)(?:\sinitiale|\sferme|\sdéterminée)?\sde|[Dd]urée\sdu\s(?:contrat|bail))(?!\p{L})/gu;
const REACH_OF_TERM = 140;
const SENTENCE_END = /[;:]?\n\n|(?<!\p{Lu}|Inc|Ltd|No|Nr)\.\s|;/u;
const MOST_CLAUSES = 20;

/** The law of a contract, from the clause that says it governs. */
export const findGoverningLaw: Finder = (field, rule, context) =>
  inTexts(context, (text) => {
    const found: Candidate[] = [];
    for (const pattern of GOVERNING_LAW) {
      for (const match of text.text.matchAll(pattern)) {
        const law = (match[1] ?? '').replace(/[\s.,]+$/u, '');
        const start = match.index + match[0].lastIndexOf(law);
        const clause = candidate(field, rule, context, text, [start, start + law.length], oneLine(law));
        if (clause !== undefined) found.push(clause);
      }
    }
    return found;
  });

/** How long a contract runs: the duration in the sentence that speaks of its term. */
export const findTerm: Finder = (field, rule, context) =>
  inTexts(context, (text) => {
    const found: Candidate[] = [];
    for (const match of text.text.matchAll(TERM)) {
      const from = match.index + match[0].length;
      const rest = text.text.slice(from, from + REACH_OF_TERM);
      const end = SENTENCE_END.exec(rest)?.index ?? rest.length;
      const [duration] = recogniseDurations(rest.slice(0, end).replaceAll('\n', ' '), context.locale);
      if (duration === undefined) continue;
      const range = [from + duration.start, from + duration.end] as const;
      const clause = candidate(field, rule, context, text, range, duration.value);
      if (clause !== undefined) found.push(clause);
    }
    return found;
  });

function inTexts(
  { pages }: FinderContext,
  find: (text: PageText) => readonly Candidate[],
): readonly Candidate[] {
  const found: Candidate[] = [];
  for (const page of pages) {
    for (const clause of find(textOfPage(page))) found.push(clause);
    if (found.length >= MOST_CLAUSES) break;
  }
  return found.slice(0, MOST_CLAUSES);
}

function candidate(
  field: string,
  rule: FinderRule,
  context: FinderContext,
  text: PageText,
  [start, end]: readonly [number, number],
  value: string,
): Candidate | undefined {
  const place = placeWithin(text, start, end);
  if (place === undefined) return undefined;
  return {
    field,
    value,
    page: text.page,
    box: place.box,
    raw: text.text.slice(start, end),
    confidence: rule.confidence,
    rule: nameOf(context, field, rule),
  };
}

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ');
