import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { PlatformError } from './platform-types.js';

/** Below the range that systems take for outgoing connections: a port found free stays free until it is bound. */
const FIRST_PORT = 20_000;
const LAST_PORT = 31_999;
const ATTEMPTS = 200;

/** Whether 127.0.0.1:port can be bound now. */
export function isPortFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

async function findPort(wanted: number | undefined, taken: readonly number[]): Promise<number> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = attempt === 0 && wanted !== undefined ? wanted : randomInt(FIRST_PORT, LAST_PORT + 1);
    if (!taken.includes(port) && (await isPortFree(port))) return port;
  }
  throw new PlatformError(`No free loopback port between ${FIRST_PORT} and ${LAST_PORT}.`);
}

/** As many different free loopback ports, none of `taken`; those of `wanted` that are free stay in their place. */
export async function findPorts(
  count: number,
  wanted: readonly number[] = [],
  taken: readonly number[] = [],
): Promise<number[]> {
  const found: number[] = [];
  for (let index = 0; index < count; index += 1)
    found.push(await findPort(wanted[index], [...taken, ...found]));
  return found;
}
