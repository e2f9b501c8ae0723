import type { Logger } from '@docstream/core';
import kafkajs, { type KafkaConfig, type LogEntry, type SASLOptions } from 'kafkajs';
import { hideAbortedRecords } from './aborted-records.js';
import { registerCompressionCodecs } from './codecs.js';
import { giveUpDeadConnections } from './dead-connections.js';
import { replaceFetchDecoder } from './fetch-decoder.js';
import { askForTrueLogEnds } from './log-end.js';
import { replaceProduceEncoder } from './produce-encoder.js';

export type KafkaClient = kafkajs.Kafka;

export interface KafkaSettings {
  readonly brokers: readonly string[];
  readonly clientId: string;
  /** Longest wait for an answer; then the connection is given up. Default: 10,000. */
  readonly requestTimeoutMs?: number;
  readonly ssl?: boolean;
  readonly sasl?: {
    readonly mechanism: 'plain' | 'scram-sha-256' | 'scram-sha-512';
    readonly username: string;
    readonly password: string;
  };
}

/** One client a process. Nothing is connected yet. */
export function createKafkaClient(settings: KafkaSettings, logger: Logger): KafkaClient {
  registerCompressionCodecs();
  askForTrueLogEnds();
  replaceProduceEncoder();
  replaceFetchDecoder();
  hideAbortedRecords();
  giveUpDeadConnections();
  const config: KafkaConfig = {
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    connectionTimeout: 3_000,
    requestTimeout: settings.requestTimeoutMs ?? 10_000,
    // kafkajs's default of 300 ms halves the throughput of small transactions [measured].
    retry: { initialRetryTime: 5, maxRetryTime: 1_000, retries: 8 },
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => logKafka(logger, entry),
    ...(settings.ssl === undefined ? {} : { ssl: settings.ssl }),
  };
  if (settings.sasl !== undefined) config.sasl = { ...settings.sasl } as SASLOptions;
  return new kafkajs.Kafka(config);
}

/** kafkajs reports ordinary rebalances and reconnects as errors: they are debug lines to us, our own classes tell the rest. */
function logKafka(logger: Logger, { level, namespace, log }: LogEntry): void {
  const facts = { namespace, error: log['error'], broker: log['broker'], groupId: log['groupId'] };
  if (level === kafkajs.logLevel.ERROR || level === kafkajs.logLevel.WARN)
    logger.debug(`kafkajs: ${log.message}`, facts);
}
