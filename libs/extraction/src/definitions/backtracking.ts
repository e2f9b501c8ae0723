const UNBOUNDED = /^(?:[*+]|\{\d+,\})/;
const QUANTIFIER = /^(?:[*+?]|\{\d+(?:,\d*)?\})\??/;

/**
 * True for a repetition without bound inside another one, as `(a+)+`: on some texts such a pattern takes exponential time.
 * A look at the pattern's shape only; patterns that are slow in other ways pass, and some that are harmless do not.
 */
export function mayBacktrackForever({ source }: RegExp): boolean {
  const groups: { hasRepetition: boolean }[] = [{ hasRepetition: false }];
  for (let at = 0; at < source.length;) {
    const character = source[at];
    if (character === '(') {
      groups.push({ hasRepetition: false });
      at += 1;
      continue;
    }
    const end = endOfAtom(source, at);
    const closed = character === ')' ? groups.pop() : undefined;
    const rest = source.slice(end);
    const isRepeated = UNBOUNDED.test(rest);
    if (isRepeated && closed?.hasRepetition === true) return true;
    const around = groups.at(-1);
    if (around !== undefined && (isRepeated || closed?.hasRepetition === true)) around.hasRepetition = true;
    at = end + (QUANTIFIER.exec(rest)?.[0].length ?? 0);
  }
  return false;
}

/** Behind an escape, a class in brackets, or one character. */
function endOfAtom(source: string, start: number): number {
  if (source[start] === '\\') return start + 2;
  if (source[start] !== '[') return start + 1;
  let at = start + 1;
  while (at < source.length && source[at] !== ']') at += source[at] === '\\' ? 2 : 1;
  return at + 1;
}
