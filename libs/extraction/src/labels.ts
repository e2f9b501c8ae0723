import type { LabelledRule, LabelSet, TypeDefinition } from './definition.js';
import type { Cell, PageLayout } from './layout.js';
import { tokensOf, type Token } from './tokens.js';

export interface LabelOwner {
  readonly field: string;
  readonly rule: LabelledRule;
}

/** A label found in a cell; without owners it stands for something that is not looked for. */
export interface LabelHit {
  readonly cell: Cell;
  readonly start: number;
  readonly end: number;
  readonly owners: readonly LabelOwner[];
  /** A line begins with it, or a colon follows. */
  readonly standsAlone: boolean;
  /** A colon follows, or nothing else stands in the cell: what follows cannot be part of a name. */
  readonly isHeading: boolean;
}

interface Entry {
  readonly tokens: readonly string[];
  readonly owners: LabelOwner[];
}

/** Labels by their first word, and those that match its end only, longest first. */
export interface LabelIndex {
  readonly whole: ReadonlyMap<string, readonly Entry[]>;
  readonly compounds: readonly Entry[];
}

/** Before a label: any compound word that ends in it ("*rechnung" is in "Handelsrechnung"). */
const COMPOUND = '*';

const MOST_HITS_PER_PAGE = 400;
const NUMBER_WORD = /^(?:n|no|nr|num|nos)$/u;
const COLON = /^\s{0,2}[:：]/u;

export function indexLabels(definition: TypeDefinition): LabelIndex {
  const entries = new Map<string, Entry>();
  const add = (labels: LabelSet, owner: LabelOwner | undefined): void => {
    for (const label of Object.values(labels).flat()) {
      const isCompound = label.startsWith(COMPOUND);
      const tokens = tokensOf(label).map(({ text }, at) => (isCompound && at === 0 ? COMPOUND + text : text));
      const key = tokens.join(' ');
      const entry = entries.get(key) ?? { tokens, owners: [] };
      if (owner !== undefined) entry.owners.push(owner);
      entries.set(key, entry);
    }
  };
  for (const { field, rules } of definition.fields) {
    for (const rule of rules) if (rule.kind === 'labelled') add(rule.labels, { field, rule });
  }
  add(definition.otherLabels ?? {}, undefined);
  const byFirst = new Map<string, Entry[]>();
  for (const entry of entries.values()) {
    const first = entry.tokens[0];
    if (first !== undefined) byFirst.set(first, [...(byFirst.get(first) ?? []), entry]);
  }
  const longestFirst = (one: Entry, other: Entry): number => other.tokens.length - one.tokens.length;
  for (const list of byFirst.values()) list.sort(longestFirst);
  const compounds = [...entries.values()]
    .filter(({ tokens }) => tokens[0]?.startsWith(COMPOUND))
    .sort(longestFirst);
  return { whole: byFirst, compounds };
}

/** Labels of a page, longest match first, none inside another. */
export function findLabels(page: PageLayout, index: LabelIndex): readonly LabelHit[] {
  const hits: LabelHit[] = [];
  for (const cell of page.cells) {
    const tokens = tokensOf(cell.text);
    for (let at = 0; at < tokens.length;) {
      const entry = entryAt(tokens, at, index);
      const first = tokens[at];
      const last = entry === undefined ? undefined : tokens[at + entry.tokens.length - 1];
      if (
        entry === undefined ||
        first === undefined ||
        last === undefined ||
        isPartOfNumber(cell.text, last)
      ) {
        at += 1;
        continue;
      }
      hits.push({
        cell,
        start: first.start,
        end: last.end,
        owners: entry.owners,
        standsAlone: at === 0 || COLON.test(cell.text.slice(last.end, last.end + 3)),
        isHeading:
          COLON.test(cell.text.slice(last.end, last.end + 3)) ||
          (at === 0 && entry.tokens.length === tokens.length),
      });
      if (hits.length >= MOST_HITS_PER_PAGE) return hits;
      at += entry.tokens.length;
    }
  }
  return hits;
}

/** "PO" of "PO-3333" is no label. */
function isPartOfNumber(text: string, { text: word, end }: Token): boolean {
  // "No.123": the dot is the abbreviation's.
  if (NUMBER_WORD.test(word) && /^\.\d/u.test(text.slice(end, end + 2))) return false;
  return /^[-/_.#]?\d/u.test(text.slice(end, end + 2));
}

function entryAt(tokens: readonly Token[], at: number, index: LabelIndex): Entry | undefined {
  const first = tokens[at]?.text ?? '';
  const isContinued = (entry: Entry): boolean =>
    entry.tokens.every((token, offset) => offset === 0 || tokens[at + offset]?.text === token);
  return (
    index.whole.get(first)?.find(isContinued) ??
    index.compounds.find((entry) => {
      const head = entry.tokens[0]?.slice(COMPOUND.length) ?? '';
      return first.length > head.length && first.endsWith(head) && isContinued(entry);
    })
  );
}
