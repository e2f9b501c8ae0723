import kafkajs, { type ICustomPartitioner } from 'kafkajs';

const SEED = 0x9747b28c;
const MIX = 0x5bd1e995;

/** murmur2 as Kafka's Java clients have it; kafkajs's own counts in BigInt, twenty times as long. */
export function murmur2(key: Uint8Array): number {
  const { byteLength } = key;
  const view = new DataView(key.buffer, key.byteOffset, byteLength);
  let hash = SEED ^ byteLength;
  let at = 0;
  for (; at + 4 <= byteLength; at += 4) {
    let word = Math.imul(view.getInt32(at, true), MIX);
    word = Math.imul(word ^ (word >>> 24), MIX);
    hash = Math.imul(hash, MIX) ^ word;
  }
  if (at < byteLength) {
    for (let rest = at; rest < byteLength; rest += 1) hash ^= view.getUint8(rest) << (8 * (rest - at));
    hash = Math.imul(hash, MIX);
  }
  hash = Math.imul(hash ^ (hash >>> 13), MIX);
  return hash ^ (hash >>> 15);
}

/** The partition that Java clients choose; what has neither partition nor key goes where kafkajs sends it. */
export const javaPartitioner: ICustomPartitioner = () => {
  const fallback = kafkajs.Partitioners.DefaultPartitioner();
  return (args) => {
    const { partition, key } = args.message;
    if (partition != null || !Buffer.isBuffer(key)) return fallback(args);
    return (murmur2(key) & 0x7fffffff) % args.partitionMetadata.length;
  };
};
