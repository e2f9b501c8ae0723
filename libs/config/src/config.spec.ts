import { describe, expect, it } from '@jest/globals';
import { FatalError } from '@docstream/core';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { describeConfig, describeSettings, kafkaSettings, loadConfig } from './config.js';

function withFolder<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'docstream-config-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function problemOf(load: () => unknown): string {
  try {
    load();
  } catch (error) {
    if (error instanceof FatalError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('loadConfig', () => {
  it('has a default for everything but addresses', () => {
    const config = loadConfig({});
    expect(config.http).toEqual({ host: '127.0.0.1', port: 0 });
    expect(config.parser).toEqual({
      adapters: ['pdfjs'],
      timeoutMs: 60_000,
      cpuMs: 60_000,
      recycleAfter: 500,
      memoryMb: 1024,
      maxPages: 2000,
      outputMb: 256,
    });
    expect(config.gateway).toEqual({
      apiKeys: [],
      uploadLimitBytes: 104_857_600,
      auditIntervalMs: 60_000,
    });
    expect(config.work.workers).toBe(2);
    expect(config.logging.level).toBe('info');
  });

  it('listens on 8080 as the gateway unless told otherwise', () => {
    expect(loadConfig({}, { app: 'gateway' }).http.port).toBe(8080);
    expect(loadConfig({ DOCSTREAM_HTTP_PORT: '0' }, { app: 'gateway' }).http.port).toBe(0);
  });

  it('gives a frozen tree', () => {
    const config = loadConfig({ DOCSTREAM_KAFKA_BROKERS: 'a:1,b:2' });
    expect(Object.isFrozen(config)).toBe(true);
    expect(Object.isFrozen(config.parser)).toBe(true);
    expect(Object.isFrozen(config.kafka.brokers)).toBe(true);
  });

  it('takes an empty variable as unset', () => {
    expect(loadConfig({ DOCSTREAM_WORKERS: '', DOCSTREAM_KAFKA_BROKERS: '' }).work.workers).toBe(2);
  });

  it('names every wrong variable at once and what is allowed', () => {
    const problem = problemOf(() =>
      loadConfig({
        DOCSTREAM_WORKERS: 'many',
        DOCSTREAM_PARSER: 'poppler',
        DOCSTREAM_KAFKA_SSL: 'yes',
        DOCSTREAM_KAFKA_BROKERS: 'http://kafka',
        DOCSTREAM_SCHEMA_REGISTRY_URL: 'registry:8081',
        DOCSTREAM_BLOB_STORE_URL: 'ftp://x/y',
      }),
    );
    expect(problem).toContain('CONFIGURATION_INVALID');
    expect(problem).toContain('DOCSTREAM_WORKERS must be a whole number from 1 to 256');
    expect(problem).toContain('DOCSTREAM_PARSER must be one of pdfjs, pdf2json');
    expect(problem).toContain('DOCSTREAM_KAFKA_SSL must be true or false');
    expect(problem).toContain('DOCSTREAM_KAFKA_BROKERS must be host:port, several separated by commas');
    expect(problem).toContain(
      'DOCSTREAM_SCHEMA_REGISTRY_URL must be a URL that begins with http:// or https://',
    );
    expect(problem).toContain('DOCSTREAM_BLOB_STORE_URL must be a URL that begins with file:// or s3://');
  });

  it('reads the order of parsers, and refuses one that is empty or names one twice', () => {
    const adaptersOf = (text: string) => loadConfig({ DOCSTREAM_PARSER: text }).parser.adapters;
    expect(adaptersOf('pdfjs, pdf2json')).toEqual(['pdfjs', 'pdf2json']);
    expect(problemOf(() => adaptersOf('pdfjs,pdfjs'))).toContain('DOCSTREAM_PARSER must not name one twice');
    expect(problemOf(() => adaptersOf(','))).toContain('DOCSTREAM_PARSER must name at least one of');
  });

  it('stops at an unknown variable and suggests the nearest known name', () => {
    expect(problemOf(() => loadConfig({ DOCSTREAM_KAFKA_BROKER: 'a:1' }))).toContain(
      'DOCSTREAM_KAFKA_BROKER is unknown: did you mean DOCSTREAM_KAFKA_BROKERS?',
    );
    expect(problemOf(() => loadConfig({ DOCSTREAM_GATEWAY_PORT: '80' }))).toContain(
      'DOCSTREAM_GATEWAY_PORT is unknown',
    );
  });

  it('lets service links of Kubernetes pass', () => {
    const links = {
      DOCSTREAM_GATEWAY_SERVICE_HOST: '10.0.0.1',
      DOCSTREAM_GATEWAY_SERVICE_PORT: '8080',
      DOCSTREAM_GATEWAY_SERVICE_PORT_HTTP: '8080',
      DOCSTREAM_GATEWAY_PORT: 'tcp://10.0.0.1:8080',
      DOCSTREAM_GATEWAY_PORT_8080_TCP: 'tcp://10.0.0.1:8080',
      DOCSTREAM_GATEWAY_PORT_8080_TCP_PROTO: 'tcp',
      DOCSTREAM_GATEWAY_PORT_8080_TCP_PORT: '8080',
      DOCSTREAM_GATEWAY_PORT_8080_TCP_ADDR: '10.0.0.1',
      DOCSTREAM_PORT: 'tcp://10.0.0.1:8080',
      DOCSTREAM_SERVICE_HOST: '10.0.0.1',
    };
    expect(problemOf(() => loadConfig(links))).toBe('none');
  });

  it('refuses half a login to Kafka', () => {
    expect(problemOf(() => loadConfig({ DOCSTREAM_KAFKA_SASL_USERNAME: 'me' }))).toContain(
      'set all three or none',
    );
  });

  it('refuses more concurrency than the window holds', () => {
    expect(
      problemOf(() => loadConfig({ DOCSTREAM_CONCURRENCY: '20', DOCSTREAM_WINDOW_RECORDS: '10' })),
    ).toContain('DOCSTREAM_CONCURRENCY is 20, more than DOCSTREAM_WINDOW_RECORDS (10)');
  });

  it('refuses an open gateway without keys, and only the gateway', () => {
    const env = { DOCSTREAM_HTTP_HOST: '0.0.0.0' };
    expect(problemOf(() => loadConfig(env, { app: 'gateway' }))).toContain('set DOCSTREAM_API_KEYS');
    expect(problemOf(() => loadConfig(env))).toBe('none');
    const keyed = { ...env, DOCSTREAM_API_KEYS: 'acme:0123456789abcdef, fedcba9876543210' };
    const { apiKeys } = loadConfig(keyed, { app: 'gateway' }).gateway;
    expect(apiKeys.map(({ tenant, key }) => [tenant, key.reveal()])).toEqual([
      ['acme', '0123456789abcdef'],
      [null, 'fedcba9876543210'],
    ]);
  });

  it('refuses short keys without printing them', () => {
    const problem = problemOf(() => loadConfig({ DOCSTREAM_API_KEYS: 'hunter2' }));
    expect(problem).toContain('at least 16 characters');
    expect(problem).not.toContain('hunter2');
  });

  it('reads a secret from a file, and refuses both', () => {
    withFolder((folder) => {
      const file = join(folder, 'password');
      writeFileSync(file, 'from a file\n');
      const env = {
        DOCSTREAM_KAFKA_BROKERS: 'kafka:9092',
        DOCSTREAM_KAFKA_SASL_MECHANISM: 'scram-sha-512',
        DOCSTREAM_KAFKA_SASL_USERNAME: 'me',
        DOCSTREAM_KAFKA_SASL_PASSWORD_FILE: file,
      };
      expect(kafkaSettings(loadConfig(env), 'docstream-test')).toEqual({
        brokers: ['kafka:9092'],
        clientId: 'docstream-test',
        ssl: false,
        sasl: { mechanism: 'scram-sha-512', username: 'me', password: 'from a file' },
      });
      expect(problemOf(() => loadConfig({ ...env, DOCSTREAM_KAFKA_SASL_PASSWORD: 'x' }))).toContain(
        'keep one',
      );
    });
  });

  it('names a secret file that is not there', () => {
    expect(problemOf(() => loadConfig({ DOCSTREAM_DATABASE_URL_FILE: '/nowhere/at-all' }))).toContain(
      'DOCSTREAM_DATABASE_URL_FILE cannot be read',
    );
  });
});

describe('addresses', () => {
  it('name what is missing and the remedy, only when asked for', () => {
    withFolder((folder) => {
      const config = loadConfig({ DOCSTREAM_KAFKA_BROKERS: 'a:9092' }, { cwd: folder });
      expect(config.requireAddresses('kafka')).toEqual({ kafkaBrokers: ['a:9092'] });
      expect(config.findAddress('registry')).toBeUndefined();
      expect(problemOf(() => config.requireAddresses('kafka', 'registry', 'database'))).toContain(
        'no address of registry, database: start `npm run demo`, or set DOCSTREAM_SCHEMA_REGISTRY_URL, DOCSTREAM_DATABASE_URL',
      );
    });
  });

  it('come from the platform file above the working folder where unset', () => {
    withFolder((folder) => {
      const below = join(folder, 'a', 'b');
      mkdirSync(below, { recursive: true });
      mkdirSync(join(folder, '.docstream'));
      const platform = {
        kafkaBrokers: '127.0.0.1:1,127.0.0.1:2',
        schemaRegistryUrl: 'http://127.0.0.1:3/apis/ccompat/v7',
        databaseUrl: '',
        gatewayUrl: 'http://127.0.0.1:4',
        pid: 1,
      };
      writeFileSync(join(folder, '.docstream', 'platform.json'), JSON.stringify(platform));
      const config = loadConfig({ DOCSTREAM_SCHEMA_REGISTRY_URL: 'http://other/' }, { cwd: below });
      expect(config.requireAddresses('kafka', 'registry')).toEqual({
        kafkaBrokers: ['127.0.0.1:1', '127.0.0.1:2'],
        schemaRegistryUrl: 'http://other',
      });
      expect(config.findAddress('database')).toBeUndefined();
      expect(config.findGatewayUrl()).toBe('http://127.0.0.1:4');
    });
  });

  it('refuse a damaged platform file', () => {
    withFolder((folder) => {
      const file = join(folder, 'platform.json');
      writeFileSync(file, '{"kafkaBrokers": 3');
      const config = loadConfig({ DOCSTREAM_PLATFORM_FILE: file });
      expect(problemOf(() => config.requireAddresses('kafka'))).toContain('is not a platform file');
    });
  });
});

describe('secrets', () => {
  const config = loadConfig({
    DOCSTREAM_KAFKA_BROKERS: 'a:9092',
    DOCSTREAM_KAFKA_SASL_MECHANISM: 'plain',
    DOCSTREAM_KAFKA_SASL_USERNAME: 'me',
    DOCSTREAM_KAFKA_SASL_PASSWORD: 'very-secret-one',
    DOCSTREAM_DATABASE_URL: 'postgresql://me:very-secret-two@db/x',
    DOCSTREAM_API_KEYS: 'very-secret-three-three',
  });

  it.each([
    ['inspected', inspect(config, { depth: 9 })],
    ['as JSON', JSON.stringify(config)],
    ['described', JSON.stringify(describeConfig(config))],
  ])('print as *** when %s', (_, text) => {
    expect(text).toContain('***');
    expect(text).not.toContain('very-secret');
  });

  it('reach those who need them', () => {
    expect(config.requireAddresses('database').databaseUrl).toBe('postgresql://me:very-secret-two@db/x');
  });
});

describe('describeSettings', () => {
  it('describes each variable once, with a default that is valid', () => {
    const settings = describeSettings();
    const names = settings.map(({ variable }) => variable);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('DOCSTREAM_KAFKA_BROKERS');
    expect(settings.filter(({ doc }) => doc.length < 10)).toEqual([]);
    const defaults = Object.fromEntries(settings.map(({ variable, fallback }) => [variable, fallback]));
    expect(problemOf(() => loadConfig(defaults))).toBe('none');
  });
});
