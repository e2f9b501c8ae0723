import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARTIFACTS, artifactFolder } from './cache.js';
import { startGuarded } from './guarded-process.js';
import { waitUntilUp } from './health.js';
import { javaCommand } from './part.js';
import { findPorts } from './ports.js';
import type { GuardedProcess } from './supervisor-types.js';

const UP_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 5_000;
const JVM_OPTIONS = ['-Xmx256m', '-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-Xshare:auto'];

/** Its own web server has a second connector, which listens on every address: this one has loopback only. */
const BEANS = `<?xml version="1.0" encoding="UTF-8"?>
<beans xmlns="http://www.springframework.org/schema/beans"
       xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
       xsi:schemaLocation="http://www.springframework.org/schema/beans
                           https://www.springframework.org/schema/beans/spring-beans.xsd">
  <bean id="webServerFactory"
        class="org.springframework.boot.web.embedded.tomcat.TomcatServletWebServerFactory"/>
</beans>
`;

export interface S3MockOptions {
  /** Objects, settings and the log lie there; it must exist. */
  readonly dataDir: string;
  readonly cacheDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly buckets: readonly string[];
  /** That of an earlier start; a free one when absent. */
  readonly port?: number;
}

export interface S3Mock {
  readonly endpoint: string;
  readonly port: number;
  readonly process: GuardedProcess;
}

/** Adobe S3Mock on loopback, for specs; it knows no credentials and takes any. Ends with this process. */
export async function startS3Mock({ dataDir, cacheDir, env, buckets, port }: S3MockOptions): Promise<S3Mock> {
  const [chosen = 0] = await findPorts(1, port === undefined ? [] : [port]);
  const root = join(dataDir, 'objects');
  const beans = join(dataDir, 'beans.xml');
  const logFile = join(dataDir, 's3mock.log');
  mkdirSync(root, { recursive: true });
  writeFileSync(beans, BEANS);
  const jar = join(artifactFolder(cacheDir, 's3mock'), `s3mock-${ARTIFACTS.s3mock.version}-exec.jar`);
  const process = await startGuarded({
    name: 'S3Mock',
    command: javaCommand(env),
    args: [...JVM_OPTIONS, '-jar', jar],
    cwd: dataDir,
    env: {
      ...env,
      SPRING_MAIN_SOURCES: `file:${beans}`,
      SPRING_MAIN_ALLOW_BEAN_DEFINITION_OVERRIDING: 'true',
      SERVER_ADDRESS: '127.0.0.1',
      SERVER_PORT: String(chosen),
      SERVER_SSL_ENABLED: 'false',
      COM_ADOBE_TESTING_S3MOCK_STORE_ROOT: root,
      COM_ADOBE_TESTING_S3MOCK_STORE_INITIALBUCKETS: buckets.join(','),
      COM_ADOBE_TESTING_S3MOCK_STORE_RETAINFILESONEXIT: 'true',
    },
    logFile,
    stopWithinMs: STOP_WITHIN_MS,
  });
  const endpoint = `http://127.0.0.1:${chosen}`;
  try {
    await waitUntilUp({
      name: 'S3Mock',
      probe: () => answers(endpoint),
      withinMs: UP_WITHIN_MS,
      logFile,
      process,
    });
  } catch (error) {
    await process.stop();
    throw error;
  }
  return { endpoint, port: chosen, process };
}

async function answers(endpoint: string): Promise<boolean> {
  const response = await fetch(endpoint, { signal: AbortSignal.timeout(5_000) });
  await response.body?.cancel();
  return response.ok;
}
