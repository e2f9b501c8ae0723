import multipart from '@fastify/multipart';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { SwaggerModule } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { buildOpenApiDocument } from './openapi.js';
import type { GatewayOptions } from './ports.js';

/** How long a sender that was already answered may go on sending, in milliseconds. */
const LINGER_MS = 5_000;
const DOCS_POLICY =
  "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; frame-ancestors 'none'";

/** Plug-ins, hooks and `/docs`; once, before the application listens. */
export async function configureGateway(app: NestFastifyApplication, options: GatewayOptions): Promise<void> {
  const { settings } = options;
  await app.register(multipart, {
    throwFileSizeLimit: false,
    // One more of each than is allowed, so that the excess is seen and named instead of dropped.
    limits: {
      fileSize: settings.uploadLimitBytes + 1,
      files: 2,
      fields: 2,
      parts: 4,
      fieldSize: 1024,
      fieldNameSize: 256,
      headerPairs: 100,
    },
  });
  const fastify = app.getHttpAdapter().getInstance();
  countRequests(fastify, options);
  fastify.addHook('onRequest', (request, reply, done) => {
    void reply.header('x-content-type-options', 'nosniff').header('referrer-policy', 'no-referrer');
    if (request.url.startsWith('/docs')) void reply.header('content-security-policy', DOCS_POLICY);
    done();
  });
  fastify.addHook('onResponse', (request, _reply, done) => {
    if (!request.raw.complete && !request.raw.readableEnded) linger(request);
    done();
  });
  SwaggerModule.setup('docs', app, () => buildOpenApiDocument(settings.uploadLimitBytes), {
    jsonDocumentUrl: 'docs-json',
    raw: ['json'],
    customSiteTitle: 'Docstream gateway',
    // Swagger UI would otherwise send the document's address to a validator on the internet.
    swaggerOptions: { validatorUrl: 'none', tryItOutEnabled: true },
  });
}

/** Closing at once would reset the connection and the sender would never see the answer; waiting for ever is no option either. */
function linger({ raw }: FastifyRequest): void {
  raw.unpipe();
  raw.resume();
  const timer = setTimeout(() => raw.destroy(), LINGER_MS).unref();
  const stop = (): void => clearTimeout(timer);
  raw.once('end', stop).once('close', stop);
}

function countRequests(fastify: FastifyInstance, { ports }: GatewayOptions): void {
  const seconds = ports.metrics.histogram({
    name: 'docstream_gateway_request_seconds',
    help: 'Time to answer a request, the upload and waiting for a result included.',
    labels: ['method', 'route', 'status'],
  });
  const aborted = ports.metrics.counter({
    name: 'docstream_gateway_aborted_uploads_total',
    help: 'Requests whose sender went away before they had arrived whole; nothing of them is kept.',
  });
  fastify.addHook('onRequestAbort', (request, done) => {
    if (!request.raw.complete) aborted.inc();
    done();
  });
  fastify.addHook('onResponse', (request, reply, done) => {
    const route = request.routeOptions.url ?? 'none';
    seconds.observe({ method: request.method, route, status: reply.statusCode }, reply.elapsedTime / 1000);
    done();
  });
}
