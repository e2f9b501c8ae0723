import type { Match, Recogniser } from '../match.js';
import { CURRENCY_CODES, CURRENCY_SIGNS } from './currencies.js';

const CODE = /(?<![\p{L}\d])[A-Z]{3}(?![\p{L}\d])/gu;
const SIGN_CODES = CURRENCY_SIGNS.filter(([sign]) => sign !== 'DM');

/** Currencies named by code or sign, where no amount has to stand beside them. */
export const recogniseCurrencies: Recogniser<string> = (text, locale) => {
  const found: Match<string>[] = [...text.matchAll(CODE)]
    .filter(([code]) => CURRENCY_CODES.has(code))
    .map((match) => ({ start: match.index, end: match.index + 3, value: match[0], confidence: 0.95 }));
  for (const [sign, code] of SIGN_CODES) {
    const start = text.indexOf(sign);
    if (start < 0 || found.some((other) => start < other.end && start + sign.length > other.start)) continue;
    found.push({
      start,
      end: start + sign.length,
      value: code === 'DOLLAR' ? locale.dollar : code,
      confidence: 0.8,
    });
  }
  return found.sort((one, other) => one.start - other.start);
};
