// Three suites: unit (x.spec.ts, no I/O), int (x.int.spec.ts, real broker, registry and database, started once by
// libs/platform), e2e (x.e2e.spec.ts, real processes, kills included; one after the other).
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  testEnvironmentOptions: { customExportConditions: ['@docstream/source', 'node', 'node-addons'] },
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: { '^.+\\.ts$': ['@swc/jest'] },
  modulePathIgnorePatterns: ['/dist/', '/\\.docstream/'],
  roots: ['<rootDir>/libs', '<rootDir>/apps', '<rootDir>/tools'],
};
const platform = {
  globalSetup: '<rootDir>/tools/jest/start-platform.mjs',
  globalTeardown: '<rootDir>/tools/jest/stop-platform.mjs',
};

export default {
  watchman: false,
  projects: [
    {
      ...common,
      displayName: 'unit',
      testMatch: ['**/*.spec.ts'],
      testPathIgnorePatterns: ['\\.(int|e2e)\\.spec\\.ts$', '/node_modules/'],
    },
    { ...common, ...platform, displayName: 'int', testMatch: ['**/*.int.spec.ts'] },
    { ...common, ...platform, displayName: 'e2e', testMatch: ['**/*.e2e.spec.ts'] },
  ],
};
