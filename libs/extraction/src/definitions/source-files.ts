import type { z } from 'zod';
import { problemsOf } from './schema-parts.js';
import {
  sharedFile,
  templateFile,
  typeFile,
  type SharedFile,
  type TemplateFile,
  type TypeFile,
} from './schema.js';
import { readYaml, type DefinitionFile, type Path, type YamlSource } from './yaml-source.js';

interface Sourced<Kind extends string, Content> {
  readonly kind: Kind;
  readonly content: Content;
  /** `FILE:LINE: PATH: MESSAGE` of something wrong at the path. */
  problemAt(path: Path, message: string): string;
}

/** A file that fits its schema; names that it uses are not looked up yet. */
export type SourceFile =
  Sourced<'shared', SharedFile> | Sourced<'type', TypeFile> | Sourced<'template', TemplateFile>;

/** What the file is says its keys: `template` or `when` a template, `type` a type, else what types share. */
export function readSource(
  file: DefinitionFile,
): { readonly source: SourceFile } | { readonly problems: readonly string[] } {
  const yaml = readYaml(file);
  if ('problems' in yaml) return yaml;
  const { content } = yaml;
  if (typeof content !== 'object' || content === null || Array.isArray(content))
    return { problems: [describe(yaml, [], 'must be keys and values, as type: and fields:')] };
  if ('template' in content || 'when' in content) return fit(yaml, 'template', templateFile);
  if ('type' in content) return fit(yaml, 'type', typeFile);
  if ('labels' in content) return fit(yaml, 'shared', sharedFile);
  // `fields` alone may be what types share; the more likely thing is that the type was forgotten.
  return Object.keys(content).some((key) => key !== 'fields' && key !== 'version' && key !== 'description')
    ? fit(yaml, 'type', typeFile)
    : fit(yaml, 'shared', sharedFile);
}

function fit<Kind extends SourceFile['kind'], Content>(
  yaml: YamlSource,
  kind: Kind,
  schema: z.ZodType<Content>,
): { readonly source: Sourced<Kind, Content> } | { readonly problems: readonly string[] } {
  const result = schema.safeParse(yaml.content);
  if (!result.success)
    return { problems: problemsOf(result.error).map(({ path, message }) => describe(yaml, path, message)) };
  const problemAt = (path: Path, message: string): string => describe(yaml, path, message);
  return { source: { kind, content: result.data, problemAt } };
}

function describe(yaml: YamlSource, path: Path, message: string): string {
  const where = path.reduce<string>(
    (text, part) =>
      typeof part === 'number' ? `${text}[${part}]` : `${text}${text === '' ? '' : '.'}${String(part)}`,
    '',
  );
  return `${yaml.name}:${yaml.lineOf(path)}: ${where === '' ? 'the file' : where} ${message}`;
}

/** The type whose definition or template the file is; undefined for what types share and for files that are wrong. */
export function typeIn(file: DefinitionFile): string | undefined {
  const read = readSource(file);
  return 'problems' in read || read.source.kind === 'shared' ? undefined : read.source.content.type;
}
