import type {
  AuditPorts,
  BlobStore,
  Clock,
  DocumentRepository,
  EndStateWatcher,
  EventCodec,
  LagReader,
  Logger,
  RecordProducer,
} from '@docstream/core';
import type { ApiKey } from '@docstream/config';
import type { Metrics } from '@docstream/observability';

/** What the gateway needs of the world. */
export interface GatewayPorts {
  readonly documents: DocumentRepository;
  readonly endStates: EndStateWatcher;
  readonly blobStore: BlobStore;
  readonly codec: EventCodec;
  readonly producer: RecordProducer;
  readonly lag: LagReader;
  readonly audit: Omit<AuditPorts, 'clock'>;
  /** Throws while Kafka is away; for readiness. */
  readonly checkBroker: () => Promise<void>;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Closes what stands behind the ports; called once no request is served any more. */
  readonly close: () => Promise<void>;
}

export interface GatewaySettings {
  /** None: everybody who reaches the address may use it. */
  readonly apiKeys: readonly ApiKey[];
  readonly uploadLimitBytes: number;
  /** How often deliveries are audited, in milliseconds; absent or 0: never. */
  readonly auditIntervalMs?: number;
  /** Label of the lag metrics. */
  readonly clusterName: string;
  /** Until Kafka must have acknowledged, in milliseconds; default 9,000. */
  readonly brokerTimeoutMs?: number;
  /** Until the database must have answered, in milliseconds; default 4,000 (writing the accepted row: half). */
  readonly databaseTimeoutMs?: number;
  /** Until a request must have arrived whole, in milliseconds; default 15 minutes. */
  readonly requestTimeoutMs?: number;
}

export interface GatewayOptions {
  readonly ports: GatewayPorts;
  readonly settings: GatewaySettings;
}

/** Injection token of GatewayOptions. */
export const GATEWAY_OPTIONS = Symbol('GatewayOptions');
