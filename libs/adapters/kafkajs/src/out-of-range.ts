import ConsumerGroup from 'kafkajs/src/consumer/consumerGroup.js';

type OutOfRangeListener = (memberId: string, topic: string, partition: number) => void;

const listeners = new Map<string, Set<OutOfRangeListener>>();
let isReplaced = false;

/**
 * kafkajs jumps silently when its offset is out of range, and even erases the committed offset [tried: 50 live records
 * skipped]. Its recovery is replaced: the partition is paused and the runtime decides. Reaches into
 * kafkajs's private parts, as log-end.ts and produce-encoder.ts do; its version is pinned for this reason.
 */
export function onOffsetOutOfRange(groupId: string, listener: OutOfRangeListener): () => void {
  if (!isReplaced) {
    isReplaced = true;
    ConsumerGroup.prototype.recoverFromOffsetOutOfRange = async function ({ topic, partition }) {
      this.pause([{ topic, partitions: [partition] }]);
      for (const notify of listeners.get(this.groupId) ?? []) notify(this.memberId ?? '', topic, partition);
    };
  }
  const ofGroup = listeners.get(groupId) ?? new Set();
  listeners.set(groupId, ofGroup.add(listener));
  return () => {
    ofGroup.delete(listener);
    // A reader has a group of its own for every range.
    if (ofGroup.size === 0 && listeners.get(groupId) === ofGroup) listeners.delete(groupId);
  };
}
