import { FatalError } from '@docstream/core';

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

export function isLoopbackHost(host: string): boolean {
  return LOOPBACK.test(host);
}

/** FatalError CONFIGURATION_INVALID where others could reach the gateway and nothing would ask who they are. */
export function assertSafeBinding(host: string, hasApiKeys: boolean): void {
  if (isLoopbackHost(host) || hasApiKeys) return;
  throw new FatalError(
    'CONFIGURATION_INVALID',
    `DOCSTREAM_HTTP_HOST is ${host}, which others can reach: set DOCSTREAM_API_KEYS, or listen on 127.0.0.1`,
  );
}
