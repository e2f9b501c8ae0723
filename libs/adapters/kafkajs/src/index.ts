export { createKafkaClient, type KafkaClient, type KafkaSettings } from './client.js';
export { KafkaClusterAdmin, type ClusterAdminSettings } from './cluster-admin.js';
export { toDocstreamError } from './errors.js';
export { DEFAULT_MEMBERSHIP, type MembershipSettings } from './membership.js';
export { KafkaRecordProducer, type ProducerSettings } from './producer.js';
export { KafkaRecordReader, type RecordReaderSettings } from './record-reader.js';
export { KafkaStageBroker } from './stage-broker.js';
export { KafkaTopicFollower } from './topic-follower.js';
