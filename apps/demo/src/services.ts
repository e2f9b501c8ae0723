import { join } from 'node:path';
import { findPorts, type Platform, type ServiceSpec } from '@docstream/platform';

const SERVICES = ['gateway', 'parser', 'classifier', 'extractor', 'store'] as const;
/** kafkajs sets timers that are over already; Node 26 warns of each, and it does no harm. */
const NODE_OPTIONS = ['--enable-source-maps', '--disable-warning=TimeoutNegativeWarning'];
type Service = (typeof SERVICES)[number];

export interface DemoServices {
  readonly specs: readonly ServiceSpec[];
  readonly gatewayUrl: string;
  /** Address of each service, for health and metrics. */
  readonly urls: Readonly<Record<Service, string>>;
}

/** What every process of the demo is told. A model of a hub is named by the user's own variables, not by its folder. */
export function environmentOf(
  platform: Platform,
  env: Readonly<Record<string, string | undefined>>,
): Readonly<Record<string, string | undefined>> {
  const isOfHub = (env['DOCSTREAM_MODEL'] ?? '') !== '';
  return { ...env, ...platform.env, ...(isOfHub ? { DOCSTREAM_MODEL_DIR: '' } : {}) };
}

/** Each service as a process of its own, on a loopback port of its own. */
export async function describeServices(
  root: string,
  dataDir: string,
  platform: Platform,
  env: Readonly<Record<string, string | undefined>>,
): Promise<DemoServices> {
  const ports = await findPorts(SERVICES.length);
  const placed = SERVICES.map((name, index) => ({
    name,
    url: `http://127.0.0.1:${ports[index]}`,
    port: ports[index],
  }));
  const urls = Object.fromEntries(placed.map(({ name, url }) => [name, url])) as Record<Service, string>;
  const specs = placed.map(({ name, url, port }) => ({
    name,
    command: process.execPath,
    args: [...NODE_OPTIONS, join(root, 'apps', name, 'dist/main.js')],
    cwd: root,
    env: {
      ...environmentOf(platform, env),
      DOCSTREAM_HTTP_HOST: '127.0.0.1',
      DOCSTREAM_HTTP_PORT: String(port),
    },
    logFile: join(dataDir, 'logs', `${name}.log`),
    readyUrl: `${url}/health/ready`,
  }));
  return { specs, gatewayUrl: urls.gateway, urls };
}
