import type { Match, Recogniser } from '../match.js';
import { fold } from '../tokens.js';
import { numeralBefore, readSigned } from './numerals.js';
import { measured, UNITS, UNIT_SOURCE } from './units.js';

const QUANTITY = numeralBefore(UNIT_SOURCE);

/** Numbers with a unit, as "12.5 kg": a point for the decimals and one spelling a unit. */
export const recogniseQuantities: Recogniser<string> = (text, locale) =>
  [...text.matchAll(QUANTITY(locale))].flatMap((match): Match<string>[] => {
    const [printed, numeral = '', spelling = ''] = match;
    const unit = UNITS.get(spelling);
    if (unit === undefined) return [];
    const value = measured(readSigned(numeral, locale), unit);
    // A letter alone may be anything: "3 m", "5 A".
    const confidence = spelling.length > 1 ? 0.92 : 0.75;
    return [{ start: match.index, end: match.index + printed.length, value, confidence }];
  });

const NUMBER_WORDS = [
  'one ein eine einem einen einer un une',
  'two zwei deux',
  'three drei trois',
  'four vier quatre',
  'five funf cinq',
  'six sechs',
  'seven sieben sept',
  'eight acht huit',
  'nine neun neuf',
  'ten zehn dix',
  'eleven elf onze',
  'twelve zwolf douze',
];
const NUMBERS = new Map(
  NUMBER_WORDS.flatMap((words, index) => words.split(' ').map((word) => [word, index + 1] as const)),
);
const OF_TIME = new Set(['days', 'weeks', 'months', 'years']);
const BETWEEN = String.raw`(?:\s{1,2}(?:consecutive|calendar|full|successive|volle[rn]?|weitere[rn]?)|[ -])`;
const NUMBER_WORD = [...NUMBERS.keys(), 'fünf', 'zwölf'].join('|');
const DURATION = new RegExp(
  String.raw`(?<![\p{L}\d.,/-])(?:\p{L}{2,16}(?:-\p{L}{2,9})?\s{0,2}\(\s?(\d{1,3})\s?\)|(\d{1,3})(?:\s?\(\p{L}{2,16}\))?|(${NUMBER_WORD}))${BETWEEN}{0,2}\s{0,2}\(?(\p{L}{2,8})\)?(?!\p{L})`,
  'giu',
);

/** Spans of days, weeks, months or years, as "24 months": in digits, in words up to twelve, or both as in contracts ("two (2) years"). */
export const recogniseDurations: Recogniser<string> = (text) =>
  [...text.matchAll(DURATION)].flatMap((match): Match<string>[] => {
    const [printed, bracketed, digits, word, unitWord = ''] = match;
    const unit = UNITS.get(unitWord) ?? UNITS.get(unitWord.toLowerCase());
    const count = Number(bracketed ?? digits ?? NUMBERS.get(fold(word ?? '')));
    if (unit === undefined || !OF_TIME.has(unit) || !(count > 0)) return [];
    const end = match.index + printed.length;
    return [
      { start: match.index, end, value: measured(count, unit), confidence: word === undefined ? 0.93 : 0.85 },
    ];
  });
