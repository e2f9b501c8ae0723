import { isMap, isScalar, LineCounter, parseDocument, type Document } from 'yaml';

/** A file of definitions, as it was read. */
export interface DefinitionFile {
  /** As people are told it: a name or path. */
  readonly name: string;
  readonly text: string;
}

export type Path = readonly PropertyKey[];

/** What a file says, and where it says it. */
export interface YamlSource {
  readonly name: string;
  readonly content: unknown;
  /** Line, from 1, of the value or key at the path; of the nearest one around it where there is none. */
  lineOf(path: Path): number;
}

const MOST_CHARACTERS = 1_048_576;
/** Anchors are for convenience; a file that unfolds into millions of values is an accident or worse. */
const MOST_ALIASES = 100;

/** YAML 1.2 without tags of its own. Problems are sentences that begin with file and line. */
export function readYaml({
  name,
  text,
}: DefinitionFile): YamlSource | { readonly problems: readonly string[] } {
  if (text.length > MOST_CHARACTERS)
    return { problems: [`${name}: has more than ${MOST_CHARACTERS} characters: divide it`] };
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, schema: 'core', prettyErrors: false });
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0)
    return {
      problems: faults.map(
        ({ pos, code, message }) => `${name}:${lines.linePos(pos[0]).line}: ${remedyOf(code, message)}`,
      ),
    };
  try {
    return {
      name,
      content: document.toJS({ maxAliasCount: MOST_ALIASES }),
      lineOf: (path) => lines.linePos(offsetOf(document, path)).line || 1,
    };
  } catch (error) {
    if (!(error instanceof ReferenceError)) throw error;
    return {
      problems: [`${name}: has an alias that unfolds into too much (${error.message}): write it out`],
    };
  }
}

function remedyOf(code: string, message: string): string {
  if (code === 'DUPLICATE_KEY') return 'the same key stands here twice: keep one of them';
  if (code === 'TAB_AS_INDENT') return 'a tab indents the line: use blanks';
  return `is not YAML: ${message}`;
}

function offsetOf(document: Document, path: Path): number {
  const [parent, key] = [document.getIn(path.slice(0, -1), true), path.at(-1)];
  if (isMap(parent)) {
    const pair = parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key));
    if (isScalar(pair?.key) && pair.key.range) return pair.key.range[0];
  }
  const node = document.getIn(path, true);
  const range = typeof node === 'object' && node !== null && 'range' in node ? node.range : undefined;
  if (Array.isArray(range)) return Number(range[0]);
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}
