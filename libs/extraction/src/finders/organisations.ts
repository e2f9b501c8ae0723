import type { Candidate } from '../candidate.js';
import { placeWithin, proseOfPage } from '../page-text.js';
import { recogniseOrganisations } from '../recognisers/organisations.js';
import { nameOf, type Finder } from './finder.js';

const MOST_NAMES = 200;

/** Organisations that the document mentions, in sentences over line ends, too; those at its beginning and those said often are surer. */
export const findOrganisations: Finder = (field, rule, context) => {
  const found: Candidate[] = [];
  for (const page of context.pages) {
    const prose = proseOfPage(page);
    for (const { start, end, value, confidence } of recogniseOrganisations(prose.text, context.locale)) {
      const place = placeWithin(prose, start, end);
      if (place === undefined) continue;
      found.push({
        field,
        value,
        page: page.number,
        box: place.box,
        raw: value,
        confidence: rule.confidence * confidence * Math.max(0.5, 1 - 0.02 * found.length),
        rule: nameOf(context, field, rule),
      });
      if (found.length >= MOST_NAMES) return found;
    }
  }
  return found;
};
