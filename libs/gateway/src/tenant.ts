import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';

const tenants = new WeakMap<FastifyRequest, string>();

/** Set by the guard, once it knows who asks. */
export function setTenant(request: FastifyRequest, tenant: string): void {
  tenants.set(request, tenant);
}

/** The tenant on whose behalf a request is served. */
export const Tenant = createParamDecorator((_: unknown, context: ExecutionContext): string => {
  const tenant = tenants.get(context.switchToHttp().getRequest<FastifyRequest>());
  if (tenant === undefined) throw new TypeError('a route without ApiKeyGuard asks for its tenant');
  return tenant;
});
