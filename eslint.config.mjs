// Zero warnings: every rule is an error, and no comment in a file can switch one off. The rules themselves are tested
// with seeded violations in tools/lint/lint.spec.ts.
import js from '@eslint/js';
import nx from '@nx/eslint-plugin';
import tseslint from 'typescript-eslint';
import { depConstraints } from './tools/lint/boundaries.mjs';
import { ENVIRONMENT_READERS, environmentRule, importRestrictions } from './tools/lint/imports.mjs';
import { refreshProjectGraph } from './tools/lint/project-graph.mjs';
import { specSyntaxRule, syntaxRule } from './tools/lint/syntax.mjs';

await refreshProjectGraph();

const SPECS = ['**/*.spec.ts'];
const NODE_GLOBALS = [
  ...['AbortController', 'AbortSignal', 'Buffer', 'TextDecoder', 'TextEncoder', 'URL', 'URLSearchParams'],
  ...['clearInterval', 'clearTimeout', 'console', 'fetch', 'performance', 'process', 'setImmediate'],
  ...['setInterval', 'setTimeout', 'structuredClone'],
];

const boundaries = (extraTypes) => ({
  '@nx/enforce-module-boundaries': [
    'error',
    { enforceBuildableLibDependency: false, allow: [], depConstraints: depConstraints(extraTypes) },
  ],
});

export default [
  {
    ignores: [
      ...['**/dist/**', '**/node_modules/**', '.nx/**', '.docstream/**', 'coverage/**'],
      ...['**/generated/**', 'models/**', 'samples/**'],
    ],
  },
  { linterOptions: { noInlineConfig: true, reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    rules: {
      // Control characters are what the cleaning of texts and file names is about.
      'no-control-regex': 'off',
      'no-empty': ['error', { allowEmptyCatch: false }],
      'no-warning-comments': ['error', { terms: ['todo', 'fixme', 'xxx'], location: 'anywhere' }],
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'prefer-const': 'error',
      'no-var': 'error',
      ...syntaxRule,
    },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    languageOptions: { globals: Object.fromEntries(NODE_GLOBALS.map((name) => [name, 'readonly'])) },
  },
  ...tseslint.configs.recommended.map((config) => ({ ...config, files: ['**/*.ts'] })),
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { '@nx': nx },
    rules: {
      '@typescript-eslint/await-thenable': 'error',
      '@typescript-eslint/consistent-type-imports': [
        'error',
        { prefer: 'type-imports', fixStyle: 'inline-type-imports' },
      ],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': ['error', { checkThenables: true }],
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/no-unnecessary-type-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', caughtErrors: 'all' }],
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      ...boundaries([]),
    },
  },
  ...importRestrictions(),
  { files: ['**/*.ts'], ignores: ENVIRONMENT_READERS, rules: environmentRule },
  { files: SPECS, rules: { ...boundaries(['testing']), ...specSyntaxRule } },
];
