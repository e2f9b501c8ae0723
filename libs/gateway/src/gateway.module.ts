import {
  Inject,
  Module,
  type DynamicModule,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { HealthModule } from '@docstream/observability';
import { AcknowledgedDocuments } from './acknowledged-documents.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { DocumentAcceptor } from './document-acceptor.js';
import { DocumentEraser } from './document-eraser.js';
import { DocumentReader } from './document-reader.js';
import { DocumentsController } from './documents.controller.js';
import { AuditLoop } from './audit-loop.js';
import { registerLagMetrics } from './lag-metrics.js';
import { GATEWAY_OPTIONS, type GatewayOptions } from './ports.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemsController } from './problems.controller.js';
import { createReadiness } from './readiness.js';

/** The whole gateway. Needs the adapter of `createGatewayAdapter` and `configureGateway` before it listens. */
@Module({})
export class GatewayModule implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly #options: GatewayOptions;
  readonly #audit: AuditLoop;

  constructor(@Inject(GATEWAY_OPTIONS) options: GatewayOptions) {
    this.#options = options;
    this.#audit = new AuditLoop(options);
  }

  static register(options: GatewayOptions): DynamicModule {
    const { ports, settings } = options;
    registerLagMetrics({ ...ports, clusterName: settings.clusterName });
    return {
      module: GatewayModule,
      imports: [
        HealthModule.register({
          live: () => ({ checks: [] }),
          ready: createReadiness(ports),
          metrics: ports.metrics,
          clock: ports.clock,
        }),
      ],
      controllers: [DocumentsController, ProblemsController],
      providers: [
        { provide: GATEWAY_OPTIONS, useValue: options },
        { provide: APP_FILTER, useClass: ProblemFilter },
        { provide: AcknowledgedDocuments, useFactory: () => new AcknowledgedDocuments() },
        ApiKeyGuard,
        DocumentAcceptor,
        DocumentReader,
        DocumentEraser,
      ],
    };
  }

  onApplicationBootstrap(): void {
    this.#audit.start();
  }

  /** The HTTP server is closed by now. */
  async onApplicationShutdown(): Promise<void> {
    this.#audit.stop();
    await this.#options.ports.close();
  }
}
