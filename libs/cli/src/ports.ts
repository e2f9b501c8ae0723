import type {
  AuditReader,
  BlobInventory,
  BlobStore,
  ClusterAdmin,
  DocumentRepository,
  EndStateWatcher,
  EventCodec,
  RecordProducer,
  RecordReader,
  RedriveLog,
  ResetLog,
  SubjectRegistry,
  TopicFollower,
} from '@docstream/core';
import type { DocumentExplainer } from './explain/document-explainer.js';
import type { LocalParser } from './parse/local-parser.js';
import type { LocalExtractor } from './template/local-extractor.js';
import type { HeadTrainer } from './train/head-trainer.js';

/** The database as an operator sees it. */
export interface DatabaseAdmin {
  /** Names of the migrations that were applied now. */
  migrate(): Promise<readonly string[]>;
  describe(): Promise<DatabaseDescription>;
}

export interface DatabaseDescription {
  /** Version of the server. */
  readonly server: string;
  readonly schemaVersion: number;
  readonly requiredSchemaVersion: number;
}

/** Where the commands' dependencies are, for people; passwords as `***`. Null: no address is set. */
export interface ShownAddresses {
  readonly kafka: string | null;
  readonly registry: string | null;
  readonly database: string | null;
  readonly blobs: string | null;
  readonly model: string | null;
}

/**
 * What commands work with. Nothing is connected before it is asked for; asking for one without an address fails with
 * FatalError CONFIGURATION_INVALID.
 */
export interface CliPorts {
  readonly addresses: ShownAddresses;
  readonly uploadLimitBytes: number;
  clusterAdmin(): ClusterAdmin;
  subjects(): SubjectRegistry;
  codec(): EventCodec;
  producer(): RecordProducer;
  /** Reads what was said on the control topic. */
  controlFollower(): TopicFollower;
  redriveLog(): RedriveLog;
  resetLog(): ResetLog;
  blobStore(): BlobStore;
  blobInventory(): BlobInventory;
  recordReader(): RecordReader;
  documents(): DocumentRepository;
  auditReader(): AuditReader;
  endStates(): EndStateWatcher;
  database(): DatabaseAdmin;
  localParser(): LocalParser;
  localExtractor(): LocalExtractor;
  headTrainer(): HeadTrainer;
  documentExplainer(): DocumentExplainer;
  /** Files that the model's folder lacks. */
  findMissingModelFiles(): Promise<readonly string[]>;
  /** Ends all connections; resolves within a few seconds also when a peer is gone. */
  close(): Promise<void>;
}

export interface ConnectOptions {
  /** Replaces DOCSTREAM_KAFKA_BROKERS. */
  readonly bootstrapServer?: string | undefined;
}
export type Connect = (options: ConnectOptions) => Promise<CliPorts>;
