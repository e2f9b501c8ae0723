/** How this document writes numbers and dates, decided from the whole document rather than value by value. */
export interface DocumentLocale {
  /** ISO 639-1; `en` where it could not be told. */
  readonly language: string;
  readonly decimal: ',' | '.';
  /** Blanks may group thousands: 1 234,56. */
  readonly blankGroups: boolean;
  /** How 03/04/2024 is read. */
  readonly dateOrder: 'day-first' | 'month-first';
  /** ISO 3166-1 alpha-2: where national telephone numbers belong, when anything says so. */
  readonly country?: string;
  /** What a lone $ stands for. */
  readonly dollar: string;
}

const DECIMAL_COMMA_LANGUAGES = new Set([
  'de',
  'fr',
  'nl',
  'it',
  'es',
  'pt',
  'pl',
  'cs',
  'sv',
  'da',
  'fi',
  'nb',
  'no',
  'et',
  'tr',
  'ru',
  'hu',
  'ro',
]);
const BLANK_GROUP_LANGUAGES = new Set(['fr', 'pl', 'cs', 'sv', 'fi', 'nb', 'no', 'et', 'ru', 'hu']);

/** Country of a language where one is by far the likeliest; none for languages of many countries. */
const LANGUAGE_COUNTRIES: Readonly<Record<string, string>> = {
  de: 'DE',
  fr: 'FR',
  nl: 'NL',
  it: 'IT',
  es: 'ES',
  pl: 'PL',
  cs: 'CZ',
  sv: 'SE',
  da: 'DK',
  fi: 'FI',
  et: 'EE',
  tr: 'TR',
  pt: 'PT',
};

/** Signs of a country that stand in addresses and registrations; each sign counts once a text. */
const COUNTRY_SIGNS: readonly (readonly [country: string, sign: RegExp, weight: number])[] = [
  [
    'US',
    /,\s?(?:A[KLRZ]|C[AOT]|DC|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|O[HKR]|PA|RI|SC|TN|TX|UT|VA|VT|W[AIVY]),?\s+\d{5}\b/u,
    3,
  ],
  [
    'US',
    /,\s?(?:A[KLRZ]|C[AOT]|DC|FL|GA|HI|IL|KY|M[ADINO]|N[CHJMVY]|O[HKR]|PA|RI|SC|TN|TX|UT|VA|VT|W[AIVY])(?:\s|$)/u,
    1,
  ],
  ['US', /\bUSA\b|\bUnited States\b|\bU\.S\.A\./u, 1],
  ['GB', /\b[A-Z]{1,2}\d[A-Z\d]? \d[A-Z]{2}\b/u, 3],
  ['GB', /\bUnited Kingdom\b|\bCompany No\b|£/u, 1],
  ['AU', /\bA\.?B\.?N\b|\bPty\b|\bAustralia\b/u, 3],
  ['CA', /\b[A-Z]\d[A-Z] \d[A-Z]\d\b|\bCanada\b/u, 3],
  ['DE', /\bD-\d{5}\b|\bDE\s?\d{9}\b|\bDE\d{2} ?\d{4}|\bUSt\b|\bDeutschland\b|\bGermany\b/u, 2],
  ['CH', /\bCH-\d{4}\b|\bCHE-|\bCHF\b|\bSchweiz\b|\bSuisse\b|\bSwitzerland\b/u, 3],
  ['AT', /\bA-\d{4}\b|\bATU\d{8}\b|\bÖsterreich\b|\bAustria\b/u, 3],
  ['FR', /\bSIRET\b|\bSIREN\b|\bR\.?C\.?S\b|\bTVA\b|\bCedex\b|\bFrance\b/iu, 2],
  ['NL', /\bKvK\b|\bBTW\b|\bNederland\b|\bThe Netherlands\b/u, 2],
  ['BE', /\bBelgi(?:um|que|ë)\b/u, 2],
  ['IN', /₹|\bGSTIN\b|\bINR\b|\bIndia\b/u, 2],
];

const TWO_DECIMALS = /(?<![\d.,/-])\d{1,3}(?:([.,])\d{3}){0,4}([.,])\d{2}(?![\d.,/-]|\s?%)/gu;
const GROUPED_BY_BLANK = /(?<![\d.,])\d{1,3}(?:[ \u00a0\u202f]\d{3}){1,3}[.,]\d{2}(?!\d)/u;
const NUMERIC_DATE = /(?<![\d/-])(\d{1,2})([/-])(\d{1,2})\2(?:\d{4}|\d{2})(?![\d/-])/gu;

interface Votes {
  comma: number;
  dot: number;
  dayFirst: number;
  monthFirst: number;
  blank: boolean;
}

/** Decides from unambiguous numbers and dates first, then from addresses and registrations, then from the language. */
export function decideLocale(texts: readonly string[], language: string | undefined): DocumentLocale {
  const votes: Votes = { comma: 0, dot: 0, dayFirst: 0, monthFirst: 0, blank: false };
  const countries = new Map<string, number>();
  for (const text of texts) {
    countVotes(text, votes);
    for (const [country, sign, weight] of COUNTRY_SIGNS) {
      if (sign.test(text)) countries.set(country, Math.min((countries.get(country) ?? 0) + weight, 12));
    }
  }
  const best = [...countries].sort((one, other) => other[1] - one[1])[0];
  const spoken = language ?? 'en';
  const country = best !== undefined && best[1] >= 2 ? best[0] : LANGUAGE_COUNTRIES[spoken];
  const commaByHabit = DECIMAL_COMMA_LANGUAGES.has(spoken) && country !== 'CH';
  const monthByHabit = country === 'US' || (country === undefined && spoken === 'en');
  return {
    language: spoken,
    decimal: votes.comma === votes.dot ? (commaByHabit ? ',' : '.') : votes.comma > votes.dot ? ',' : '.',
    blankGroups: votes.blank || BLANK_GROUP_LANGUAGES.has(spoken),
    dateOrder:
      votes.dayFirst === votes.monthFirst
        ? monthByHabit
          ? 'month-first'
          : 'day-first'
        : votes.dayFirst > votes.monthFirst
          ? 'day-first'
          : 'month-first',
    ...(country === undefined ? {} : { country }),
    dollar: country === 'AU' ? 'AUD' : country === 'CA' ? 'CAD' : 'USD',
  };
}

function countVotes(text: string, votes: Votes): void {
  for (const [, group, decimal] of text.matchAll(TWO_DECIMALS)) {
    if (group === decimal) continue;
    const weight = group === undefined ? 1 : 3;
    if (decimal === ',') votes.comma += weight;
    else votes.dot += weight;
  }
  for (const [, first, , second] of text.matchAll(NUMERIC_DATE)) {
    if (Number(first) > 12 && Number(second) <= 12) votes.dayFirst += 1;
    if (Number(second) > 12 && Number(first) <= 12) votes.monthFirst += 1;
  }
  votes.blank ||= GROUPED_BY_BLANK.test(text);
}
