import { inOneLine, type Terminal } from '../terminal.js';
import type { Earlier } from './command.js';
import type { Contribution } from '@docstream/core';
import type { Explained } from './document-explainer.js';

export interface ExplanationFacts {
  readonly name: string;
  readonly parser: string;
  readonly explained: Explained;
  readonly earlier: Earlier | null;
}

const RUNNERS_UP = 4;

/** What a person asks first: what it is, how sure, and why not something else. */
export function printExplanation(
  terminal: Terminal,
  { name, parser, explained, earlier }: ExplanationFacts,
): void {
  const { classification, threshold, ranked } = explained;
  const fact = (title: string, text: string): void =>
    terminal.print(`${terminal.colours.dim(title.padEnd(11))}${inOneLine(text)}`);
  fact('document', earlier === null ? name : `${earlier.documentId} ${earlier.fileName ?? ''}`.trimEnd());
  fact('type', `${classification.type}${verdictOf(explained)}`);
  fact('language', languageText(explained));
  if (ranked.length > 0) {
    const [first, ...others] = ranked.slice(0, RUNNERS_UP);
    fact('likeliest', `${named(first?.type ?? '')} ${percent(first?.probability ?? 0)}`);
    fact('then', others.map(({ type, probability }) => `${named(type)} ${percent(probability)}`).join(', '));
    fact('threshold', `${percent(threshold)}; margin ${percent(classification.margin)}`);
  }
  fact('head', classification.head);
  fact('model', classification.model);
  fact('parser', parser);
  printReasons(terminal, explained);
}

/** Why it is unknown, when it is. */
function verdictOf({ classification, hasEnoughText, language, ranked }: Explained): string {
  if (classification.type !== 'unknown') return '';
  if (!hasEnoughText) return ': too little text to say anything';
  if (language.isForeign) return ': a language that the classifier does not know';
  return ranked[0]?.type === 'unknown'
    ? ': likelier to be of none of the types'
    : ': the likeliest type is below the threshold';
}

function languageText({ language, languages }: Explained): string {
  const known = languages.join(', ');
  const shares = `${percent(language.ownShare)} of the words are of ${known}, ${percent(language.foreignShare)} of another language`;
  const strongest = language.strongest ?? 'none';
  switch (language.because) {
    case 'script':
      return `written in another script than ${known}`;
    case 'parser':
      return `named by the parser, and not one of ${known} (${shares})`;
    case 'words':
      return `${language.isForeign ? 'foreign' : 'known'} by its words: ${shares}; strongest: ${strongest}`;
    case 'unclear':
      return `too few telling words; taken as one of ${known}`;
  }
}

function printReasons(terminal: Terminal, { between, contributions, chunks, bias, rest }: Explained): void {
  if (between === null) return;
  const { likeliest, rival } = between;
  const signed = (weight: number): string => `${weight < 0 ? '−' : '+'}${Math.abs(weight).toFixed(2)}`;
  if (contributions.length > 0) {
    terminal.print(
      `\nWhy ${named(likeliest)} (+) rather than ${named(rival)} (−): each adds to the logarithm of the odds between them.`,
    );
    terminal.printTable(
      ['weight', 'what', ''],
      contributions.map((reason) => [signed(reason.weight), reason.kind, inOneLine(reasonText(reason))]),
    );
    const total = [...contributions, ...chunks].reduce((sum, { weight }) => sum + (weight ?? 0), bias + rest);
    terminal.print(
      chunks.some(({ weight }) => weight === null)
        ? `likeness in meaning ${signed(rest)}, together ${signed(total)}`
        : `all other features ${signed(rest)}, constant ${signed(bias)}, together with the text below ${signed(total)}`,
    );
  }
  if (chunks.length === 0) return;
  terminal.print('');
  terminal.printTable(
    ['weight', 'text that was read, as it begins'],
    chunks.map(({ weight, beginning }) => [
      weight === null ? '' : signed(weight),
      `${inOneLine(beginning)}…`,
    ]),
  );
}

function reasonText({ name, found = [] }: Contribution): string {
  const [where, type] = name.split(':');
  if (type !== undefined) {
    const phrases = found.length === 0 ? 'none' : found.join(', ');
    if (where === 'label') return `words of the description of ${type}: ${phrases}`;
    return `usual in ${type}${where === 'heading' ? ' (heading)' : ''}: ${phrases}`;
  }
  return name.replaceAll(/(^|\| )\^([^|]+)/g, '$1$2 (heading)');
}

const named = (type: string): string => (type === 'unknown' ? 'none of the types' : type);

const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;
