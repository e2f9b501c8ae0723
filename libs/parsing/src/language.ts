import { franc } from 'franc-min';

const MIN_LETTERS = 80;
/** Characters from the beginning of a text that are looked at. */
export const LANGUAGE_SAMPLE = 20_000;

/** ISO 639-3, as franc-min says, to ISO 639-1. */
const CODES: Readonly<Record<string, string>> = {
  arb: 'ar', aze: 'az', azj: 'az', bel: 'be', ben: 'bn', bho: 'bh', bos: 'bs', bul: 'bg', ces: 'cs', cmn: 'zh', deu: 'de',
  ell: 'el', eng: 'en', fra: 'fr', fas: 'fa', fin: 'fi', guj: 'gu', hau: 'ha', heb: 'he', hin: 'hi', hrv: 'hr', hun: 'hu',
  ibo: 'ig', ind: 'id', ita: 'it', jav: 'jv', jpn: 'ja', kan: 'kn', kaz: 'kk', kin: 'rw', kor: 'ko', lit: 'lt', mal: 'ml',
  mar: 'mr', mya: 'my', nep: 'ne', nld: 'nl', npi: 'ne', nya: 'ny', pan: 'pa', pbu: 'ps', pes: 'fa', plt: 'mg', pol: 'pl',
  por: 'pt', ron: 'ro', run: 'rn', rus: 'ru', sin: 'si', som: 'so', spa: 'es', srp: 'sr', sun: 'su', swe: 'sv', swh: 'sw',
  tam: 'ta', tel: 'te', tgl: 'tl', tha: 'th', tur: 'tr', uig: 'ug', ukr: 'uk', urd: 'ur', uzn: 'uz', vie: 'vi', yor: 'yo',
  zlm: 'ms', zul: 'zu',
}; // prettier-ignore

// The commonest small words. On short texts full of names and numbers they tell more than franc's three-letter sequences.
const WORD_LISTS = Object.entries({
  de: 'in an am der die das und ist nicht mit für von den dem des ein eine auf sich bei wir ihr ihre zum zur nach oder wird sind',
  en: 'in a an the of and to is for with you your this that are be from by at it we our please on not has have will any',
  es: 'de en la el los las del y que por para con una es su se como más pero este esta son al lo',
  fr: 'de en la à il le les des et du une est pour dans vous votre nous au aux ce cette sur par qui que avec ou sont vos',
  it: 'la a in il di che per con una del della dei è gli sono nel alla non le da si al delle questo',
  nl: 'de in het een van en is voor met niet zijn wij uw dat aan op te bij door naar ook wordt',
  pt: 'de a o os as do da dos das em para com uma não que por se ao pela mais são seu sua',
}).map(([code, words]) => [code, words.split(' ')] as const);
// Words of two languages tell nothing.
const SMALL_WORDS = WORD_LISTS.map(([code, words]) => {
  const others = WORD_LISTS.filter(([other]) => other !== code).flatMap(([, list]) => list);
  return [code, new Set(words.filter((word) => !others.includes(word)))] as const;
});
const CERTAIN = 4;

function countSmallWords(words: readonly string[]): readonly (readonly [code: string, count: number])[] {
  return SMALL_WORDS.map(
    ([code, small]) => [code, words.filter((word) => small.has(word)).length] as const,
  ).sort((a, b) => b[1] - a[1]);
}

/** ISO 639-1 code of the text's main language; undefined when it has fewer than 80 letters or can't be told. */
export function detectLanguage(text: string): string | undefined {
  const sample = text.slice(0, LANGUAGE_SAMPLE);
  // Numbers, codes and addresses say nothing about the language.
  const words = sample.match(/\p{L}[\p{L}\p{M}'’]*/gu) ?? [];
  if (words.join('').length < MIN_LETTERS) return undefined;
  const counts = countSmallWords(words.map((word) => word.toLowerCase()));
  const [first, second] = counts;
  if (first !== undefined && first[1] >= CERTAIN && first[1] >= 1.5 * (second?.[1] ?? 0)) return first[0];
  const guess = CODES[franc(words.filter((word) => word.length > 1).join(' '), { minLength: MIN_LETTERS })];
  const support = counts.find(([code]) => code === guess);
  return support?.[1] === 0 ? undefined : guess;
}
