import { z } from 'zod';
import { Secret } from './secret.js';

export interface SettingDescription {
  /** Name of the environment variable. */
  readonly variable: string;
  /** What holds when the variable is unset or empty, as text; '' = nothing. */
  readonly fallback: string;
  readonly doc: string;
  /** The value may stand in a file instead, named by `<variable>_FILE`. */
  readonly mayBeInFile?: boolean;
}

/** Describes every setting; the one source of variable names, defaults and docs/reference/configuration.md. */
export const descriptions = z.registry<SettingDescription>();

/** Whole number within [min, max]. */
export const wholeNumber = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .pipe(
      z
        .number()
        .min(min, `must be a whole number from ${min} to ${max}`)
        .max(max, `must be a whole number from ${min} to ${max}`),
    );

export const flag = () =>
  z.enum(['true', 'false'], { error: 'must be true or false' }).transform((text) => text === 'true');

export const oneOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z.enum(names, { error: `must be one of ${names.join(', ')}` });

/** Comma-separated names in an order that matters: at least one, none twice. */
export const listOf = <const Names extends readonly [string, ...string[]]>(names: Names) =>
  z
    .string()
    .transform((text) => splitList(text))
    .pipe(z.array(oneOf(names)).min(1, `must name at least one of ${names.join(', ')}`))
    .refine((items) => new Set(items).size === items.length, { error: 'must not name one twice' });

export const optionalText = () => z.string().optional();

export const optionalSecret = () =>
  z
    .string()
    .transform((text) => new Secret(text))
    .optional();

/** Items of a comma-separated list, without blanks and empty items; undefined when unset. */
export const optionalList = () =>
  z
    .string()
    .transform((text) => splitList(text))
    .optional();

export function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

/** URL with one of these protocols (`http:`, …). */
export const optionalUrl = (...protocols: readonly string[]) =>
  z
    .string()
    .refine((text) => URL.canParse(text) && protocols.includes(new URL(text).protocol), {
      error: `must be a URL that begins with ${protocols.map((protocol) => `${protocol}//`).join(' or ')}`,
    })
    .optional();
