import { Inject, Module, type DynamicModule, type OnApplicationShutdown } from '@nestjs/common';
import { APP_FILTER } from '@nestjs/core';
import { HealthModule } from '@docstream/observability';
import { AcknowledgedDocuments } from './acknowledged-documents.js';
import { ApiKeyGuard } from './api-key.guard.js';
import { DocumentAcceptor } from './document-acceptor.js';
import { DocumentEraser } from './document-eraser.js';
import { DocumentReader } from './document-reader.js';
import { DocumentsController } from './documents.controller.js';
import { registerLagMetrics } from './lag-metrics.js';
import { GATEWAY_OPTIONS, type GatewayOptions } from './ports.js';
import { ProblemFilter } from './problem.filter.js';
import { ProblemsController } from './problems.controller.js';
import { createReadiness } from './readiness.js';

/** The whole gateway. Needs the adapter of `createGatewayAdapter` and `configureGateway` before it listens. */
@Module({})
export class GatewayModule implements OnApplicationShutdown {
  readonly #options: GatewayOptions;

  constructor(@Inject(GATEWAY_OPTIONS) options: GatewayOptions) {
    this.#options = options;
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

  /** The HTTP server is closed by now. */
  async onApplicationShutdown(): Promise<void> {
    await this.#options.ports.close();
  }
}
