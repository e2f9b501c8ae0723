import { UNKNOWN_TYPE } from '@docstream/contracts';

const TYPE_NAME = /^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$/;

/** What is wrong with the name of a type; null when nothing is. */
export function typeNameProblem(type: string): string | null {
  if (type === UNKNOWN_TYPE) return 'it means that no type fits; choose another name';
  return TYPE_NAME.test(type) ? null : 'a type is named by lower-case letters, digits and hyphens';
}
