declare module 'kafkajs-snappy' {
  const createCodec: () => unknown;
  export default createCodec;
}
declare module 'lz4js' {
  const lz4: {
    compress(bytes: Uint8Array): Uint8Array;
    decompress(bytes: Uint8Array, maxBytes: number): Uint8Array;
    /** As the frame says, or at most so many by its blocks. */
    decompressBound(bytes: Uint8Array): number;
  };
  export default lz4;
}
declare module 'kafkajs/src/consumer/consumerGroup.js' {
  interface OutOfRange {
    readonly topic: string;
    readonly partition: number;
  }
  /** kafkajs 2.2.4's private class: the parts that out-of-range.ts replaces. */
  export default class ConsumerGroup {
    readonly groupId: string;
    readonly memberId: string | null;
    pause(topicPartitions: { topic: string; partitions: number[] }[]): void;
    recoverFromOffsetOutOfRange(error: OutOfRange): Promise<void>;
  }
}
declare module 'kafkajs/src/broker/index.js' {
  interface ListOffsetsRequest {
    readonly isolationLevel?: number | undefined;
  }
  interface FetchedRecord {
    readonly offset: string;
    readonly key: Buffer | null;
    isControlRecord: boolean;
    readonly batchContext: { readonly producerId: string; readonly inTransaction: boolean };
  }
  interface FetchedPartition {
    readonly partition: number;
    abortedTransactions: readonly { readonly producerId: string; readonly firstOffset: string }[] | null;
    readonly messages: readonly FetchedRecord[];
  }
  interface FetchResponse {
    readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
  }
  interface ProduceRequest {
    readonly topicData: readonly { readonly partitions: readonly { messages: readonly object[] }[] }[];
  }
  /** kafkajs 2.2.4's private class: the parts that log-end.ts and aborted-records.ts replace. */
  export default class Broker {
    listOffsets(request: ListOffsetsRequest): Promise<unknown>;
    fetch(request: unknown): Promise<FetchResponse>;
    produce(request: ProduceRequest): Promise<unknown>;
  }
}
declare module 'kafkajs/src/consumer/batch.js' {
  import type { FetchedPartition, FetchedRecord } from 'kafkajs/src/broker/index.js';
  /** kafkajs 2.2.4's private class: what a fetch becomes for a consumer. */
  export default class Batch {
    constructor(topic: string, fetchedOffset: string, partition: FetchedPartition);
    readonly fetchedOffset: string;
    readonly messages: readonly FetchedRecord[];
    isEmpty(): boolean;
    /** Null when nothing lies at or behind the fetched offset. */
    firstOffset(): string | null;
    lastOffset(): string;
  }
}
declare module 'kafkajs/src/network/connection.js' {
  import type { Socket } from 'node:net';
  /** kafkajs 2.2.4's private class: the parts that dead-connections.ts replaces. */
  export default class Connection {
    readonly socket: Socket | null | undefined;
    /** `host:port`. */
    readonly broker: string;
    connect(): Promise<boolean>;
    disconnect(): Promise<boolean>;
    processData(data: Buffer): void;
    send(request: unknown): Promise<unknown>;
  }
}
declare module 'kafkajs/src/producer/index.js' {
  import type { Producer } from 'kafkajs';
  /** kafkajs 2.2.4's private factory: for specs that stand in for a cluster. */
  export default function createProducer(options: object): Producer;
}
