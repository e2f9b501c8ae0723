import Broker, { type FetchedPartition } from 'kafkajs/src/broker/index.js';

const ABORT_MARKER = Buffer.from([0, 0, 0, 0]);
let isReplaced = false;

/**
 * kafkajs tells the records of aborted transactions by a list that it takes to be in the order of their beginning, one
 * step a record. Brokers give it in the order of their ends, and a fetch may begin within several: where transactions
 * of different producers interleave, it hands aborted records to the reader [tried]. Here they are told apart as Java
 * clients do (by producer, in the order of their beginning) and marked as control records, which kafkajs leaves out.
 */
export function hideAbortedRecords(): void {
  if (isReplaced) return;
  isReplaced = true;
  const { fetch } = Broker.prototype;
  Broker.prototype.fetch = async function (request) {
    const response = await fetch.call(this, request);
    for (const { partitions } of response.responses) partitions.forEach(markAborted);
    return response;
  };
}

/** Marks what was aborted, and empties the list: nothing is left for kafkajs to tell apart. */
export function markAborted(partition: FetchedPartition): void {
  const begun = [...(partition.abortedTransactions ?? [])].sort((a, b) =>
    Number(BigInt(a.firstOffset) - BigInt(b.firstOffset)),
  );
  if (begun.length === 0) return;
  partition.abortedTransactions = [];
  const aborting = new Set<string>();
  let next = 0;
  for (const record of partition.messages) {
    const { producerId, inTransaction } = record.batchContext;
    for (; next < begun.length; next += 1) {
      const transaction = begun[next];
      if (transaction === undefined || BigInt(transaction.firstOffset) > BigInt(record.offset)) break;
      aborting.add(transaction.producerId);
    }
    if (record.isControlRecord) {
      if (record.key !== null && ABORT_MARKER.equals(record.key)) aborting.delete(producerId);
    } else if (inTransaction && aborting.has(producerId)) record.isControlRecord = true;
  }
}
