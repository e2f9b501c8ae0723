import { FatalError } from '@docstream/core';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { splitList } from './setting.js';

/** Where everything answers; `modelDir` is a folder. */
export interface Addresses {
  readonly kafkaBrokers: readonly string[];
  readonly schemaRegistryUrl: string;
  readonly databaseUrl: string;
  readonly blobStoreUrl: string;
  readonly modelDir: string;
}

export const ADDRESS_PARTS = ['kafka', 'registry', 'database', 'blobs', 'model'] as const;
export type AddressPart = (typeof ADDRESS_PARTS)[number];

/** Which field of Addresses each part is, and which variable sets it. */
export const ADDRESS_OF = {
  kafka: { field: 'kafkaBrokers', variable: 'DOCSTREAM_KAFKA_BROKERS' },
  registry: { field: 'schemaRegistryUrl', variable: 'DOCSTREAM_SCHEMA_REGISTRY_URL' },
  database: { field: 'databaseUrl', variable: 'DOCSTREAM_DATABASE_URL' },
  blobs: { field: 'blobStoreUrl', variable: 'DOCSTREAM_BLOB_STORE_URL' },
  model: { field: 'modelDir', variable: 'DOCSTREAM_MODEL_DIR' },
} as const satisfies Record<AddressPart, { field: keyof Addresses; variable: string }>;

export type AddressesOf<Part extends AddressPart> = Pick<Addresses, (typeof ADDRESS_OF)[Part]['field']>;

const text = z
  .string()
  .optional()
  .transform((value) => (value === '' ? undefined : value));

/** What of the embedded platform's file matters here; an empty address means that the part is not running. */
const platformFile = z.object({
  kafkaBrokers: z
    .union([z.string(), z.array(z.string())])
    .optional()
    .transform((value) => {
      const brokers = typeof value === 'string' ? splitList(value) : (value ?? []);
      return brokers.length === 0 ? undefined : brokers;
    }),
  schemaRegistryUrl: text,
  databaseUrl: text,
  blobStoreUrl: text,
  modelDir: text,
  gatewayUrl: text,
});

export type PlatformFileAddresses = Partial<z.infer<typeof platformFile>>;

const SEARCH_DEPTH = 32;

/** `.docstream/platform.json` of the folder or of one above it. */
export function findPlatformFile(folder: string): string | undefined {
  let current = resolve(folder);
  for (let depth = 0; depth < SEARCH_DEPTH; depth += 1) {
    const file = join(current, '.docstream', 'platform.json');
    if (existsSync(file)) return file;
    const parent = dirname(current);
    if (parent === current) return undefined;
    current = parent;
  }
  return undefined;
}

/** FatalError CONFIGURATION_INVALID when the file cannot be read or is not what the platform writes. */
export function readPlatformFile(file: string): PlatformFileAddresses {
  try {
    return platformFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch (cause) {
    throw new FatalError(
      'CONFIGURATION_INVALID',
      `${file} is not a platform file: start \`npm run demo\` anew, or set ${Object.values(ADDRESS_OF)
        .map(({ variable }) => variable)
        .join(', ')}`,
      { cause },
    );
  }
}
