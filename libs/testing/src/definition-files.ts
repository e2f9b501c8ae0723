import { readdirSync, readFileSync } from 'node:fs';

const FOLDER = new URL('../../extraction/definitions/', import.meta.url);

/** The shipped definitions of fields, as `readDefinitions` takes them. */
export function shippedDefinitionFiles(): readonly { readonly name: string; readonly text: string }[] {
  return readdirSync(FOLDER)
    .sort()
    .map((name) => ({ name, text: readFileSync(new URL(name, FOLDER), 'utf8') }));
}
