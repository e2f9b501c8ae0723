import { fold } from '../tokens.js';

const LANGUAGES = ['en', 'de', 'fr'] as const;
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const ALSO =
  'usa|u.s.a.|us|uk|u.k.|england|scotland|wales|holland|the netherlands|czech republic|turkey|schweiz|suisse';

/** Names in English, German and French, folded, as Unicode's CLDR has them, and a few more that are printed on addresses. */
const NAMES: ReadonlySet<string> = new Set([...ALSO.split('|'), ...namesOfRegions()]);
const CODES = /^(?:AT|AU|BE|CA|CH|CZ|DE|DK|ES|FI|FR|GB|IE|IT|LU|NL|NO|NZ|PL|PT|SE|US)$/u;

/** True for the name of a country, or one of the codes that stand under addresses. */
export const isCountry = (text: string): boolean => NAMES.has(fold(text)) || CODES.test(text);

function namesOfRegions(): readonly string[] {
  return LANGUAGES.flatMap((language) => {
    const names = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    return LETTERS.flatMap((first) =>
      LETTERS.flatMap((second) => {
        const name = names.of(first + second);
        return name === undefined ? [] : [fold(name)];
      }),
    );
  });
}
