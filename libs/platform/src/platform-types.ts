import type { FaultProxy } from './fault-proxy.js';

/** What the platform consists of. `blobs` is a folder, the others are processes. */
export const PLATFORM_PARTS = ['kafka', 'registry', 'database', 'blobs', 'model'] as const;
export type PlatformPart = (typeof PLATFORM_PARTS)[number];
/** The parts that are processes of their own. */
export type ProcessPart = Extract<PlatformPart, 'kafka' | 'registry' | 'database'>;

/** Addresses of parts that run elsewhere: a part that is named here is neither fetched nor started. */
export interface ExternalParts {
  /** `host:port,host:port`. */
  readonly kafkaBrokers?: string | undefined;
  readonly schemaRegistryUrl?: string | undefined;
  readonly databaseUrl?: string | undefined;
  readonly blobStoreUrl?: string | undefined;
  readonly modelDir?: string | undefined;
}

/** Where everything answers. A part that was not asked for and is not external has an empty string. */
export interface PlatformAddresses {
  /** `host:port`, several separated by commas. */
  readonly kafkaBrokers: string;
  /** Base of the Confluent API, without a slash at the end. */
  readonly schemaRegistryUrl: string;
  /** `postgresql://…`, the user may create tables. */
  readonly databaseUrl: string;
  /** `file:` or `s3:`. */
  readonly blobStoreUrl: string;
  /** Folder that has `onnx/model_quantized.onnx`, `tokenizer.json`, `config.json`, `tokenizer_config.json`. */
  readonly modelDir: string;
}

export interface PlatformOptions {
  /** Folder of all data, made when missing; one running platform per folder. */
  readonly dataDir: string;
  /** Folder that `tools/fetch-platform.mjs` filled: `defaultCacheDir(process.env)`. */
  readonly cacheDir: string;
  /** Default: all. */
  readonly parts?: readonly PlatformPart[];
  readonly external?: ExternalParts;
  /** Environment of the child processes (PATH, JAVA_HOME, …): the caller passes `process.env`. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** One sentence for people each time something begins or is up. */
  readonly onProgress?: (sentence: string) => void;
  /** A part ended while the platform was running; the platform does not start it again. */
  readonly onPartExit?: (part: PlatformPart, sentence: string) => void;
  /** Every process is reached, and Kafka advertised, through a proxy whose network can be broken. Default: false. */
  readonly isProxied?: boolean;
  /** Broker settings beside, or instead of, ours. */
  readonly kafkaSettings?: Readonly<Record<string, string | number>>;
}

/** A running platform; see `startPlatform`. */
export interface Platform extends PlatformAddresses {
  /**
   * The addresses as environment of Docstream's processes: `DOCSTREAM_KAFKA_BROKERS`,
   * `DOCSTREAM_SCHEMA_REGISTRY_URL`, `DOCSTREAM_DATABASE_URL`, `DOCSTREAM_BLOB_STORE_URL`, `DOCSTREAM_MODEL_DIR`;
   * only of the parts that are there.
   */
  readonly env: Readonly<Record<string, string>>;
  /** Ids of the processes that the platform started, by part. */
  readonly pids: Readonly<Partial<Record<PlatformPart, number>>>;
  /** With `isProxied`, of each process that was started. */
  readonly proxies: Readonly<Partial<Record<ProcessPart, FaultProxy>>>;
  /** Starts a part again, on its ports and data; one that still runs is stopped in order first. Resolves when it answers. */
  restart(part: ProcessPart): Promise<void>;
  /** Adds or replaces the gateway's address in platform.json. */
  publishGateway(gatewayUrl: string): void;
  /** Stops every part and removes platform.json; resolves when no child is left. Safe to call twice. */
  stop(): Promise<void>;
}

/** Content of `<dataDir>/platform.json` while the platform runs. */
export interface PlatformFile extends PlatformAddresses {
  readonly gatewayUrl?: string;
  /** The process that started the platform. */
  readonly pid: number;
  readonly pids: Readonly<Partial<Record<PlatformPart, number>>>;
}

/** The platform cannot start; the message is one sentence with the remedy, `detail` the last lines of the log. */
export class PlatformError extends Error {
  readonly detail: string | undefined;

  constructor(message: string, { detail, cause }: { detail?: string; cause?: unknown } = {}) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = new.target.name;
    this.detail = detail;
  }
}
