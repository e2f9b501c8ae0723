/** What the SDK says of a failure; no status where there was no answer. */
export interface S3Failure {
  readonly name: string;
  readonly status: number | undefined;
}

const CREDENTIALS: ReadonlySet<string> = new Set([
  'CredentialsProviderError',
  'ExpiredToken',
  'InvalidAccessKeyId',
  'InvalidToken',
  'SignatureDoesNotMatch',
  'TokenProviderError',
]);
const REGION: ReadonlySet<string> = new Set(['AuthorizationHeaderMalformed', 'PermanentRedirect']);
/** Of the way there, or of the moment: the same bytes may be taken a moment later. */
const PASSING: ReadonlySet<string> = new Set([
  'BadDigest',
  'IncompleteBody',
  'OperationAborted',
  'RequestTimeout',
  'RequestTimeTooSkewed',
  'XAmzContentSHA256Mismatch',
]);
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 409, 425, 429]);
const BROKEN = /\b(ECONNRESET|EPIPE|socket hang up)\b/;

export function describeFailure(thrown: unknown): S3Failure {
  if (typeof thrown !== 'object' || thrown === null) return { name: typeof thrown, status: undefined };
  const name = 'name' in thrown && typeof thrown.name === 'string' ? thrown.name : 'Error';
  const metadata = '$metadata' in thrown ? thrown.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null || !('httpStatusCode' in metadata)) {
    return { name, status: undefined };
  }
  const { httpStatusCode } = metadata;
  return { name, status: typeof httpStatusCode === 'number' ? httpStatusCode : undefined };
}

export function isAboutCredentials(name: string): boolean {
  return CREDENTIALS.has(name);
}

/** Another region answers with 301, which the SDK does not follow. */
export function isAboutRegion(name: string, status: number): boolean {
  return REGION.has(name) || status === 301;
}

export function isPassing(name: string, status: number): boolean {
  return PASSING.has(name) || PASSING_STATUS.has(status);
}

/** The connection broke: perhaps it had gone stale while it was idle. */
export function isBrokenConnection(cause: unknown): boolean {
  if (typeof cause !== 'object' || cause === null) return false;
  const code = 'code' in cause ? String(cause.code) : '';
  const message = 'message' in cause ? String(cause.message) : '';
  return describeFailure(cause).status === undefined && BROKEN.test(`${code} ${message}`);
}
