import { spawn } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { beforeAll, describe, expect, it } from '@jest/globals';
import { SCOPES, TYPES, tagProblem } from './boundaries.mjs';

// Every rule is shown a violation, each in place of an existing file, so that a rule that stopped working is seen.

interface Project {
  readonly folder: string;
  readonly packageName: string;
  readonly tags: readonly string[];
}

interface Finding {
  readonly rule: string | null;
  readonly line: number;
  readonly message: string;
}

interface Seed {
  readonly file: string;
  readonly text: string;
  readonly axis?: 'scope';
}

const root = join(import.meta.dirname, '..', '..');

function readJson<Shape>(path: string): Shape {
  return JSON.parse(readFileSync(join(root, path), 'utf8')) as Shape;
}

const projects: readonly Project[] = ['libs', 'libs/adapters', 'apps']
  .flatMap((parent) => readdirSync(join(root, parent)).map((name) => `${parent}/${name}`))
  .filter((folder) => existsSync(join(root, folder, 'project.json')))
  .map((folder) => ({
    folder,
    packageName: readJson<{ name: string }>(`${folder}/package.json`).name,
    tags: readJson<{ tags: string[] }>(`${folder}/project.json`).tags,
  }));

/** A shipped source file of the project, to be linted with other text. */
function sourceOf({ folder }: Project): string {
  const names = readdirSync(join(root, folder, 'src')).filter((file) => file.endsWith('.ts'));
  return `${folder}/src/${names.find((name) => !name.endsWith('.spec.ts')) ?? ''}`;
}

function projectWith(tag: string): Project {
  const found = projects.find((project) => project.tags.includes(tag));
  if (found === undefined) throw new Error(`no project has the tag ${tag}`);
  return found;
}

function importsOf(targets: readonly Project[]): string {
  return targets
    .map(({ packageName }, index) => `import * as seed${index} from '${packageName}';`)
    .concat(`export default [${targets.map((_, index) => `seed${index}`).join(', ')}];`)
    .join('\n');
}

const BOUNDARIES = '@nx/enforce-module-boundaries';
/** Apps export nothing: an import by name is refused by another rule, one by path has its own seed. */
const usable = (tag: string, source: Project) =>
  projects.find(
    ({ tags, folder }) => tags.includes(tag) && !tags.includes('type:app') && folder !== source.folder,
  );

/** For each tag of an axis: a project of it that imports one project of every tag that it must not know. */
const boundarySeeds = [
  ...Object.entries(TYPES).map(([name, allowed]) => ({ axis: 'type' as const, name, allowed })),
  ...Object.entries(SCOPES).map(([name, allowed]) => ({ axis: 'scope' as const, name, allowed })),
]
  .map(({ axis, name, allowed }) => {
    const source = projectWith(`${axis}:${name}`);
    const known = Object.keys(axis === 'type' ? TYPES : SCOPES);
    const targets = known
      .filter((other) => !allowed.includes(other))
      .flatMap((other) => usable(`${axis}:${other}`, source) ?? []);
    const file = sourceOf(source);
    const seed: Seed = { file, text: importsOf(targets), ...(axis === 'scope' ? { axis } : {}) };
    return { title: `${axis}:${name}`, targets, seed };
  })
  .filter(({ targets }) => targets.length > 0);

const stage = sourceOf(projectWith('type:stage'));
const core = 'libs/core/src/index.ts';
const contracts = 'libs/contracts/src/index.ts';
const runtime = sourceOf(projectWith('type:runtime'));
const feature = sourceOf(projectWith('type:feature'));
const spec = 'libs/observability/src/health.spec.ts';

const ruleSeeds: readonly (Seed & { readonly title: string; readonly rule: string })[] = [
  {
    title: 'a promise that nobody awaits',
    rule: '@typescript-eslint/no-floating-promises',
    file: core,
    text: 'export function act(): void { Promise.resolve(1); }',
  },
  {
    title: 'a promise as a condition',
    rule: '@typescript-eslint/no-misused-promises',
    file: core,
    text: 'export const claim = (p: Promise<boolean>): number => (p ? 1 : 2);',
  },
  {
    title: 'an await of what is no promise',
    rule: '@typescript-eslint/await-thenable',
    file: core,
    text: 'export async function act(): Promise<number> { return await 1; }',
  },
  {
    title: 'a switch that forgets a case',
    rule: '@typescript-eslint/switch-exhaustiveness-check',
    file: core,
    text: "export function act(x: 'a' | 'b'): void { switch (x) { case 'a': throw new Error(x); } }",
  },
  {
    title: 'any',
    rule: '@typescript-eslint/no-explicit-any',
    file: core,
    text: 'export const value: any = 1;',
  },
  {
    title: 'a type imported as a value',
    rule: '@typescript-eslint/consistent-type-imports',
    file: core,
    text: "import { Clock } from './ports/clock.js';\nexport const now = (clock: Clock): number => clock.nowMs();",
  },
  {
    title: 'an unused variable',
    rule: '@typescript-eslint/no-unused-vars',
    file: core,
    text: 'const unused = 1;\nexport {};',
  },
  {
    title: 'a thrown text',
    rule: '@typescript-eslint/only-throw-error',
    file: core,
    text: "export function act(): never { throw 'text'; }",
  },
  {
    title: 'an enum',
    rule: 'no-restricted-syntax',
    file: core,
    text: 'export enum Colour { Red }',
  },
  {
    title: 'an empty catch',
    rule: 'no-empty',
    file: core,
    text: 'export function act(): void { try { JSON.parse("1"); } catch {} }',
  },
  {
    title: 'a catch with nothing but a comment',
    rule: 'no-restricted-syntax',
    file: core,
    text: 'export function act(): void { try { JSON.parse("1"); } catch { /* never mind */ } }',
  },
  {
    title: 'an empty catch of a promise',
    rule: 'no-restricted-syntax',
    file: core,
    text: 'export const act = (p: Promise<void>): Promise<void> => p.catch(() => {});',
  },
  {
    title: 'an I prefix',
    rule: 'no-restricted-syntax',
    file: core,
    text: 'export interface IClock { nowMs(): number }',
  },
  {
    title: 'a Nest constructor parameter without @Inject',
    rule: 'no-restricted-syntax',
    file: feature,
    text: "import { Injectable } from '@nestjs/common';\n@Injectable()\nexport class Service { constructor(readonly name: string) {} }",
  },
  {
    title: 'a TODO',
    rule: 'no-warning-comments',
    file: core,
    text: '// TODO: later\nexport {};',
  },
  {
    title: 'a skipped test',
    rule: 'no-restricted-syntax',
    file: spec,
    text: "import { it } from '@jest/globals';\nit.skip('later', () => undefined);",
  },
  {
    title: 'process.env outside of libs/config',
    rule: 'no-restricted-properties',
    file: feature,
    text: "export const value = process.env['HOME'];",
  },
  {
    title: 'the environment through node:process',
    rule: 'no-restricted-imports',
    file: feature,
    text: "import { env } from 'node:process';\nexport const value = env['HOME'];",
  },
  {
    title: 'files in a stage function',
    rule: 'no-restricted-imports',
    file: stage,
    text: "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;",
  },
  {
    title: 'files under their old name',
    rule: 'no-restricted-imports',
    file: stage,
    text: "import { readFileSync } from 'fs';\nexport const read = readFileSync;",
  },
  {
    title: 'Nest in a stage function',
    rule: 'no-restricted-imports',
    file: stage,
    text: "import { Logger } from '@nestjs/common';\nexport const logger = Logger;",
  },
  {
    title: 'Nest in the core',
    rule: 'no-restricted-imports',
    file: core,
    text: "import { Logger } from '@nestjs/common';\nexport const logger = Logger;",
  },
  {
    title: 'files in the contracts',
    rule: 'no-restricted-imports',
    file: contracts,
    text: "import { readFileSync } from 'node:fs';\nexport const read = readFileSync;",
  },
  {
    title: 'kafkajs in a runtime',
    rule: 'no-restricted-imports',
    file: runtime,
    text: "import { Kafka } from 'kafkajs';\nexport const client = Kafka;",
  },
  {
    title: 'pg in a feature',
    rule: 'no-restricted-imports',
    file: feature,
    text: "import pg from 'pg';\nexport const client = pg;",
  },
  {
    title: 'another project by a relative path',
    rule: BOUNDARIES,
    file: 'libs/observability/src/index.ts',
    text: "export * from '../../core/src/index.js';",
  },
  {
    title: 'an app that imports another by its name',
    rule: 'no-restricted-imports',
    file: 'apps/store/src/main.ts',
    text: "export * from '@docstream/app-parser';",
  },
  {
    title: 'an app that imports another by its path',
    rule: BOUNDARIES,
    file: 'apps/store/src/main.ts',
    text: "export * from '../../parser/src/main.js';",
  },
  {
    title: 'libs/testing in shipped code',
    rule: BOUNDARIES,
    file: 'libs/observability/src/index.ts',
    text: "export * from '@docstream/testing';",
  },
  {
    title: 'a rule that a comment switches off',
    rule: '@typescript-eslint/no-explicit-any',
    file: core,
    text: '// eslint-disable-next-line @typescript-eslint/no-explicit-any\nexport const value: any = 1;',
  },
];

const cleanSeeds: readonly (Seed & { readonly title: string })[] = [
  {
    title: 'libs/testing in a spec',
    file: spec,
    text: "import * as testing from '@docstream/testing';\nexport default testing;",
  },
  {
    title: 'hashes in the contracts',
    file: contracts,
    text: "import { createHash } from 'node:crypto';\nexport const hash = createHash;",
  },
  {
    title: 'process.env in libs/config',
    file: 'libs/config/src/index.ts',
    text: "export const home = process.env['HOME'];",
  },
  {
    title: 'kafkajs in its adapter',
    file: 'libs/adapters/kafkajs/src/index.ts',
    text: "import { Kafka } from 'kafkajs';\nexport const client = Kafka;",
  },
  {
    title: 'a Nest constructor parameter with @Inject',
    file: feature,
    text: "import { Inject, Injectable } from '@nestjs/common';\n@Injectable()\nexport class Service { constructor(@Inject('NAME') readonly name: string) {} }",
  },
];

async function lint(seeds: readonly Seed[]): Promise<readonly (readonly Finding[])[]> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lint-seeds.mjs')], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.end(JSON.stringify(seeds));
  const lines = (await text(child.stdout)).trim().split('\n');
  return JSON.parse(lines.at(-1) ?? '') as readonly (readonly Finding[])[];
}

describe('lint', () => {
  const found = new Map<Seed, readonly Finding[]>();
  const rulesOf = (seed: Seed): readonly (string | null)[] =>
    (found.get(seed) ?? []).map((finding) => finding.rule);

  beforeAll(async () => {
    const seeds = [...ruleSeeds, ...cleanSeeds, ...boundarySeeds.map(({ seed }) => seed)];
    const findings = await lint(seeds);
    seeds.forEach((seed, index) => found.set(seed, findings[index] ?? []));
  }, 300_000);

  it.each(ruleSeeds)('reports $title', (seed) => {
    expect(rulesOf(seed)).toContain(seed.rule);
  });

  it.each(cleanSeeds)('lets $title pass', (seed) => {
    expect(found.get(seed)).toEqual([]);
  });

  it.each(boundarySeeds)('reports each import that $title must not have', ({ seed, targets }) => {
    const reported = (found.get(seed) ?? []).filter(({ rule }) => rule === BOUNDARIES);
    expect(reported.map(({ line }) => targets[line - 1]?.packageName)).toEqual(
      targets.map(({ packageName }) => packageName),
    );
  });
});

describe('project tags', () => {
  it.each(projects)('$folder has exactly one type: and one scope: tag', ({ tags }) => {
    expect(tagProblem(tags)).toBeNull();
  });

  it.each([
    ['no type', ['scope:shared'], 'has 0 type: tags instead of one'],
    ['two types', ['type:core', 'type:app', 'scope:shared'], 'has 2 type: tags instead of one'],
    ['no scope', ['type:core'], 'has 0 scope: tags instead of one'],
    ['a type that nobody defined', ['type:misc', 'scope:shared'], 'has the unknown tag type:misc'],
  ])('are refused with %s', (_, tags, problem) => {
    expect(tagProblem(tags)).toBe(problem);
  });
});
