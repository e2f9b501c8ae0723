// Jest's global setup for the suites that need real parts: one platform per run, on data of its own. Parts whose
// addresses the environment already names are used as they are.
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from '../build.mjs';

const FROM_ENVIRONMENT = {
  kafkaBrokers: 'DOCSTREAM_KAFKA_BROKERS',
  schemaRegistryUrl: 'DOCSTREAM_SCHEMA_REGISTRY_URL',
  databaseUrl: 'DOCSTREAM_DATABASE_URL',
  modelDir: 'DOCSTREAM_MODEL_DIR',
};

/** Both suites name this setup; the second call finds the platform of the first. */
export const running = Symbol.for('docstream.test-platform');

export default async function startTestPlatform() {
  if (globalThis[running] !== undefined) return;
  await build();
  const external = Object.fromEntries(
    Object.entries(FROM_ENVIRONMENT).map(([part, variable]) => [part, process.env[variable]]),
  );
  if (Object.values(external).every(Boolean)) return;
  const { defaultCacheDir, removePlatformData, startPlatform } =
    await import('../../libs/platform/dist/index.js');
  const dataDir = mkdtempSync(join(tmpdir(), 'docstream-test-'));
  try {
    const platform = await startPlatform({
      dataDir,
      cacheDir: defaultCacheDir(process.env),
      parts: ['kafka', 'registry', 'database', 'model'],
      external,
      env: process.env,
      onProgress: (sentence) => process.stderr.write(`platform: ${sentence}\n`),
      onPartExit: (part, sentence) => process.stderr.write(`platform: ${sentence}\n`),
    });
    Object.assign(process.env, platform.env);
    globalThis[running] = { platform, dataDir };
  } catch (error) {
    if (error.detail) process.stderr.write(`${error.detail}\n`);
    removePlatformData(dataDir);
    throw error;
  }
}
