import { z } from 'zod';

const LONGEST_PATTERN = 2_000;

/** Text of at most so many characters. */
export function text(longest: number, shape = /[^\s]/, mustBe = 'must not be empty'): z.ZodString {
  return z
    .string({ error: missingOr('must be text: put it in quotes') })
    .max(longest, `must have at most ${longest} characters`)
    .regex(shape, mustBe);
}

export function number(least = -Infinity, most = Infinity): z.ZodNumber {
  const mustBe = Number.isFinite(most) ? `must be a number from ${least} to ${most}` : 'must be a number';
  const schema = z.number({ error: missingOr(mustBe) });
  return Number.isFinite(most) ? schema.min(least, mustBe).max(most, mustBe) : schema;
}

export function whole(least: number, most: number): z.ZodNumber {
  const mustBe = `must be a whole number from ${least} to ${most}`;
  return z
    .number({ error: missingOr(mustBe) })
    .int(mustBe)
    .min(least, mustBe)
    .max(most, mustBe);
}

/** One of a closed list. */
export const listed = <const Name extends string>(names: readonly Name[]) =>
  z.enum(names, { error: missingOr(`must be one of ${names.join(', ')}`) });

export const namesOf = <Name extends string>(record: Readonly<Record<Name, unknown>>): readonly Name[] =>
  Object.keys(record) as Name[];

export function regularExpression(flags: string) {
  return text(LONGEST_PATTERN).transform((source, context) => {
    try {
      return new RegExp(source, flags);
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      context.addIssue({ code: 'custom', message: `is no regular expression: ${error.message}` });
      return z.NEVER;
    }
  });
}

/** Decides by the value which schema it has to fit, so that messages are about that one; a text says what is wrong. */
export function choose<Output>(schemaFor: (given: unknown) => z.ZodType<Output> | string) {
  return z.unknown().transform((given, context): Output => {
    const schema = given === undefined ? 'is missing' : schemaFor(given);
    if (typeof schema === 'string') {
      context.addIssue({ code: 'custom', message: schema });
      return z.NEVER;
    }
    const result = schema.safeParse(given);
    if (result.success) return result.data;
    for (const { path, message } of problemsOf(result.error))
      context.addIssue({ code: 'custom', message, path: [...path] });
    return z.NEVER;
  });
}

export interface SchemaProblem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** One problem a wrong key or value. */
export function problemsOf({ issues }: z.ZodError): readonly SchemaProblem[] {
  return issues.flatMap((issue): readonly SchemaProblem[] => {
    if (issue.code === 'unrecognized_keys')
      return issue.keys.map((key) => ({
        path: [...issue.path, key],
        message: 'is no key here: remove it, or see docs/reference/definitions.md',
      }));
    if (issue.code === 'invalid_key')
      return [{ path: issue.path, message: `is no name: it ${issue.issues[0]?.message ?? 'is wrong'}` }];
    // What has no message of its own: a flag that is no flag, a text where keys are wanted.
    if (issue.code === 'invalid_type' && issue.message.startsWith('Invalid input'))
      return [{ path: issue.path, message: mustBe(issue.expected, issue.message) }];
    return [{ path: issue.path, message: issue.message }];
  });
}

function mustBe(expected: string, message: string): string {
  if (message.endsWith('received undefined')) return 'is missing';
  if (expected === 'boolean') return 'must be true or false';
  return expected === 'object' || expected === 'record'
    ? 'must be keys and values'
    : `must be of the kind ${expected}`;
}

function missingOr(otherwise: string) {
  return ({ input }: { readonly input?: unknown }): string =>
    input === undefined ? 'is missing' : otherwise;
}
