import { createHash, hash } from 'node:crypto';

declare const brand: unique symbol;
type Branded<T, Name extends string> = T & { readonly [brand]: Name };

/** 26 lower-case base32 characters (RFC 4648): which document it is. The same bytes of one tenant are one document. */
export type DocumentId = Branded<string, 'DocumentId'>;
/** ULID: one passage of a document through the stages; later runs sort after earlier ones. */
export type RunId = Branded<string, 'RunId'>;

export interface Identity {
  readonly documentId: DocumentId;
  readonly run: RunId;
  readonly tenant: string;
}

export const DEFAULT_TENANT = 'default';
export const DOCUMENT_ID_LENGTH = 26;
/** Any unique prefix of this length or more is accepted from people, as with git. */
export const MIN_PREFIX_LENGTH = 6;

const BASE32 = 'abcdefghijklmnopqrstuvwxyz234567';
const DOCUMENT_ID = /^[a-z2-7]{26}$/;
const RUN_ID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
const TENANT = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

function sha256(...parts: readonly (string | Uint8Array)[]): Uint8Array {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Lower-case base32 (RFC 4648) of the first 130 bits: no library's loop over whole arrays, each record needs one. */
function shortHash(bytes: Uint8Array): string {
  let text = '';
  let bits = 0;
  let waiting = 0;
  for (const byte of bytes) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (waiting += 8; waiting >= 5; waiting -= 5) {
      text += BASE32.charAt((bits >>> (waiting - 5)) & 31);
      if (text.length === DOCUMENT_ID_LENGTH) return text;
    }
  }
  return text;
}

/** base32(sha256(tenant ‖ 0x00 ‖ bytes)), first 26 characters, lower case. */
export function documentIdOf(tenant: string, bytes: Uint8Array): DocumentId {
  return shortHash(sha256(tenant, new Uint8Array(1), bytes)) as DocumentId;
}

/** Same as documentIdOf, for bytes that arrive in pieces. */
export function documentIdHasher(tenant: string): { update(piece: Uint8Array): void; finish(): DocumentId } {
  const hash = createHash('sha256').update(tenant).update(new Uint8Array(1));
  return {
    update: (piece) => void hash.update(piece),
    finish: () => shortHash(hash.digest()) as DocumentId,
  };
}

export function isDocumentId(text: string): text is DocumentId {
  return DOCUMENT_ID.test(text);
}

export function isRunId(text: string): text is RunId {
  return RUN_ID.test(text);
}

/** Tenants are DNS labels: they are part of blob keys. */
export function isTenant(text: string): boolean {
  return TENANT.test(text);
}

function ulid(timeMs: number, entropy: Uint8Array): RunId {
  const time = new Uint8Array(6);
  new DataView(time.buffer).setUint16(0, Math.floor(timeMs / 2 ** 32));
  new DataView(time.buffer).setUint32(2, timeMs % 2 ** 32);
  const bytes = new Uint8Array(16);
  bytes.set(time, 0);
  bytes.set(entropy.subarray(0, 10), 6);
  // A ULID is 128 bits in 26 characters of 5 bits: two zero bits stand in front (spec: ulid/spec).
  let value = 0n;
  for (const byte of bytes) value = (value << 8n) | BigInt(byte);
  let text = '';
  for (let index = 0; index < 26; index += 1) {
    text = CROCKFORD.charAt(Number(value & 31n)) + text;
    value >>= 5n;
  }
  return text as RunId;
}
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A new run: `entropy` are 10 random bytes. */
export function runIdFrom(timeMs: number, entropy: Uint8Array): RunId {
  return ulid(timeMs, entropy);
}

/** Run of a raw record: ULID of its LogAppendTime and a hash of its coordinates, so that reading it again gives the same. */
export function runIdOfRecord(record: {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly timestampMs: number;
}): RunId {
  return ulid(
    Math.max(0, record.timestampMs),
    sha256(`${record.topic}/${record.partition}/${record.offset}`),
  );
}

/** Id of a reset, in lower case: it stands in the committed offset's metadata. */
export function auditIdFrom(timeMs: number, entropy: Uint8Array): string {
  return ulid(timeMs, entropy).toLowerCase();
}

/**
 * Run of a record that is read again under a reset: the same for everybody who reads it, also for a successor. It sorts
 * after the old run, also where the operator's clock is behind.
 */
export function runIdOfReset(
  oldRun: RunId,
  { auditId, timeMs }: { readonly auditId: string; readonly timeMs: number },
): RunId {
  return ulid(Math.max(timeMs, timeOf(oldRun) + 1), sha256(`${oldRun}/${auditId}`));
}

function timeOf(run: RunId): number {
  return [...run.slice(0, 10)].reduce((timeMs, digit) => timeMs * 32 + CROCKFORD.indexOf(digit), 0);
}

/** Deterministic `ce_id` of a stage's event: a repeated publication is recognisable as the same event. */
export function eventIdOf(documentId: DocumentId, run: RunId, stage: string): string {
  return shortHash(hash('sha256', `${documentId}\u0000${run}\u0000${stage}`, 'buffer'));
}
