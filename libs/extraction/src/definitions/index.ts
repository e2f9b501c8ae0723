export { RULES_VERSION, readDefinitions, type DefinitionLayer } from './read-definitions.js';
export {
  FINDER_DOCS,
  VALUE_DOCS,
  describeDefinitionKeys,
  type KeyReference,
  type ReferenceSection,
} from './reference.js';
export { typeIn } from './source-files.js';
export type { DefinitionFile } from './yaml-source.js';

/** The shipped definitions: a folder of YAML files, read by who starts a worker. */
export const SHIPPED_DEFINITIONS = new URL('../../definitions/', import.meta.url);
