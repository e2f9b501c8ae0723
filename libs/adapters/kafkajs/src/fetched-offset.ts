import Batch from 'kafkajs/src/consumer/batch.js';

let isReplaced = false;

/**
 * A batch in which every record is a marker or aborted is known to us by an event only, which names the first record in
 * it, and none at all where compaction has removed the rest. Where it was fetched would tell whether it is from before a
 * seek; a gap before its first record tells nothing. From here on the event names where it was fetched.
 */
export function nameFetchedOffsetOfEmptyBatches(): void {
  if (isReplaced) return;
  isReplaced = true;
  const { firstOffset } = Batch.prototype;
  Batch.prototype.firstOffset = function () {
    return this.isEmpty() ? this.fetchedOffset : firstOffset.call(this);
  };
}
