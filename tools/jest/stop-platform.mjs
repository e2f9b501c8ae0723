// Jest's global teardown: stops what start-platform.mjs has started and deletes its data.
import { running } from './start-platform.mjs';

export default async function stopTestPlatform() {
  const started = globalThis[running];
  if (started === undefined) return;
  globalThis[running] = undefined;
  const { removePlatformData } = await import('../../libs/platform/dist/index.js');
  await started.platform.stop();
  removePlatformData(started.dataDir);
}
