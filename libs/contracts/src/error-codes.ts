/** Five ways to fail; what the runtime does with each stands in docs/delivery.md. */
export type FailureClass = 'transient' | 'poison' | 'unknown' | 'lost' | 'fatal';

interface ErrorCodeEntry {
  readonly failureClass: FailureClass;
  readonly meaning: string;
  readonly remedy: string;
}

const poison = (meaning: string, remedy: string): ErrorCodeEntry => ({
  failureClass: 'poison',
  meaning,
  remedy,
});
const transient = (meaning: string, remedy: string): ErrorCodeEntry => ({
  failureClass: 'transient',
  meaning,
  remedy,
});

/** The closed list of error codes: dead letters, problem+json answers, logs and metrics use these and no others. */
export const ERROR_CODES = {
  EMPTY_RECORD: poison(
    'The record has no value, or one of zero bytes.',
    'Send the bytes of a PDF or a DocumentReceived event.',
  ),
  NOT_A_PDF: poison(
    'There is no %PDF- within the first 1,024 bytes, or nothing but that.',
    'Send a PDF; convert other formats first.',
  ),
  UNDECODABLE: poison(
    'The value is not what its schema says; or it is a whole batch of records that cannot be read (the text says why).',
    'Check the producer: Confluent wire format with the subject of the topic, and batches of usual size and compression.',
  ),
  SCHEMA_UNKNOWN: poison(
    'The schema registry does not know the schema id of the record.',
    'Register the schema with `docstream topics apply`, then redrive.',
  ),
  BLOB_NOT_FOUND: poison(
    'The claim check names bytes that the blob store does not have.',
    'Deposit the bytes before producing the event, then redrive.',
  ),
  BLOB_CORRUPT: poison(
    'The bytes in the blob store do not have the hash that the claim check names.',
    'Restore the blob, then redrive.',
  ),
  BLOB_REFUSED: poison(
    'The blob store is healthy and refuses these bytes.',
    'The message says how it refused: look at its policy, its scanner or its limits, then redrive.',
  ),
  DOCUMENT_ID_MISMATCH: poison(
    'The event names another document than its bytes are.',
    'Compute the document id from tenant and bytes, as in docs/architecture.md.',
  ),
  RECORD_TOO_LARGE: poison(
    'What the stage made does not fit into a record.',
    'Raise the limit of topic and clients, then redrive.',
  ),
  PDF_ENCRYPTED: poison(
    'The PDF opens with a password only.',
    'Remove the password (e.g. `qpdf --decrypt --password=…`) and send it again.',
  ),
  PDF_MALFORMED: poison(
    'The PDF is damaged beyond what the parser can repair.',
    'Repair it (e.g. with qpdf) or export it again.',
  ),
  PDF_TRUNCATED: poison(
    'The PDF ends early: its end mark is missing.',
    'Send the whole file again; the transfer was probably cut.',
  ),
  PDF_TOO_LARGE: poison(
    'The PDF has more bytes than the limit, or one of its streams unpacks to more than 128 MiB.',
    'Split it, or raise DOCSTREAM_UPLOAD_LIMIT_BYTES; a stream that unpacks so far is no honest page: export it again.',
  ),
  PDF_TOO_MANY_PAGES: poison(
    'The PDF has more pages than the limit.',
    'Split it, or raise DOCSTREAM_PARSER_MAX_PAGES.',
  ),
  PDF_NO_PAGES: poison('The PDF has no page.', 'Export it again from where it was made.'),
  PARSE_TIMEOUT: poison(
    'Reading the PDF took longer, or more CPU time, than the limit, twice.',
    'Simplify the PDF (print it to PDF), or raise DOCSTREAM_PARSER_TIMEOUT_MS or DOCSTREAM_PARSER_CPU_MS.',
  ),
  PARSE_OUT_OF_MEMORY: poison(
    'Reading the PDF took more memory than the limit, twice.',
    'Split or simplify the PDF, or raise DOCSTREAM_PARSER_MEMORY_MB.',
  ),
  PARSE_OUTPUT_TOO_LARGE: poison(
    'What was read from the PDF is larger than the limit: too many characters, or too many places of words.',
    'Split the PDF, or raise DOCSTREAM_PARSER_OUTPUT_MB.',
  ),
  WORK_TIMEOUT: poison(
    'The stage took longer than its limit, twice.',
    "Raise the stage's time limit, then redrive.",
  ),
  WORK_OUT_OF_MEMORY: poison(
    'The stage took more memory than its limit, twice.',
    "Raise the stage's memory limit, then redrive.",
  ),
  INVALID_VALUE: poison(
    'The database refused a value (SQLSTATE class 22).',
    'Report it with the document id: the store should have cleaned the value.',
  ),
  RECORD_LOST: poison(
    'Topic retention deleted the record before the stage read it.',
    'Send the document again, or `docstream reprocess --document ID`; let retention outlast the longest outage.',
  ),
  RECORD_SKIPPED: poison(
    'An operator moved the stage past the record.',
    'Nothing, when that was meant; otherwise undo the reset, or `docstream reprocess --document ID`.',
  ),
  UNCLASSIFIED: {
    failureClass: 'unknown',
    meaning: 'A bug: the stage threw what it never should, as often as allowed.',
    remedy: 'Report it with the stack in the dead letter; redrive after the fix.',
  },
  BROKER_UNAVAILABLE: transient(
    'Kafka cannot be reached.',
    'Nothing is lost; start the broker or check DOCSTREAM_KAFKA_BROKERS.',
  ),
  REGISTRY_UNAVAILABLE: transient(
    'The schema registry cannot be reached.',
    'Nothing is lost; start it or check DOCSTREAM_SCHEMA_REGISTRY_URL.',
  ),
  BLOB_STORE_UNAVAILABLE: transient(
    'The blob store cannot be reached or is full.',
    'Nothing is lost; make room or check DOCSTREAM_BLOB_STORE_URL.',
  ),
  DATABASE_UNAVAILABLE: transient(
    'PostgreSQL cannot be reached.',
    'Nothing is lost; start it or check DOCSTREAM_DATABASE_URL.',
  ),
  MODEL_HUB_UNAVAILABLE: transient(
    'The hub of the embedding model cannot be reached, or what it sent ended early.',
    'Files that are complete are kept; start again, or check DOCSTREAM_MODEL_HUB and the network.',
  ),
  DATABASE_NOT_MIGRATED: transient(
    'The tables are older than this version needs.',
    'Run `docstream database migrate`.',
  ),
  WORKER_CRASHED: {
    failureClass: 'unknown',
    meaning: 'A worker process ended while it worked on the document, as often as allowed.',
    remedy: 'Report it with the document; redrive after the fix.',
  },
  OWNERSHIP_LOST: {
    failureClass: 'lost',
    meaning: 'Another member of the group owns the partition now.',
    remedy: 'Nothing: ordinary after a rebalance.',
  },
  POSITION_UNKNOWN: {
    failureClass: 'fatal',
    meaning:
      'Neither Kafka nor the positions topic knows where the group was, and the topic no longer begins at 0.',
    remedy:
      'Decide where to begin: `kafka-consumer-groups --reset-offsets --to-earliest` with all members stopped.',
  },
  POSITION_BEYOND_END: {
    failureClass: 'fatal',
    meaning: 'The committed offset lies beyond the end of the topic: it was made anew or truncated.',
    remedy: "Reset the group's offsets with all members stopped.",
  },
  CONFIGURATION_INVALID: {
    failureClass: 'fatal',
    meaning: 'A setting is wrong or unknown.',
    remedy: 'The message names the variable and what is allowed.',
  },
  AUTHENTICATION_REFUSED: {
    failureClass: 'fatal',
    meaning: 'Kafka, registry, blob store or database refused the credentials.',
    remedy: 'Check the secret, then restart.',
  },
  INVALID_REQUEST: poison('The HTTP request is not well formed.', 'The answer says what is wrong.'),
  UNAUTHORIZED: poison(
    'The API key is missing or unknown.',
    'Send a key of DOCSTREAM_API_KEYS as Authorization: Bearer.',
  ),
  NOT_FOUND: poison(
    'There is no such document.',
    'Check the id; any unique prefix of six characters or more is accepted.',
  ),
  AMBIGUOUS_ID: poison('The prefix fits several documents.', 'Give more characters of the id.'),
  CONTENT_GONE: poison('The bytes of the document were erased.', 'Send the document again.'),
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

export function isErrorCode(text: string): text is ErrorCode {
  return Object.hasOwn(ERROR_CODES, text);
}
