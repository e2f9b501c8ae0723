import { z } from 'zod';

export type TruthValue = string | number | readonly (string | Readonly<Record<string, unknown>>)[];

/** A document of a corpus with what is known about it. */
export interface ManifestEntry {
  /** Below the manifest's folder. */
  readonly path: string;
  readonly type: string;
  /** Other types that are no error. */
  readonly alsoAcceptable: readonly string[];
  /** ISO 639-1; several for a document in several. */
  readonly languages: readonly string[];
  /** Same template or issuer; the path where the manifest names none. */
  readonly group: string;
  /** No text layer at all. */
  readonly isImageOnly: boolean;
  readonly hasEmbeddedXml: boolean;
  /** A field that is missing is not asserted. */
  readonly truth: Readonly<Record<string, TruthValue>>;
  /** Fields whose value does not stand in the text layer. */
  readonly truthNotInText: readonly string[];
}

const truthValue = z.union([
  z.string(),
  z.number(),
  z.array(z.union([z.string(), z.record(z.string(), z.unknown())])),
]);

const line = z.object({
  path: z.string().min(1),
  type: z.string().min(1),
  lang: z.string().min(1),
  group: z.string().min(1).optional(),
  also_acceptable: z.array(z.string()).default([]),
  image_only: z.boolean().default(false),
  embedded_xml: z.string().nullish(),
  truth: z.record(z.string(), truthValue.nullable()).default({}),
  truth_not_in_text: z.array(z.string()).default([]),
  fault: z.unknown().optional(),
});

/**
 * Reads a manifest: one JSON object a line. Lines with a `fault` (hostile files) are left out. Errors: a SyntaxError that
 * names the line.
 */
export function readManifest(text: string): readonly ManifestEntry[] {
  return text.split('\n').flatMap((raw, index) => {
    if (raw.trim() === '') return [];
    const parsed = line.safeParse(parseLine(raw, index + 1));
    if (!parsed.success)
      throw new SyntaxError(`line ${index + 1} of the manifest: ${z.prettifyError(parsed.error)}`);
    return parsed.data.fault === undefined ? [entryOf(parsed.data)] : [];
  });
}

function parseLine(raw: string, number: number): unknown {
  try {
    return JSON.parse(raw);
  } catch (error) {
    throw new SyntaxError(`line ${number} of the manifest is no JSON`, { cause: error });
  }
}

function entryOf(found: z.infer<typeof line>): ManifestEntry {
  const asserted = Object.entries(found.truth).flatMap(([name, value]) =>
    value === null ? [] : [[name, value] as const],
  );
  return {
    path: found.path,
    type: found.type,
    alsoAcceptable: found.also_acceptable,
    languages: found.lang.split('+'),
    group: found.group ?? found.path,
    isImageOnly: found.image_only,
    hasEmbeddedXml: typeof found.embedded_xml === 'string' && found.embedded_xml !== '',
    truth: Object.fromEntries(asserted),
    truthNotInText: found.truth_not_in_text,
  };
}
