import { types } from 'node:util';
import { DocstreamError } from '@docstream/core';

const MAX_CAUSES = 5;
const MAX_FRAMES = 20;

/**
 * What a log line may say about something thrown: name, code, place. The text of a foreign error stays out unless it
 * comes from the operating system, because parsers and databases quote what they read (document text).
 */
export function errorFacts(thrown: unknown, depth = 0): Record<string, unknown> {
  if (!isError(thrown)) return { name: typeof thrown };
  const facts: Record<string, unknown> = { name: thrown.name };
  if ('code' in thrown && typeof thrown.code === 'string') facts['code'] = thrown.code;
  if (thrown instanceof DocstreamError) {
    facts['message'] = thrown.message;
    if (thrown.dependency !== undefined) facts['dependency'] = thrown.dependency;
    Object.assign(facts, thrown.facts);
  } else if ('syscall' in thrown) {
    facts['message'] = thrown.message;
  }
  const frames = stackFrames(thrown);
  if (frames.length > 0 && !(thrown instanceof DocstreamError)) facts['stack'] = frames;
  if (thrown.cause !== undefined && depth < MAX_CAUSES) facts['cause'] = errorFacts(thrown.cause, depth + 1);
  return facts;
}

/** Errors of other realms, too (`instanceof` knows those of its own only). */
export function isError(thrown: unknown): thrown is Error {
  return types.isNativeError(thrown);
}

function stackFrames(error: Error): readonly string[] {
  return (error.stack ?? '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line.startsWith('at '))
    .slice(0, MAX_FRAMES);
}
