/** Our headers beside the CloudEvents ones; all values are UTF-8. */
export const HEADERS = {
  run: 'docstream-run',
  /** `topic/partition/offset` of the stage's input record. */
  source: 'docstream-source',
  tenant: 'docstream-tenant',
  documentId: 'docstream-document-id',
  /** On dead letters: the error code. */
  code: 'docstream-code',
  /** On dead letters: attempts made. */
  attempts: 'docstream-attempts',
  /** On dead letters whose bytes did not fit: the SHA-256 under which the blob store has them. */
  blob: 'docstream-blob',
  /** Beside `blob`: the media type of those bytes. */
  blobType: 'docstream-blob-type',
  /** Beside `blob`: their number. */
  blobBytes: 'docstream-blob-bytes',
  /** On redriven records: `topic/partition/offset` of the dead letter. */
  redriveOf: 'docstream-redrive-of',
  /** On raw PDFs: the name of the file. */
  fileName: 'docstream-file-name',
  /** On what stands for a whole batch that cannot be read: why. Its value is that batch as the log has it. */
  undecodable: 'docstream-undecodable',
  traceparent: 'traceparent',
} as const;

/** CloudEvents Kafka binding, binary mode (cloudevents/spec, kafka-protocol-binding.md). */
export const CLOUD_EVENTS = {
  specversion: 'ce_specversion',
  id: 'ce_id',
  source: 'ce_source',
  type: 'ce_type',
  time: 'ce_time',
  subject: 'ce_subject',
  dataschema: 'ce_dataschema',
  contentType: 'content-type',
} as const;

/** Dead-letter headers as Spring Kafka writes them, so that existing tools read ours; numbers are binary big-endian. */
export const SPRING_DEAD_LETTER = {
  originalTopic: 'kafka_dlt-original-topic',
  originalPartition: 'kafka_dlt-original-partition',
  originalOffset: 'kafka_dlt-original-offset',
  originalTimestamp: 'kafka_dlt-original-timestamp',
  originalTimestampType: 'kafka_dlt-original-timestamp-type',
  consumerGroup: 'kafka_dlt-original-consumer-group',
  exceptionFqcn: 'kafka_dlt-exception-fqcn',
  exceptionMessage: 'kafka_dlt-exception-message',
  exceptionStacktrace: 'kafka_dlt-exception-stacktrace',
} as const;

export type HeaderValue = Uint8Array | null;
/** Headers in their order, repetitions kept: Kafka allows both. */
export type RecordHeaders = readonly (readonly [name: string, value: HeaderValue])[];

/** Text of the first header of that name, or undefined. */
export function readHeader(headers: RecordHeaders, name: string): string | undefined {
  const found = headers.find(([key]) => key === name);
  return found?.[1] == null ? undefined : new TextDecoder().decode(found[1]);
}

/** One header as UTF-8. */
export function textHeader(name: string, value: string): readonly [string, Uint8Array] {
  return [name, Buffer.from(value)];
}
