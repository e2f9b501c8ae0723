import { franc } from 'franc-min';

const MIN_LETTERS = 80;
const SAMPLE_CHARACTERS = 20_000;

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

/** ISO 639-1 code of the text's main language; undefined when it has fewer than 80 letters or can't be told. */
export function detectLanguage(text: string): string | undefined {
  const sample = text.slice(0, SAMPLE_CHARACTERS);
  // Numbers, codes and addresses say nothing about the language.
  const words = sample.match(/\p{L}[\p{L}\p{M}'’]+/gu)?.join(' ') ?? '';
  if ((words.match(/\p{L}/gu)?.length ?? 0) < MIN_LETTERS) return undefined;
  return CODES[franc(words, { minLength: MIN_LETTERS })];
}
