import { STAGES, TOPICS, type StageName } from './topics.js';

/** Who says that a stage pauses: a person (`docstream pause`), or a member's breaker, for all members. */
export type ControlSource = 'operator' | 'breaker';

/** Value of the control topic (JSON); the latest of a key holds. */
export interface ControlWord {
  readonly paused: boolean;
  readonly reason: string | null;
  /** ISO 8601. */
  readonly at: string;
  /** Person or process, for people. */
  readonly by: string;
}

export interface ControlEntry {
  readonly stage: StageName;
  readonly source: ControlSource;
  readonly word: ControlWord;
}

const BREAKER_SUFFIX = '/breaker';

/** Record of the control topic: key `<stage>` for an operator, `<stage>/breaker` for a breaker. */
export function encodeControl({ stage, source, word }: ControlEntry) {
  return {
    topic: TOPICS.control.name,
    key: new TextEncoder().encode(source === 'operator' ? stage : `${stage}${BREAKER_SUFFIX}`),
    value: new TextEncoder().encode(JSON.stringify(word)),
    headers: [],
  };
}

/** Total: null for what is no word of ours. A word that was erased (no value) lets work go on. */
export function decodeControl(key: Uint8Array | null, value: Uint8Array | null): ControlEntry | null {
  const name = new TextDecoder().decode(key ?? new Uint8Array());
  const source = name.endsWith(BREAKER_SUFFIX) ? 'breaker' : 'operator';
  const stage = STAGES.find((known) => known === name.replace(BREAKER_SUFFIX, ''));
  const word = value === null ? { paused: false, reason: null, at: '', by: '' } : parseWord(value);
  return stage === undefined || word === null ? null : { stage, source, word };
}

function parseWord(value: Uint8Array): ControlWord | null {
  try {
    const parsed: unknown = JSON.parse(new TextDecoder().decode(value));
    if (typeof parsed !== 'object' || parsed === null) return null;
    const { paused, reason, at, by } = parsed as Partial<Record<string, unknown>>;
    if (typeof paused !== 'boolean') return null;
    return { paused, reason: typeof reason === 'string' ? reason : null, at: textOf(at), by: textOf(by) };
  } catch {
    return null;
  }
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
