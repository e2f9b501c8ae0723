import { FatalError, type HubModel } from '@docstream/core';
import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import {
  ADDRESS_OF,
  ADDRESS_PARTS,
  findPlatformFile,
  readPlatformFile,
  type AddressPart,
  type Addresses,
  type AddressesOf,
  type PlatformFileAddresses,
} from './addresses.js';
import { CONCERNS } from './concerns.js';
import { findUnknownVariables, type Environment } from './environment.js';
import { defaultCacheDir, findHubModel } from './hub-model.js';
import { maskUrl, Secret } from './secret.js';
import { descriptions, type SettingDescription } from './setting.js';

const GATEWAY_PORT = 8080;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/;

type Concerns = typeof CONCERNS;
type Values = { readonly [Name in keyof Concerns]: Readonly<z.infer<Concerns[Name]>> };

/** Settings as given; addresses are asked for with `requireAddresses`. Frozen. */
export interface Config extends Omit<Values, 'http'> {
  readonly http: { readonly host: string; readonly port: number };
  /** The model of DOCSTREAM_MODEL; its folder is the address of `model`, whether its files are there or not. */
  readonly hubModel: HubModel | null;
  /**
   * The addresses of these parts: from the environment, else from the running demo's platform file.
   * FatalError CONFIGURATION_INVALID, naming all that are missing and the remedy.
   */
  requireAddresses<Part extends AddressPart>(...parts: readonly Part[]): AddressesOf<Part>;
  /** As requireAddresses for one part; undefined where there is none. */
  findAddress<Part extends AddressPart>(part: Part): AddressesOf<Part>[keyof AddressesOf<Part>] | undefined;
  /** The running demo's gateway. */
  findGatewayUrl(): string | undefined;
  /** Where what is fetched is kept, whether it is there or not. */
  cacheDir(): string;
}

export interface LoadOptions {
  /** Decides the default port, and whether an open address needs keys. */
  readonly app?: 'gateway' | 'service' | 'cli';
  /** Where the search for the platform file begins. */
  readonly cwd?: string;
  /** Variables that a command line sets; they hold instead of those in the environment. */
  readonly overrides?: Environment;
}

/** Parses the environment once. FatalError CONFIGURATION_INVALID names every wrong or unknown variable at once. */
export function loadConfig(
  environment: Environment = process.env,
  { app = 'service', cwd = process.cwd(), overrides = {} }: LoadOptions = {},
): Config {
  const env = { ...environment, ...overrides };
  const problems = findUnknownVariables(env, knownVariables());
  const values = parseConcerns(env, problems);
  if (problems.length === 0 && app === 'gateway') problems.push(...gatewayProblems(values));
  if (problems.length > 0) throw new FatalError('CONFIGURATION_INVALID', problems.join('; '));
  const hubModel = findHubModel(values.model, env);
  let file: PlatformFileAddresses | undefined;
  const platform = (): PlatformFileAddresses => {
    const path = values.local.platformFile ?? findPlatformFile(cwd);
    file ??= path === undefined ? undefined : readPlatformFile(path);
    return file ?? {};
  };
  const addressOf = (part: AddressPart): Addresses[keyof Addresses] | undefined =>
    (part === 'model' ? hubModel?.folder : undefined) ??
    givenAddress(values, part) ??
    platform()[ADDRESS_OF[part].field];
  return deepFreeze({
    ...values,
    hubModel,
    http: { host: values.http.host, port: values.http.port ?? (app === 'gateway' ? GATEWAY_PORT : 0) },
    requireAddresses: <Part extends AddressPart>(...parts: readonly Part[]) => {
      const missing = parts.filter((part) => addressOf(part) === undefined);
      if (missing.length > 0) throw missingAddresses(missing);
      return Object.fromEntries(
        parts.map((part) => [ADDRESS_OF[part].field, addressOf(part)]),
      ) as unknown as AddressesOf<Part>;
    },
    findAddress: <Part extends AddressPart>(part: Part) =>
      addressOf(part) as AddressesOf<Part>[keyof AddressesOf<Part>] | undefined,
    findGatewayUrl: () => platform().gatewayUrl,
    cacheDir: () => defaultCacheDir(env),
  });
}

/** Settings of a Kafka client, as the adapter takes them. */
export function kafkaSettings(config: Config, clientId: string) {
  const { ssl, saslMechanism, saslUsername, saslPassword } = config.kafka;
  const brokers = config.requireAddresses('kafka').kafkaBrokers;
  if (saslMechanism === undefined || saslUsername === undefined || saslPassword === undefined)
    return { brokers, clientId, ssl };
  const sasl = { mechanism: saslMechanism, username: saslUsername, password: saslPassword.reveal() };
  return { brokers, clientId, ssl, sasl };
}

/** What holds, for a log line at start: every setting with secrets as `***`, addresses without passwords. */
export function describeConfig(config: Config): Record<string, unknown> {
  const { kafka, model, parser, extraction, ocr, work, http, gateway, logging } = config;
  const addresses = Object.fromEntries(
    ADDRESS_PARTS.map((part) => {
      const address = config.findAddress(part);
      const shown = typeof address === 'string' && part !== 'model' ? maskUrl(address) : address;
      return [ADDRESS_OF[part].field, shown ?? null];
    }),
  );
  return JSON.parse(
    JSON.stringify({ addresses, kafka, model, parser, extraction, ocr, work, http, gateway, logging }),
  ) as Record<string, unknown>;
}

/** Every setting with its default, for docs/reference/configuration.md. */
export function describeSettings(): readonly {
  readonly variable: string;
  readonly fallback: string;
  readonly doc: string;
}[] {
  return allDescriptions().map(({ variable, fallback, doc, mayBeInFile }) => ({
    variable,
    fallback,
    doc: mayBeInFile === true ? `${doc} Or the name of a file that has it: \`${variable}_FILE\`.` : doc,
  }));
}

function knownVariables(): string[] {
  return allDescriptions().flatMap(({ variable, mayBeInFile }) =>
    mayBeInFile === true ? [variable, `${variable}_FILE`] : [variable],
  );
}

function allDescriptions(): SettingDescription[] {
  return Object.values(CONCERNS).flatMap((concern) => Object.values(concern.shape).map(descriptionOf));
}

function descriptionOf(schema: z.ZodType): SettingDescription {
  const description = descriptions.get(schema);
  if (description === undefined) throw new TypeError('a setting has no description');
  return description;
}

function parseConcerns(env: Environment, problems: string[]): Values {
  const parsed = Object.entries(CONCERNS).map(([name, concern]) => {
    const shape: Readonly<Record<string, z.ZodType>> = concern.shape;
    const raw = Object.entries(shape).map(([key, schema]) => {
      const description = descriptionOf(schema);
      return [key, readRaw(env, description, problems) ?? emptyAsUndefined(description.fallback)];
    });
    const result = concern.safeParse(Object.fromEntries(raw));
    for (const issue of result.error?.issues ?? []) {
      const schema = shape[String(issue.path[0])];
      const variable = schema === undefined ? name : descriptionOf(schema).variable;
      problems.push(`${variable} ${issue.message}`);
    }
    return [name, result.data ?? {}];
  });
  // When a concern failed its values are incomplete, but then `problems` stops the start before they are used.
  return Object.fromEntries(parsed) as Values;
}

/** Empty counts as unset: a chart's template that has nothing to say leaves an empty text. */
function readRaw(
  env: Environment,
  { variable, mayBeInFile }: SettingDescription,
  problems: string[],
): string | undefined {
  const given = emptyAsUndefined(env[variable]);
  const file = mayBeInFile === true ? emptyAsUndefined(env[`${variable}_FILE`]) : undefined;
  if (file === undefined) return given;
  if (given !== undefined) {
    problems.push(`${variable} and ${variable}_FILE are both set: keep one`);
    return given;
  }
  try {
    return emptyAsUndefined(readFileSync(file, 'utf8').trimEnd());
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    problems.push(`${variable}_FILE cannot be read: ${reason}`);
    return undefined;
  }
}

function emptyAsUndefined(text: string | undefined): string | undefined {
  return text === '' ? undefined : text;
}

function gatewayProblems({ http, gateway }: Values): string[] {
  if (LOOPBACK.test(http.host) || gateway.apiKeys.length > 0) return [];
  return [
    `DOCSTREAM_HTTP_HOST is ${http.host}, which others can reach: set DOCSTREAM_API_KEYS, or listen on 127.0.0.1`,
  ];
}

function givenAddress(values: Values, part: AddressPart): Addresses[keyof Addresses] | undefined {
  switch (part) {
    case 'kafka':
      return values.kafka.brokers;
    case 'registry':
      return values.registry.url;
    case 'database':
      return values.database.url?.reveal();
    case 'blobs':
      return values.blobStore.url;
    case 'model':
      return values.model.dir;
  }
}

function missingAddresses(parts: readonly AddressPart[]): FatalError {
  const variables = parts.map((part) => ADDRESS_OF[part].variable).join(', ');
  return new FatalError(
    'CONFIGURATION_INVALID',
    `no address of ${parts.join(', ')}: start \`npm run demo\`, or set ${variables}`,
  );
}

function deepFreeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || value instanceof Secret) return value;
  for (const entry of Object.values(value)) deepFreeze(entry);
  return Object.freeze(value);
}
