// Jest's global setup for the suites that need real parts: one platform per run, on data of its own. Parts whose
// addresses the environment already names are used as they are.
import { execFile } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from '../build.mjs';

const FROM_ENVIRONMENT = {
  kafkaBrokers: 'DOCSTREAM_KAFKA_BROKERS',
  schemaRegistryUrl: 'DOCSTREAM_SCHEMA_REGISTRY_URL',
  databaseUrl: 'DOCSTREAM_DATABASE_URL',
  modelDir: 'DOCSTREAM_MODEL_DIR',
};

/** Before any spec: a group without offsets on topics that are in use already is what `topics apply` rightly refuses. */
const applyTopics = (env) =>
  promisify(execFile)(
    process.execPath,
    [fileURLToPath(new URL('../../apps/cli/dist/main.js', import.meta.url)), 'topics', 'apply'],
    { env },
  );

/** Both suites name this setup; the second call finds the platform of the first. */
export const running = Symbol.for('docstream.test-platform');

export default async function startTestPlatform() {
  if (globalThis[running] !== undefined) return;
  await build();
  const external = Object.fromEntries(
    Object.entries(FROM_ENVIRONMENT).map(([part, variable]) => [part, process.env[variable]]),
  );
  if (Object.values(external).every(Boolean)) {
    await applyTopics(process.env);
    return;
  }
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
    await applyTopics(process.env);
  } catch (error) {
    if (error.detail) process.stderr.write(`${error.detail}\n`);
    await globalThis[running]?.platform.stop();
    removePlatformData(dataDir);
    throw error;
  }
}
