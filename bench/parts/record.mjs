// The records of the benchmarks: bytes that tell which record they are, when it was sent, from where, and how long to
// work on it. The rest is noise of a fixed seed, so that a record read back can be compared with the one that was sent.

const NOISE_BYTES = 16 * 1_048_576;
const HEADER_BYTES = 16;
let noise;

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function fillNoise() {
  const random = seededRandom(1);
  const bytes = Buffer.alloc(NOISE_BYTES);
  for (let at = 0; at < NOISE_BYTES; at += 4) bytes.writeUInt32LE((random() * 4_294_967_296) >>> 0, at);
  return bytes;
}

function noiseOf(index, bytes) {
  noise ??= fillNoise();
  const from = (index * 4_099) % (NOISE_BYTES - bytes);
  return noise.subarray(from, from + bytes);
}

/** A value of that size; `sentMs` and `waitMs` travel in it. */
export function writeValue({ index, bytes, partition = 0, waitMs = 0, sentMs = 0 }) {
  const value = Buffer.from(noiseOf(index, bytes));
  value.writeUInt32BE(index, 0);
  value.writeUInt16BE(partition, 4);
  value.writeUInt16BE(waitMs, 6);
  value.writeDoubleBE(sentMs, 8);
  return value;
}

export const readIndex = (value) => value.readUInt32BE(0);
export const readPartition = (value) => value.readUInt16BE(4);
export const readWaitMs = (value) => value.readUInt16BE(6);
export const readSentMs = (value) => value.readDoubleBE(8);

/** Whether the bytes after the header are those that were sent. */
export function isIntact(value, bytes) {
  return (
    value.byteLength === bytes &&
    value.subarray(HEADER_BYTES).equals(noiseOf(readIndex(value), bytes).subarray(HEADER_BYTES))
  );
}

/** A key in the form of a document id. */
export const keyOf = (index) =>
  index
    .toString(32)
    .replace(/[01]/g, (digit) => 'yz'[digit])
    .padStart(26, 'a');
