// A platform for one benchmark, removed afterwards whatever happens.
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { ARTIFACTS, removePlatformData, startPlatform } from '@docstream/platform';
import { BenchError } from './bench-error.mjs';
import { Cluster } from './cluster.mjs';

/** Resolves with what `work` makes of its broker, blob folder and options. */
export async function onPlatform({ cacheDir, say, ...options }, needsStreams, work) {
  const jars = join(cacheDir, ARTIFACTS.streams.folder);
  if (needsStreams && !existsSync(jars))
    throw new BenchError(`${jars} is missing: run \`node tools/fetch-platform.mjs streams\` once.`);
  const dataDir = mkdtempSync(join(tmpdir(), 'docstream-bench-'));
  let platform;
  let end;
  const stop = () => (end ??= Promise.resolve(platform?.stop()).then(() => removePlatformData(dataDir)));
  for (const [signal, number] of [
    ['SIGINT', 2],
    ['SIGTERM', 15],
    ['SIGHUP', 1],
  ])
    process.once(signal, () => void stop().then(() => process.exit(128 + number)));
  try {
    const blobs = join(dataDir, 'blobs');
    mkdirSync(blobs);
    platform = await startPlatform({
      dataDir,
      cacheDir,
      parts: ['kafka'],
      env: process.env,
      onProgress: say,
    });
    const cluster = new Cluster(platform.kafkaBrokers.split(','));
    await cluster.open();
    const results = await work({
      ...options,
      cluster,
      say,
      dataDir,
      jars,
      blobStoreUrl: pathToFileURL(blobs).href,
    });
    await cluster.close();
    return results;
  } finally {
    await stop();
  }
}
