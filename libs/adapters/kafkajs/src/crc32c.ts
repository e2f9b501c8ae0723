/** Castagnoli's polynomial, reflected. */
const POLYNOMIAL = 0x82f63b78;
const SLICES = 8;
const tables = buildTables();

function buildTables(): Int32Array {
  const built = new Int32Array(SLICES * 256);
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit += 1) crc = (crc & 1) === 0 ? crc >>> 1 : (crc >>> 1) ^ POLYNOMIAL;
    built[byte] = crc;
  }
  for (let at = 256; at < built.length; at += 1) {
    const former = built[at - 256] ?? 0;
    built[at] = (former >>> 8) ^ (built[former & 255] ?? 0);
  }
  return built;
}

function table(slice: number, byte: number): number {
  return tables[slice * 256 + (byte & 255)] ?? 0;
}

/** CRC-32C of bytes[from, to). Eight bytes at a time (Kounavis and Berry, slicing-by-8). */
export function crc32c(bytes: Uint8Array, from = 0, to = bytes.byteLength): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let crc = -1;
  let at = from;
  for (; at + SLICES <= to; at += SLICES) {
    const low = crc ^ view.getInt32(at, true);
    const high = view.getInt32(at + 4, true);
    crc =
      table(7, low) ^
      table(6, low >>> 8) ^
      table(5, low >>> 16) ^
      table(4, low >>> 24) ^
      table(3, high) ^
      table(2, high >>> 8) ^
      table(1, high >>> 16) ^
      table(0, high >>> 24);
  }
  for (; at < to; at += 1) crc = (crc >>> 8) ^ table(0, crc ^ (bytes[at] ?? 0));
  return ~crc >>> 0;
}
