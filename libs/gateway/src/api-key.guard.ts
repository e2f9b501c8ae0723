import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { DEFAULT_TENANT, HEADERS, isTenant } from '@docstream/contracts';
import { PoisonError } from '@docstream/core';
import { isLoopbackHost } from './loopback.js';
import { GATEWAY_OPTIONS, type GatewayOptions } from './ports.js';
import { RequestError, invalidParameter } from './request-error.js';
import { setTenant } from './tenant.js';

interface KnownKey {
  readonly digest: Buffer;
  readonly tenant: string | null;
}

/**
 * Who may ask, and for which tenant. With API keys: one of them as `Authorization: Bearer` or `x-api-key`; a key bound
 * to a tenant decides it, otherwise the header `docstream-tenant` does. Without keys: whoever reaches the loopback
 * address, but no web page of another site (a browser would carry its requests there).
 */
@Injectable()
export class ApiKeyGuard implements CanActivate {
  readonly #keys: readonly KnownKey[];

  constructor(@Inject(GATEWAY_OPTIONS) { settings }: GatewayOptions) {
    this.#keys = settings.apiKeys.map(({ key, tenant }) => ({ digest: digestOf(key.reveal()), tenant }));
  }

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<FastifyRequest>();
    refuseOtherSites(request);
    const bound = this.#keys.length === 0 ? null : this.#authenticate(request);
    if (this.#keys.length === 0) refuseOtherNames(request);
    setTenant(request, decideTenant(request, bound));
    return true;
  }

  #authenticate(request: FastifyRequest): string | null {
    const given = givenKey(request);
    if (given === undefined) throw new PoisonError('UNAUTHORIZED', 'the request carries no API key');
    const digest = digestOf(given);
    let found: KnownKey | undefined;
    // Every key is compared, so that the time taken says nothing.
    for (const known of this.#keys) if (timingSafeEqual(known.digest, digest)) found ??= known;
    if (found === undefined) throw new PoisonError('UNAUTHORIZED', 'the API key is not known');
    return found.tenant;
  }
}

function digestOf(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}

function givenKey({ headers }: FastifyRequest): string | undefined {
  const bearer = /^Bearer +(\S+) *$/i.exec(headers.authorization ?? '')?.[1];
  if (bearer !== undefined) return bearer;
  const plain = headers['x-api-key'];
  return typeof plain === 'string' && plain !== '' ? plain : undefined;
}

function decideTenant(request: FastifyRequest, bound: string | null): string {
  const named = request.headers[HEADERS.tenant];
  if (named === undefined) return bound ?? DEFAULT_TENANT;
  if (typeof named !== 'string' || !isTenant(named)) {
    throw invalidParameter(
      HEADERS.tenant,
      'must be a DNS label: a to z, 0 to 9 and inner hyphens, at most 63 characters',
    );
  }
  if (bound !== null && named !== bound)
    throw invalidParameter(HEADERS.tenant, 'names another tenant than the one that the API key belongs to');
  return named;
}

function refuseOtherSites({ headers }: FastifyRequest): void {
  const { origin, host } = headers;
  if (origin === undefined || (URL.canParse(origin) && new URL(origin).host === host)) return;
  throw new RequestError('web pages of other sites may not use this gateway', {
    status: 403,
    facts: { origin: origin.slice(0, 200) },
  });
}

/** A name that somebody else's DNS points at 127.0.0.1 must not open the door (DNS rebinding). */
function refuseOtherNames({ headers }: FastifyRequest): void {
  const host = headers.host ?? '';
  const url = `http://${host}`;
  if (host === '' || (URL.canParse(url) && isLoopbackHost(new URL(url).hostname))) return;
  throw new RequestError('without DOCSTREAM_API_KEYS the gateway answers to loopback names only', {
    status: 403,
    facts: { host: host.slice(0, 200) },
  });
}
