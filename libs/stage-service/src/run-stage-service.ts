import {
  KafkaRecordProducer,
  KafkaStageBroker,
  KafkaTopicFollower,
  createKafkaClient,
} from '@docstream/adapter-kafkajs';
import { createBlobStore } from '@docstream/adapter-blob-store';
import { createSchemaRegistryCodec } from '@docstream/adapter-schema-registry';
import { TOPICS, type StageName } from '@docstream/contracts';
import { kafkaSettings, loadConfig, type Config } from '@docstream/config';
import {
  systemClock,
  type BlobStore,
  type EventCodec,
  type Logger,
  type StageContext,
  type StageDefinition,
  type Timed,
  type WorkerPool,
} from '@docstream/core';
import {
  HealthBoard,
  HealthModule,
  createFatalReporter,
  createLogger,
  createMetrics,
  reportProgress,
  runWiredService,
  type HealthReport,
  type WiredService,
} from '@docstream/observability';
import { ProgressWatch, StageControl, StageRuntime, StageTransport } from '@docstream/stage-runtime';
import { createWorkerPool, type ReadyWorkerPool, type WorkerPoolOptions } from '@docstream/worker-pool';
import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { createPauseMetrics, createStageMetrics } from './stage-metrics.js';
import { observeProgress, reportReadiness, sampleStage } from './stage-health.js';

const CLOSE_DEADLINE_MS = 500;
/** Of the shutdown deadline, for finishing and committing what is in work; the rest is for closing. */
const DRAIN_SHARE = 0.9;
/** A stage is stuck when nothing ended for so long although work waits: a document may take all its attempts. */
const MIN_STALLED_MS = 600_000;
const STALLED_DEADLINES = 6;

export interface StagePorts {
  readonly codec: EventCodec;
  readonly blobStore: BlobStore;
  readonly config: Config;
}

export interface StageService<In, Loaded, Out> {
  readonly name: StageName;
  readonly stage: (ports: StagePorts) => StageDefinition<In, Loaded, Out>;
  /** Sees to what the worker processes need, before they start and so before readiness. The signal aborts at SIGTERM. */
  readonly prepare?: (config: Config, logger: Logger, signal: AbortSignal) => Promise<void>;
  /** Limits and environment of the worker processes; function and size come from stage and configuration. */
  readonly pool: (config: Config) => Omit<WorkerPoolOptions, 'function' | 'size' | 'startsWhenAsked'>;
  /** What happens to the stage's result before it is saved; undefined: nothing. */
  readonly refine?: (config: Config) => Refinement<Loaded, Out> | undefined;
}

/** A second step in processes of its own, for what the first one's may not do. Bounded, pure, safe to repeat. */
export interface Refinement<Loaded, Out> {
  /** Longest time of one call when nothing waits, in milliseconds. */
  readonly deadlineMs: number;
  ready(): Promise<void>;
  refine(output: Out, input: Loaded, context: StageContext): Promise<Out>;
  close(): Promise<void>;
}

/** Wires one stage to the real parts and runs it until SIGTERM: worker pool, runtime, health, metrics. */
export async function runStageService<In, Loaded, Out>(
  service: StageService<In, Loaded, Out>,
): Promise<void> {
  await runWiredService({ name: service.name, wire: () => describeService(service) });
}

function describeService<In, Loaded, Out>(service: StageService<In, Loaded, Out>): WiredService {
  const fatal = createFatalReporter();
  const wired = wire(service, fatal.report);
  return {
    module: HealthModule.register({ live: wired.live, ready: wired.ready, metrics: wired.metrics }),
    strategy: new StageTransport(wired.runnable, wired.config.work.shutdownDeadlineMs * DRAIN_SHARE),
    host: wired.config.http.host,
    port: wired.config.http.port,
    logger: wired.logger,
    shutdownDeadlineMs: wired.config.work.shutdownDeadlineMs,
    fatal,
  };
}

function wire<In, Loaded, Out>(service: StageService<In, Loaded, Out>, onFatal: (error: unknown) => void) {
  const config = loadConfig();
  const { schemaRegistryUrl, blobStoreUrl } = config.requireAddresses('kafka', 'registry', 'blobs');
  const logger = createLogger({ service: service.name, level: config.logging.level });
  const metrics = createMetrics({ service: service.name });
  const client = createKafkaClient(kafkaSettings(config, `docstream-${service.name}`), logger);
  const broker = new KafkaStageBroker(client, logger);
  const codec = createSchemaRegistryCodec({ url: schemaRegistryUrl });
  const blobStore = createBlobStore(blobStoreUrl);
  const stage = service.stage({ codec, blobStore, config });
  const pool = createPool(service, stage, config);
  const refinement = service.refine?.(config);
  const deadlineMs = stage.deadlineMs + (refinement?.deadlineMs ?? 0);
  const checks = {
    kafka: () => broker.checkHealth(),
    'schema-registry': () => codec.checkHealth(),
    'blob-store': () => blobStore.checkHealth(),
  };
  const watch = new ProgressWatch({
    clock: systemClock,
    logger,
    checks,
    settings: { stalledMs: Math.max(MIN_STALLED_MS, STALLED_DEADLINES * deadlineMs) },
  });
  const runtime = new StageRuntime({
    stage,
    ...(pool === undefined ? {} : { execute: refined(pool, refinement) }),
    broker,
    codec,
    blobStore,
    checks,
    logger,
    onFatal,
    observer: observeProgress(createStageMetrics(metrics, service.name), () => watch.progressed()),
    settings: {
      concurrency: config.work.concurrency,
      windowRecords: config.work.windowRecords,
      windowBytes: config.work.windowBytes,
    },
  });
  const producer = new KafkaRecordProducer(client, logger);
  const control = new StageControl({
    stage: service.name,
    admission: runtime.admission,
    follower: new KafkaTopicFollower(client, TOPICS.control.name, service.name, logger),
    producer,
    clock: systemClock,
    random: Math.random,
    logger,
    by: `${service.name}@${hostname()}/${process.pid}/${randomUUID().slice(0, 8)}`,
  });
  createPauseMetrics(metrics, service.name, () => runtime.state().admission);
  const boards = { live: new HealthBoard(systemClock), ready: new HealthBoard(systemClock) };
  const stopped = new AbortController();
  const warmUp = async (): Promise<void> => {
    await service.prepare?.(config, logger, stopped.signal);
    await pool?.ready();
  };
  return {
    config,
    logger,
    metrics,
    live: (): HealthReport => reportProgress(boards.live, watch.trouble),
    ready: (): HealthReport => reportReadiness(boards.ready, runtime.state()),
    runnable: {
      start: async () => {
        // First warm, and sure that nobody paused the stage: a member that has joined works.
        await Promise.all([warmUp(), refinement?.ready(), control.start()]);
        void watch.run(() => sampleStage(runtime.state()), stopped.signal);
        await runtime.start();
      },
      stop: async (deadlineMs: number) => {
        stopped.abort();
        await Promise.all([runtime.stop(deadlineMs), control.stop(CLOSE_DEADLINE_MS), producer.close()]);
        await Promise.all([pool?.close(), refinement?.close(), broker.close(CLOSE_DEADLINE_MS)]);
      },
    },
  };
}

function createPool<In, Loaded, Out>(
  service: StageService<In, Loaded, Out>,
  { run }: StageDefinition<In, Loaded, Out>,
  config: Config,
): ReadyWorkerPool<Loaded, Out> | undefined {
  if ('inline' in run) return undefined;
  return createWorkerPool<Loaded, Out>({
    ...service.pool(config),
    function: run,
    size: config.work.workers,
    startsWhenAsked: service.prepare !== undefined,
  });
}

/** The pool's function and what refines its result as one; the time of both counts. */
function refined<Loaded, Out>(
  pool: WorkerPool<Loaded, Out>,
  refinement: Refinement<Loaded, Out> | undefined,
): (input: Loaded, context: StageContext) => Promise<Timed<Out>> {
  return async (input, context) => {
    const output = await pool.run(input, context);
    if (refinement === undefined) return output;
    const beganMs = performance.now();
    const value = await refinement.refine(output.value, input, context);
    return { value, runMs: output.runMs + Math.round(performance.now() - beganMs) };
  };
}
