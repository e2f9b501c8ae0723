const TRAILER_BYTES = 2048;

/** True when the end mark `%%EOF` stands within the last 2,048 bytes: without it the file was probably cut off. */
export function hasPdfEnd(bytes: Uint8Array): boolean {
  const tail = bytes.subarray(Math.max(bytes.byteLength - TRAILER_BYTES, 0));
  return Buffer.from(tail.buffer, tail.byteOffset, tail.byteLength).includes('%%EOF', 0, 'latin1');
}
