// Who may know whom, on two axes: what a project is (type:) and which part of the system it serves (scope:). Every
// project carries one tag of each axis in its project.json; a project without a type: tag would slip through.

/** By type: what it may import. Arrows go down only; nobody imports an app. */
export const TYPES = {
  contracts: [],
  core: ['contracts'],
  stage: ['contracts', 'core'],
  evaluation: ['contracts', 'core', 'stage'],
  adapter: ['contracts', 'core'],
  config: ['contracts', 'core'],
  support: ['contracts', 'core'],
  runtime: ['contracts', 'core', 'support', 'runtime'],
  feature: ['contracts', 'core', 'support', 'config', 'runtime'],
  platform: ['contracts', 'core', 'support', 'config'],
  testing: ['contracts', 'core'],
  composition: ['contracts', 'core', 'support', 'config', 'runtime', 'stage', 'adapter'],
  app: [
    ...['contracts', 'core', 'support', 'config', 'runtime', 'stage', 'adapter'],
    ...['feature', 'composition', 'platform'],
  ],
};

/** By scope: the document functions and the delivery of records know nothing of each other. */
export const SCOPES = {
  shared: ['shared'],
  documents: ['shared', 'documents'],
  delivery: ['shared', 'delivery'],
  serving: ['shared', 'delivery', 'serving'],
  platform: ['shared', 'platform'],
  app: ['shared', 'documents', 'delivery', 'serving', 'platform', 'app'],
};

/** Constraints for `@nx/enforce-module-boundaries`; `extraTypes` are allowed to everybody (specs: testing). */
export function depConstraints(extraTypes = []) {
  const tagged = (axis, names) => [...new Set(names)].map((name) => `${axis}:${name}`);
  return [
    ...Object.entries(TYPES).map(([type, allowed]) => ({
      sourceTag: `type:${type}`,
      onlyDependOnLibsWithTags: tagged('type', [...allowed, ...extraTypes]),
    })),
    ...Object.entries(SCOPES).map(([scope, allowed]) => ({
      sourceTag: `scope:${scope}`,
      onlyDependOnLibsWithTags: tagged('scope', allowed),
    })),
  ];
}

/** What is wrong with a project's tags; null when there is one of each axis and both are known. */
export function tagProblem(tags) {
  for (const [axis, known] of [
    ['type', TYPES],
    ['scope', SCOPES],
  ]) {
    const found = tags.filter((tag) => tag.startsWith(`${axis}:`)).map((tag) => tag.slice(axis.length + 1));
    if (found.length !== 1) return `has ${found.length} ${axis}: tags instead of one`;
    if (!Object.hasOwn(known, found[0])) return `has the unknown tag ${axis}:${found[0]}`;
  }
  return null;
}
