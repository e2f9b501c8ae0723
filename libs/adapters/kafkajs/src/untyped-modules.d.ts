declare module 'kafkajs-snappy' {
  const codec: () => unknown;
  export default codec;
}
declare module 'lz4js' {
  const lz4: { compress(bytes: Uint8Array): Uint8Array; decompress(bytes: Uint8Array): Uint8Array };
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
  /** kafkajs 2.2.4's private class: the part that log-end.ts replaces. */
  export default class Broker {
    listOffsets(request: ListOffsetsRequest): Promise<unknown>;
  }
}
