import { isPersonName } from '../person-names.js';
import type { Recogniser } from '../match.js';
import { recogniseEmails } from './internet.js';
import { recogniseParties } from './parties.js';

/** The whole text as a person's name, cut before what follows it. */
export const recognisePeople: Recogniser<string> = (text, locale) =>
  recogniseParties(text, locale).filter(({ value }) => isPersonName(value));

/** The whole text as a name, or else an e-mail address in it: the From and To of letters and mails. */
export const recogniseCorrespondents: Recogniser<string> = (text, locale) => {
  const names = recogniseParties(text, locale);
  return names.length > 0 ? names : recogniseEmails(text, locale).slice(0, 1);
};
