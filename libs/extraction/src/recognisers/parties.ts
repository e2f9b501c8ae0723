import type { Recogniser } from '../match.js';

const LEGAL_FORM =
  /(?<![\p{L}\d])(?:g?GmbH|mbH|KGaA|OHG|GbR|e\.V\.|e\. V\.|e\.K\.|eG|Ltd|Limited|LLC|L\.L\.C|LLP|PLC|Inc|Incorporated|Corp|Corporation|Company|Pty|SARL|S\.A\.R\.L|S\.A\.S|SASU|EURL|S\.A|SpA|S\.p\.A|Srl|S\.r\.l|B\.V|N\.V|BVBA|OÜ|A\/S|ApS|Oy|Sp\. z o\.o|s\.r\.o|Sàrl|Pvt|Lda)(?![\p{L}\d])\.?/iu;
const SHORT_LEGAL_FORM =
  /(?<![\p{L}\d])(?:AG|SE|KG|UG|Co|SAS|SA|SCI|SNC|BV|NV|VOF|AS|AB|SL)(?![\p{L}\d])\.?/u;
const ORGANISATION_WORD =
  /(?<!\p{L})(?:university|universität|université|institute|bank|association|department|ministry|foundation|verein|stiftung|stadt|group|services|solutions|systems|technologies|electronics|industries|store|studio|studios|shop|hotel|restaurant|versicherung|societe|société|cabinet)(?!\p{L})/iu;
const NO_NAME =
  /@|https?:|www\.|\d{5,}|^\W*\d|\p{L}\.?\s\d{1,4}\s?[a-z]?$|(?<!\p{L})capital(?!\p{L})|(?<!\p{L})(?:street|st\.|road|avenue|ave|strasse|straße|str\.|platz|allee|weg|rue|boulevard|p\.?o\.? box|postfach|tel|phone|fax|page|seite)(?!\p{L})/iu;
const CUT = /\s[-–—•·|]\s|\s*[•·|]\s*|,\s(?=\D{0,30}\d)|\s{3,}/u;
const LONGEST = 90;

/** True where the text carries a legal form (GmbH, Ltd, SARL, …). */
export function hasLegalForm(text: string): boolean {
  const head = text.slice(0, LONGEST * 2);
  return LEGAL_FORM.test(head) || SHORT_LEGAL_FORM.test(head);
}

/** True where a word of the text names a kind of organisation. */
export const hasOrganisationWord = (text: string): boolean =>
  ORGANISATION_WORD.test(text.slice(0, LONGEST * 2));

/** The whole text as a name of a person or organisation, cut before an address; nothing where it cannot be one. */
export const recogniseParties: Recogniser<string> = (text) => {
  const head = text.slice(0, LONGEST * 2);
  const lead = /^[\s:;.,#*\-–—=(]*/u.exec(head)?.[0].length ?? 0;
  const cut = CUT.exec(head.slice(lead));
  const value = head.slice(lead, cut === null ? undefined : lead + cut.index).replace(/[\s,;:(]+$/u, '');
  const letters = value.replace(LEGAL_FORM, '').replace(/[^\p{L}]/gu, '').length;
  if (
    letters < 2 ||
    value.length > LONGEST ||
    value.includes(':') ||
    (/[)）]/u.test(value) && !/[(（]/u.test(value)) ||
    value.split(/\s+/u).length > 10 ||
    NO_NAME.test(value)
  )
    return [];
  const isCapitalised = /^\p{Lu}|^\p{Lo}/u.test(value) || hasLegalForm(value);
  const confidence = hasLegalForm(value)
    ? 0.92
    : hasOrganisationWord(value)
      ? 0.8
      : isCapitalised
        ? 0.65
        : 0.3;
  return [{ start: lead, end: lead + value.length, value, confidence }];
};

/** The whole text, trimmed of the punctuation after a label. */
export const recogniseTexts: Recogniser<string> = (text) => {
  const lead = /^[\s:;.,#*\-–—=]*/u.exec(text)?.[0].length ?? 0;
  const value = text.slice(lead).trimEnd();
  if (!/[\p{L}\d]/u.test(value)) return [];
  return [{ start: lead, end: lead + value.length, value, confidence: 0.8 }];
};
