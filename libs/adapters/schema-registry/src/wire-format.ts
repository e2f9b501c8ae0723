import { PoisonError } from '@docstream/core';

const MAGIC = 0x00;
const PREFIX_BYTES = 5;

/** Confluent wire format: 0x00, schema id (int32, big-endian), Avro binary. */
export function frame(schemaId: number, avro: Uint8Array): Uint8Array {
  const framed = Buffer.allocUnsafe(PREFIX_BYTES + avro.byteLength);
  framed.writeUInt8(MAGIC, 0);
  framed.writeInt32BE(schemaId, 1);
  framed.set(avro, PREFIX_BYTES);
  return framed;
}

/** The parts of a framed value; PoisonError UNDECODABLE when it is not framed. Views the bytes, does not copy them. */
export function unframe(bytes: Uint8Array): { readonly schemaId: number; readonly avro: Uint8Array } {
  if (bytes.byteLength < PREFIX_BYTES) {
    throw new PoisonError('UNDECODABLE', `The value has ${bytes.byteLength} bytes: too few for a schema id.`);
  }
  if (bytes[0] !== MAGIC) {
    throw new PoisonError(
      'UNDECODABLE',
      'The first byte is not 0x00: this is not the Confluent wire format.',
    );
  }
  const schemaId = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getInt32(1);
  if (schemaId < 0) throw new PoisonError('UNDECODABLE', `The schema id is negative: ${schemaId}.`);
  return { schemaId, avro: bytes.subarray(PREFIX_BYTES) };
}
