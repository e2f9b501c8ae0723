/** A word that names a kind of document: at the end of a title in English, anywhere near its beginning in German and French. */
const KIND =
  '(?:agreement|contract|lease|license|licence|policy|terms (?:of (?:service|use)|and conditions)|statement|report|assessment|survey|review|plan|strategy|study|analysis|guide|guidelines|manual|handbook|user guide|reference guide|instructions|specification|data ?sheet|application|application form|form|request|claim|consent|declaration|certificate|affidavit|notice|order|opinion|memorandum|minutes|agenda|round-?up|bulletin|newsletter|release|questionnaire|register|registration|petition|order form|complaint|amendment|addendum|proposal|act|bylaws|constitution|amendments?)';
const AT_THE_END = new RegExp(String.raw`(?<![\p{L}-])${KIND}s?(?:\s\(?\d{4}\)?)?\W*$`, 'iu');
const AT_THE_BEGINNING =
  /^\W*(?:form\s[A-Z\d]|informed consent|application for|request for|report on|notice of|certificate of|declaration of|minutes of|annual report|terms of|antrag|vertrag|vereinbarung|bericht|formular|erklärung|bescheinigung|protokoll|mitteilung|satzung|richtlinie|merkblatt|anmeldung|einverständnis\p{L}*|\p{L}{3,}(?:vertrag|bericht|formular|antrag|erklärung|vereinbarung|protokoll|bescheinigung|anleitung|handbuch)(?!\p{L})|demande|contrat|convention|rapport|procès[- ]verbal|attestation|déclaration|formulaire|certificat|compte[- ]rendu|avis|étude|etude|règlement|bail|notice|guide|manuel|solicitud|contrato|informe|verificación|formulario|domanda|contratto|relazione|modulo)(?!\p{L})/iu;
const KIND_ALONE = new RegExp(
  String.raw`^\W*(?:${KIND}|procès[- ]verbal|antrag|vertrag|bericht|protokoll|contrat|rapport|attestation|(?:bank|account|pay|earnings|credit card)\s(?:account\s)?statement|form\s[A-Z\d][A-Z\d-]{0,7}|payslip|kontoauszug|gehaltsabrechnung|lohnabrechnung|entgeltabrechnung|bulletin de (?:paie|salaire)|relevé de compte|curriculum vitae)\W*$`,
  'iu',
);
/** Names of a series rather than of what it is about. */
const SERIES = /^\W*(?:bulletin|newsletter|magazine|gazette|journal|news|review|fact ?sheet)\W*$/iu;
const LONGEST_KIND = 90;

/** The text reads as the name of a document of some kind: "FORM 10-Q", "Share Purchase Agreement", "Antrag auf …". */
export const namesDocument = (text: string): boolean =>
  text.length <= LONGEST_KIND &&
  !isDecorated(text) &&
  !SERIES.test(text) &&
  !/[.;]\s?$/u.test(text) &&
  (AT_THE_END.test(text) || AT_THE_BEGINNING.test(text) || KIND_ALONE.test(text));

/** The text is a kind of document and nothing else. */
export const isKindAlone = (text: string): boolean =>
  KIND_ALONE.test(text) && !SERIES.test(text) && !isDecorated(text);

/** "- Guidelines -": a line between dashes names the series. */
export const isDecorated = (text: string): boolean => /^[-–—*~]\s?\S.*\S\s?[-–—*~]$/u.test(text.trim());

export const isSeriesAlone = (text: string): boolean => SERIES.test(text);
