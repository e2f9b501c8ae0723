// What one writes with kafkajs alone: a batch in, a batch out, then the offset. No transaction: after a crash between
// the two, the batch comes twice.
import kafkajs from 'kafkajs';

const { brokers, group, input, output } = JSON.parse(process.argv[2]);
const kafka = new kafkajs.Kafka({ clientId: 'bench-plain', brokers, logLevel: kafkajs.logLevel.ERROR });
const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
const consumer = kafka.consumer({ groupId: group, maxWaitTimeInMs: 100, maxBytesPerPartition: 1_048_576 });

process.once('disconnect', () => process.exit(0));
process.once('message', async () => {
  await consumer.disconnect();
  await producer.disconnect();
  process.exit(0);
});

await producer.connect();
await consumer.connect();
await consumer.subscribe({ topics: [input], fromBeginning: true });
await consumer.run({
  autoCommit: false,
  eachBatchAutoResolve: false,
  partitionsConsumedConcurrently: 4,
  async eachBatch({ batch, resolveOffset, heartbeat }) {
    const messages = batch.messages.map(({ key, value, headers }) => ({ key, value, headers }));
    await producer.sendBatch({ topicMessages: [{ topic: output, messages }], acks: -1 });
    resolveOffset(batch.lastOffset());
    const offset = (BigInt(batch.lastOffset()) + 1n).toString();
    await consumer.commitOffsets([{ topic: batch.topic, partition: batch.partition, offset }]);
    await heartbeat();
  },
});
