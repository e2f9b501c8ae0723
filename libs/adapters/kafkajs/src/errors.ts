import { DependencyError, DocstreamError, FatalError, OwnershipLostError } from '@docstream/core';

export const KAFKA = 'kafka';

const FENCED = new Set([
  'PRODUCER_FENCED',
  'INVALID_PRODUCER_EPOCH',
  'INVALID_PRODUCER_ID_MAPPING',
  'INVALID_TXN_STATE',
  'UNKNOWN_PRODUCER_ID',
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'CONCURRENT_TRANSACTIONS',
  'TRANSACTION_COORDINATOR_FENCED',
  'ILLEGAL_GENERATION',
  'UNKNOWN_MEMBER_ID',
  'FENCED_INSTANCE_ID',
]);
const REFUSED = new Set([
  'TOPIC_AUTHORIZATION_FAILED',
  'GROUP_AUTHORIZATION_FAILED',
  'CLUSTER_AUTHORIZATION_FAILED',
  'TRANSACTIONAL_ID_AUTHORIZATION_FAILED',
  'SASL_AUTHENTICATION_FAILED',
]);
const TOO_LARGE = new Set(['MESSAGE_TOO_LARGE', 'RECORD_LIST_TOO_LARGE']);

/** Protocol error type of a kafkajs error, looked for through its causes (it wraps what it retried). */
export function protocolErrorType(thrown: unknown): string | undefined {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if ('type' in error && typeof error.type === 'string') return error.type;
  }
  return undefined;
}

/** Turns what kafkajs throws into our classes. What is not recognised is the broker's trouble, not the record's. */
export function toDocstreamError(thrown: unknown, what: string): DocstreamError {
  if (thrown instanceof DocstreamError) return thrown;
  const type = protocolErrorType(thrown);
  const reason = thrown instanceof Error ? thrown.message : String(thrown);
  if (type !== undefined && FENCED.has(type)) {
    return new OwnershipLostError(`${what}: ${reason}`, { cause: thrown });
  }
  if ((type !== undefined && REFUSED.has(type)) || isAuthenticationError(thrown)) {
    return new FatalError('AUTHENTICATION_REFUSED', `${what}: Kafka refused us: ${reason}`, {
      cause: thrown,
    });
  }
  if (type !== undefined && TOO_LARGE.has(type)) {
    return new FatalError(
      'CONFIGURATION_INVALID',
      `${what}: the broker takes smaller records than Docstream's topics need; run \`docstream topics apply\` and raise message.max.bytes (${reason})`,
      { cause: thrown },
    );
  }
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION') {
    return new DependencyError(
      'BROKER_UNAVAILABLE',
      KAFKA,
      `${what}: the topic does not exist; run \`docstream topics apply\``,
      {
        cause: thrown,
      },
    );
  }
  return new DependencyError('BROKER_UNAVAILABLE', KAFKA, `${what}: ${reason}`, { cause: thrown });
}

function isAuthenticationError(thrown: unknown): boolean {
  for (let error = thrown, depth = 0; error instanceof Error && depth < 5; error = error.cause, depth += 1) {
    if (error.name === 'KafkaJSSASLAuthenticationError') return true;
  }
  return false;
}
