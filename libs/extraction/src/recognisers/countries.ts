import { fold } from '../tokens.js';

const LANGUAGES = ['en', 'de', 'fr'] as const;
const LETTERS = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const ALSO =
  'usa|u.s.a.|us|uk|u.k.|england|scotland|wales|holland|the netherlands|czech republic|turkey|schweiz|suisse';

/** Names in English, German and French, folded, as Unicode's CLDR has them, and a few more that are printed on addresses; made when first asked for. */
let names: ReadonlySet<string> | undefined;
const CODES = /^(?:AT|AU|BE|CA|CH|CZ|DE|DK|ES|FI|FR|GB|IE|IT|LU|NL|NO|NZ|PL|PT|SE|US)$/u;

/** True for the name of a country, or one of the codes that stand under addresses. */
export function isCountry(text: string): boolean {
  names ??= new Set([...ALSO.split('|'), ...namesOfRegions()]);
  return CODES.test(text) || names.has(fold(text));
}

function namesOfRegions(): readonly string[] {
  return LANGUAGES.flatMap((language) => {
    const known = new Intl.DisplayNames([language], { type: 'region', fallback: 'none' });
    return LETTERS.flatMap((first) =>
      LETTERS.flatMap((second) => {
        const name = known.of(first + second);
        return name === undefined ? [] : [fold(name)];
      }),
    );
  });
}
