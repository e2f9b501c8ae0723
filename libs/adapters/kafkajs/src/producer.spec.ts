import { silentLogger } from '@docstream/testing';
import { describe, expect, it } from '@jest/globals';
import createProducer from 'kafkajs/src/producer/index.js';
import type { KafkaClient } from './client.js';
import { KafkaRecordProducer } from './producer.js';

interface Produced {
  readonly partitions: readonly {
    readonly firstSequence: number;
    readonly messages: readonly { readonly value: Buffer }[];
  }[];
}

/** A broker of one partition that tells repetitions by their sequence, as Kafka does; its first answer is lost. */
class Broker {
  readonly nodeId = 1;
  readonly log: string[] = [];
  readonly #bySequence = new Map<number, number>();
  #requests = 0;

  async produce({ topicData }: { readonly topicData: readonly Produced[] }): Promise<unknown> {
    const [batch] = topicData[0]?.partitions ?? [];
    this.#requests += 1;
    const isFirst = this.#requests === 1;
    await new Promise((resolve) => setImmediate(resolve));
    const sequence = batch?.firstSequence ?? -1;
    const offset = this.#bySequence.get(sequence) ?? this.log.length;
    if (!this.#bySequence.has(sequence)) {
      this.log.push(...(batch?.messages ?? []).map(({ value }) => value.toString()));
      this.#bySequence.set(sequence, offset);
    }
    if (isFirst) {
      const facts = { name: 'KafkaJSConnectionClosedError', retriable: true };
      throw Object.assign(new Error('the connection was closed'), facts);
    }
    return {
      topics: [{ topicName: 't', partitions: [{ partition: 0, errorCode: 0, baseOffset: String(offset) }] }],
    };
  }
}

function producerOn(broker: Broker): KafkaRecordProducer {
  const nothing = async (): Promise<void> => undefined;
  const retry = { retries: 8, initialRetryTime: 1, maxRetryTime: 10 };
  const logger = { ...silentLogger, namespace: () => logger };
  const cluster = {
    retry,
    targetTopics: new Set(['t']),
    connect: nothing,
    disconnect: nothing,
    isConnected: () => true,
    removeBroker: () => undefined,
    addMultipleTargetTopics: nothing,
    refreshMetadataIfNecessary: nothing,
    refreshMetadata: nothing,
    findTopicPartitionMetadata: () => [{ partitionId: 0, leader: 1 }],
    findLeaderForPartitions: () => ({ 1: [0] }),
    findBroker: async () => broker,
    findControllerBroker: async () => ({
      initProducerId: async () => ({ producerId: '7', producerEpoch: 0 }),
    }),
  };
  const client = {
    producer: (options: object) => createProducer({ ...options, logger, cluster, retry }),
  } as unknown as KafkaClient;
  return new KafkaRecordProducer(client, silentLogger);
}

describe('KafkaRecordProducer', () => {
  it('acknowledges what is in the log, once, when calls come side by side and an answer is lost', async () => {
    const broker = new Broker();
    const producer = producerOn(broker);
    const record = (text: string) => ({ topic: 't', key: null, value: Buffer.from(text), headers: [] });
    const acknowledged = await Promise.all(['A', 'B', 'C'].map((text) => producer.produce([record(text)])));
    expect(broker.log).toEqual(['A', 'B', 'C']);
    expect(acknowledged.flat().map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    await producer.close();
  });
});
