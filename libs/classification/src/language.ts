import { documentText, type ParsedDocument } from '@docstream/contracts';
import { wordsOf } from './words.js';

const list = (words: string): ReadonlySet<string> => new Set(words.split(' '));

/** Frequent function words, without diacritics. Words that two languages share stand in both. */
const FUNCTION_WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
  en: list(
    'the of and to in is that for it as with was on be by at this are from or an have not which you your we our has will can all been their if may any shall must do',
  ),
  de: list(
    'der die das und ist von zu den mit sich des auf fur nicht ein eine einer einem einen als auch es an werden aus er hat dass sie nach wird bei um sind im am vom zum zur uber wir ihr ihre ihnen unter bis oder wie',
  ),
  fr: list(
    'le la les de des et en un une du dans est que pour qui sur par avec ne pas au aux ce cette ces son sa ses vous nous votre notre vos il elle sont ou plus etre ont leur',
  ),
  es: list(
    'el los las de del en un una que es por con para se su sus al lo como mas no si esta este son ha fue usted la',
  ),
  it: list(
    'il lo gli di del della dei delle in un una che per con non si da al alla sono nel nella ai dal dalla anche come questo ha le la',
  ),
  nl: list(
    'de het een van en in is dat op te voor met zijn niet aan er om ook als bij naar uw wij worden wordt door deze dit tot uit heeft of per',
  ),
  pt: list(
    'os as de do da dos das em um uma que para com nao por se na no nas nos ao mais como foi sua seu ou esta sao',
  ),
  sv: list(
    'och att det som en av for den till med om har inte ett han var jag de fran vid kan ar pa eller ska',
  ),
  da: list('og at det som en af for den til med om har ikke et er pa de fra ved kan vi skal eller hvis'),
  pl: list('na do nie sie jest to ze jak po przez od dla za oraz lub przy jego jej ktore ktory'),
  tr: list('ve bir bu icin ile da de olarak olan en cok daha her gibi kadar sonra veya ise degil tarafindan'),
  et: list('ja on ei see et ta kui oma ka siis mis seda aga voi kas koos uks selle teie meie'),
};

/** Fewer words than this say nothing about the language. */
const MIN_WORDS = 20;
/** The parser's guess at the language of fewer words is not trusted. */
const MIN_WORDS_TO_NAME = 60;
const MAX_WORDS = 4000;
const MIN_DISTINCT = 4;

/**
 * True when the text is evidently in none of the languages: most letters are of another script, or another language's
 * function words outnumber theirs, or the parser named another language and theirs are rare.
 */
export function isForeign(document: ParsedDocument, languages: readonly string[]): boolean {
  const text = documentText(document).slice(0, 60_000);
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  const latin = text.match(/\p{Script=Latin}/gu)?.length ?? 0;
  const wantsLatin = languages.some((language) => FUNCTION_WORDS[language] !== undefined);
  if (wantsLatin && letters > 0 && latin / letters < 0.5) return true;

  const words = wordsOf(text).slice(0, MAX_WORDS);
  if (words.length < MIN_WORDS) return false;
  const shares = Object.entries(FUNCTION_WORDS).map(([language, listed]) => ({
    own: languages.includes(language),
    share: shareOf(words, listed),
  }));
  const best = (own: boolean): number =>
    Math.max(0, ...shares.filter((entry) => entry.own === own).map((entry) => entry.share));
  if (best(false) > 0.06 && best(false) > 1.25 * best(true)) return true;
  const named =
    words.length >= MIN_WORDS_TO_NAME &&
    document.language !== undefined &&
    !languages.includes(document.language);
  return named && (best(true) < 0.08 || best(false) > best(true));
}

/** Share of the words that are in the list; 0 when only one or two of the list's occur (names, article numbers). */
function shareOf(words: readonly string[], listed: ReadonlySet<string>): number {
  const found = words.filter((word) => listed.has(word));
  return new Set(found).size < MIN_DISTINCT ? 0 : found.length / words.length;
}
