import { z } from 'zod';
import { isTenant } from '@docstream/contracts';
import { Secret } from './secret.js';
import {
  descriptions,
  flag,
  listOf,
  oneOf,
  optionalList,
  optionalSecret,
  optionalText,
  optionalUrl,
  splitList,
  wholeNumber,
} from './setting.js';

const MEBIBYTE = 1_048_576;

/** host:port, IPv6 hosts in brackets. */
const BROKER = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\]):\d{1,5}$/;

const kafka = z
  .object({
    brokers: optionalList()
      .refine((brokers) => brokers === undefined || brokers.every((broker) => BROKER.test(broker)), {
        error: 'must be host:port, several separated by commas',
      })
      .register(descriptions, {
        variable: 'DOCSTREAM_KAFKA_BROKERS',
        fallback: '',
        doc: 'Kafka brokers as `host:port`, several separated by commas. Unset: those of the running demo.',
      }),
    ssl: flag().register(descriptions, {
      variable: 'DOCSTREAM_KAFKA_SSL',
      fallback: 'false',
      doc: 'Speak TLS to Kafka. A private authority is named with NODE_EXTRA_CA_CERTS.',
    }),
    saslMechanism: oneOf(['plain', 'scram-sha-256', 'scram-sha-512']).optional().register(descriptions, {
      variable: 'DOCSTREAM_KAFKA_SASL_MECHANISM',
      fallback: '',
      doc: 'How to log in to Kafka: plain, scram-sha-256 or scram-sha-512. Needs username and password.',
    }),
    saslUsername: optionalText().register(descriptions, {
      variable: 'DOCSTREAM_KAFKA_SASL_USERNAME',
      fallback: '',
      doc: 'User name for Kafka.',
      mayBeInFile: true,
    }),
    saslPassword: optionalSecret().register(descriptions, {
      variable: 'DOCSTREAM_KAFKA_SASL_PASSWORD',
      fallback: '',
      doc: 'Password for Kafka.',
      mayBeInFile: true,
    }),
    clusterName: z.string().register(descriptions, {
      variable: 'DOCSTREAM_CLUSTER_NAME',
      fallback: 'docstream',
      doc: 'Name of the Kafka cluster in the metrics (label `cluster_name`).',
    }),
  })
  .superRefine(({ saslMechanism, saslUsername, saslPassword }, context) => {
    const given = [saslMechanism, saslUsername, saslPassword].filter((value) => value !== undefined).length;
    if (given === 1 || given === 2) {
      context.addIssue({
        code: 'custom',
        path: ['saslMechanism'],
        message:
          'needs DOCSTREAM_KAFKA_SASL_USERNAME and DOCSTREAM_KAFKA_SASL_PASSWORD beside it: set all three or none',
      });
    }
  });

const registry = z.object({
  url: optionalUrl('http:', 'https:')
    .transform((url) => url?.replace(/\/+$/, ''))
    .register(descriptions, {
      variable: 'DOCSTREAM_SCHEMA_REGISTRY_URL',
      fallback: '',
      doc: "Base of a Confluent-compatible schema registry (Apicurio: `…/apis/ccompat/v7`). Unset: the running demo's.",
      mayBeInFile: true,
    }),
});

const database = z.object({
  url: optionalUrl('postgres:', 'postgresql:')
    .transform((text) => (text === undefined ? undefined : new Secret(text)))
    .register(descriptions, {
      variable: 'DOCSTREAM_DATABASE_URL',
      fallback: '',
      doc: "PostgreSQL, `postgresql://user:password@host:port/database`. Unset: the running demo's.",
      mayBeInFile: true,
    }),
});

const blobStore = z.object({
  url: optionalUrl('file:', 's3:')
    .refine((url) => url === undefined || !url.startsWith('s3:') || new URL(url).hostname !== '', {
      error: 'must name a bucket: s3://bucket/prefix',
    })
    .register(descriptions, {
      variable: 'DOCSTREAM_BLOB_STORE_URL',
      fallback: '',
      doc: "Where the documents' bytes lie: a folder `file:///…` that every service sees, or `s3://bucket/prefix`. Unset: the running demo's.",
    }),
});

/** As hubs name models: owner and name, neither with a dot in front. */
const HUB_MODEL = /^[A-Za-z0-9_-][A-Za-z0-9._-]{0,95}\/[A-Za-z0-9_-][A-Za-z0-9._-]{0,95}$/;

const model = z
  .object({
    name: z
      .string()
      .regex(HUB_MODEL, 'must be owner/name, as the hub calls the model')
      .optional()
      .register(descriptions, {
        variable: 'DOCSTREAM_MODEL',
        fallback: '',
        doc: 'Embedding model of a hub, `owner/name`, instead of a folder (docs/classification.md). Needs revision and checksum.',
      }),
    revision: z
      .string()
      .regex(
        /^[0-9a-fA-F]{40}$/,
        'must be a commit of 40 hexadecimal digits; a branch or a tag may move and is not pinned',
      )
      .transform((text) => text.toLowerCase())
      .optional()
      .register(descriptions, {
        variable: 'DOCSTREAM_MODEL_REVISION',
        fallback: '',
        doc: 'Commit of the model of DOCSTREAM_MODEL, 40 hexadecimal digits.',
      }),
    mayDownload: flag().register(descriptions, {
      variable: 'DOCSTREAM_MODEL_DOWNLOAD',
      fallback: 'false',
      doc: 'Whether files of DOCSTREAM_MODEL that the cache folder (DOCSTREAM_CACHE_DIR) lacks are fetched from the hub at start.',
    }),
    hub: optionalUrl('http:', 'https:')
      .refine((url) => url === undefined || isPlainUrl(url), {
        error: 'must have neither user, password, query nor fragment',
      })
      .transform((url) => url?.replace(/\/+$/, ''))
      .register(descriptions, {
        variable: 'DOCSTREAM_MODEL_HUB',
        fallback: 'https://huggingface.co',
        doc: 'Base of the hub or of a mirror; files are `{hub}/{owner}/{name}/resolve/{revision}/{file}`.',
      }),
    dir: optionalText().register(descriptions, {
      variable: 'DOCSTREAM_MODEL_DIR',
      fallback: '',
      doc: "Folder of the embedding model (`onnx/model_quantized.onnx`, `tokenizer.json`, …). Unset: the running demo's.",
    }),
    headFile: optionalText().register(descriptions, {
      variable: 'DOCSTREAM_HEAD_FILE',
      fallback: '',
      doc: 'Trained head of the classifier, as `docstream train` makes it. Unset: the shipped `models/head/head.json`.',
    }),
    labelsFile: optionalText().register(descriptions, {
      variable: 'DOCSTREAM_LABELS_FILE',
      fallback: '',
      doc: 'Document types described in words (YAML), instead of a trained head: they work without examples.',
    }),
    sha256: z
      .string()
      .regex(/^[0-9a-fA-F]{64}$/, 'must be a SHA-256 of 64 hexadecimal digits')
      .optional()
      .register(descriptions, {
        variable: 'DOCSTREAM_MODEL_SHA256',
        fallback: '',
        doc: 'SHA-256 that `onnx/model_quantized.onnx` of the embedding model must have; another is refused at start. Unset: any.',
      }),
  })
  .superRefine(({ headFile, labelsFile, name, dir, revision, sha256, mayDownload }, context) => {
    const refuse = (setting: string, message: string) =>
      context.addIssue({ code: 'custom', path: [setting], message });
    if (headFile !== undefined && labelsFile !== undefined)
      refuse('labelsFile', 'and DOCSTREAM_HEAD_FILE are both set: keep one');
    if (name === undefined) {
      if (revision !== undefined)
        refuse('revision', 'is of a model that DOCSTREAM_MODEL names: set both or none');
      if (mayDownload)
        refuse('mayDownload', 'fetches the model that DOCSTREAM_MODEL names: set that, or unset this');
      return;
    }
    if (dir !== undefined) refuse('name', 'and DOCSTREAM_MODEL_DIR are both set: keep one');
    if (revision === undefined)
      refuse('name', 'needs DOCSTREAM_MODEL_REVISION, the commit of 40 hexadecimal digits');
    if (sha256 === undefined)
      refuse('name', 'needs DOCSTREAM_MODEL_SHA256, the checksum of its onnx/model_quantized.onnx');
  });

const http = z.object({
  host: z.string().register(descriptions, {
    variable: 'DOCSTREAM_HTTP_HOST',
    fallback: '127.0.0.1',
    doc: 'Address to listen on. The gateway refuses any but a loopback address without DOCSTREAM_API_KEYS.',
  }),
  port: wholeNumber(0, 65_535).optional().register(descriptions, {
    variable: 'DOCSTREAM_HTTP_PORT',
    fallback: '',
    doc: "Port of the gateway's API (default 8080), or of a service's health and metrics (default 0); 0 = any free port.",
  }),
});

const gateway = z.object({
  apiKeys: z
    .string()
    .optional()
    .transform((text) => splitList(text ?? '').map(readApiKey))
    .refine((keys) => keys.every(({ tenant }) => tenant === null || isTenant(tenant)), {
      error: 'must be keys, or tenant:key where the tenant is a DNS label, separated by commas',
    })
    .refine((keys) => keys.every(({ key }) => key.reveal().length >= 16), {
      error: 'must be keys of at least 16 characters',
    })
    .register(descriptions, {
      variable: 'DOCSTREAM_API_KEYS',
      fallback: '',
      doc: "Keys that the gateway accepts, separated by commas: `key`, or `tenant:key` to bind the key to a tenant. None: everybody on the gateway's address may use it.",
      mayBeInFile: true,
    }),
  uploadLimitBytes: wholeNumber(1, 2_147_483_647).register(descriptions, {
    variable: 'DOCSTREAM_UPLOAD_LIMIT_BYTES',
    fallback: String(100 * MEBIBYTE),
    doc: 'Largest document in bytes.',
  }),
  auditIntervalMs: wholeNumber(0, 86_400_000).register(descriptions, {
    variable: 'DOCSTREAM_AUDIT_INTERVAL_MS',
    fallback: '60000',
    doc: 'How often the gateway looks for documents without an end or with two, in milliseconds; 0: never.',
  }),
});

const parser = z.object({
  adapters: listOf(['pdfjs', 'pdf2json']).register(descriptions, {
    variable: 'DOCSTREAM_PARSER',
    fallback: 'pdfjs',
    doc: 'Which libraries read PDFs, separated by commas: pdfjs, pdf2json. The second is tried where the first finds a PDF damaged.',
  }),
  timeoutMs: wholeNumber(1, 3_600_000).register(descriptions, {
    variable: 'DOCSTREAM_PARSER_TIMEOUT_MS',
    fallback: '60000',
    doc: 'Time for one document in milliseconds; after it the worker process is killed, twice means dead letter.',
  }),
  cpuMs: wholeNumber(1, 3_600_000).register(descriptions, {
    variable: 'DOCSTREAM_PARSER_CPU_MS',
    fallback: '60000',
    doc: 'CPU time for one document in milliseconds, as above; unlike the time it does not grow on a busy machine.',
  }),
  recycleAfter: wholeNumber(1, 1_000_000).register(descriptions, {
    variable: 'DOCSTREAM_PARSER_RECYCLE_AFTER',
    fallback: '500',
    doc: 'Documents after which a worker process of the parser is replaced by a fresh one.',
  }),
  memoryMb: wholeNumber(128, 65_536).register(descriptions, {
    variable: 'DOCSTREAM_PARSER_MEMORY_MB',
    fallback: '1024',
    doc: 'Memory of one worker process in MiB; above it the process is killed.',
  }),
  maxPages: wholeNumber(1, 1_000_000).register(descriptions, {
    variable: 'DOCSTREAM_PARSER_MAX_PAGES',
    fallback: '2000',
    doc: 'Most pages of one document.',
  }),
  outputMb: wholeNumber(1, 2_047).register(descriptions, {
    variable: 'DOCSTREAM_PARSER_OUTPUT_MB',
    fallback: '256',
    doc: 'Largest result of one document in MiB, as it comes out of the worker process; the service holds it twice for a moment.',
  }),
});

const extraction = z.object({
  definitionsFolder: optionalText().register(descriptions, {
    variable: 'DOCSTREAM_DEFINITIONS',
    fallback: '',
    doc: 'Folder with YAML files of your own that say what is extracted (docs/extraction.md); they add to the shipped definitions.',
  }),
});

/** As Tesseract calls languages: `eng`, `chi_sim`. */
const OCR_LANGUAGE = /^[a-z]{3}(?:_[a-z]+)?$/;

const ocr = z.object({
  engine: oneOf(['none', 'tesseract']).register(descriptions, {
    variable: 'DOCSTREAM_OCR',
    fallback: 'none',
    doc: 'What reads the text of pages that are an image only: none or tesseract. Seconds a page.',
  }),
  languages: z
    .string()
    .transform((text) => splitList(text))
    .refine((languages) => languages.length > 0 && languages.every((name) => OCR_LANGUAGE.test(name)), {
      error: 'must be names of languages as Tesseract has them (eng, deu, …), separated by commas',
    })
    .register(descriptions, {
      variable: 'DOCSTREAM_OCR_LANGUAGES',
      fallback: 'eng,deu,fra',
      doc: 'Languages of such pages, the likeliest first. Others than eng, deu and fra need their package `@tesseract.js-data/…`.',
    }),
  dpi: wholeNumber(50, 600).register(descriptions, {
    variable: 'DOCSTREAM_OCR_DPI',
    fallback: '300',
    doc: 'Pixels an inch in which a page is drawn to be read; fewer where it would have more than 16 million pixels.',
  }),
  pageMs: wholeNumber(1_000, 3_600_000).register(descriptions, {
    variable: 'DOCSTREAM_OCR_PAGE_TIMEOUT_MS',
    fallback: '120000',
    doc: 'Time for one page in milliseconds; a page that takes longer stays without text.',
  }),
  documentMs: wholeNumber(1_000, 3_600_000).register(descriptions, {
    variable: 'DOCSTREAM_OCR_DOCUMENT_TIMEOUT_MS',
    fallback: '300000',
    doc: 'Time for all pages of a document together, in milliseconds; pages that would begin later stay without text.',
  }),
  memoryMb: wholeNumber(256, 65_536).register(descriptions, {
    variable: 'DOCSTREAM_OCR_MEMORY_MB',
    fallback: '1024',
    doc: 'Memory of one worker process for such pages in MiB (there are DOCSTREAM_WORKERS of them); above it the process is killed.',
  }),
});

const extractor = z.object({
  embeddedInvoice: oneOf(['prefer-page', 'prefer-xml', 'ignore']).register(descriptions, {
    variable: 'DOCSTREAM_EMBEDDED_INVOICE',
    fallback: 'prefer-page',
    doc: 'Which value a field shows where the page and the electronic invoice inside the PDF contradict each other: prefer-page or prefer-xml; the other becomes its `conflict`. ignore: the page alone is read.',
  }),
});

const work = z
  .object({
    workers: wholeNumber(1, 256).register(descriptions, {
      variable: 'DOCSTREAM_WORKERS',
      fallback: '2',
      doc: 'Worker processes of a stage (parsing, inference). Two at least, so that a document that takes its whole time does not hold up the others.',
    }),
    concurrency: wholeNumber(1, 10_000).register(descriptions, {
      variable: 'DOCSTREAM_CONCURRENCY',
      fallback: '4',
      doc: 'Records in work at the same time in one service.',
    }),
    timeoutMs: wholeNumber(1, 3_600_000).register(descriptions, {
      variable: 'DOCSTREAM_WORK_TIMEOUT_MS',
      fallback: '60000',
      doc: 'Time for one document in the classifier or the extractor, in milliseconds; twice means dead letter.',
    }),
    cpuMs: wholeNumber(1, 3_600_000).register(descriptions, {
      variable: 'DOCSTREAM_WORK_CPU_MS',
      fallback: '60000',
      doc: 'CPU time for one document in the classifier or the extractor, in milliseconds; twice means dead letter.',
    }),
    windowRecords: wholeNumber(1, 100_000).register(descriptions, {
      variable: 'DOCSTREAM_WINDOW_RECORDS',
      fallback: '3000',
      doc: 'Records of one partition that may be fetched and not committed; fetching stops when it is full.',
    }),
    windowBytes: wholeNumber(MEBIBYTE, 17_179_869_184).register(descriptions, {
      variable: 'DOCSTREAM_WINDOW_BYTES',
      fallback: String(16 * MEBIBYTE),
      doc: 'The same in bytes of memory: of records with their headers, and of what they became and is not published yet.',
    }),
    shutdownDeadlineMs: wholeNumber(100, 3_600_000).register(descriptions, {
      variable: 'DOCSTREAM_SHUTDOWN_DEADLINE_MS',
      fallback: '20000',
      doc: 'Longest time from SIGTERM to the end of the process, in milliseconds; stay below terminationGracePeriodSeconds.',
    }),
  })
  .superRefine(({ concurrency, windowRecords }, context) => {
    if (concurrency > windowRecords) {
      context.addIssue({
        code: 'custom',
        path: ['concurrency'],
        message: `is ${concurrency}, more than DOCSTREAM_WINDOW_RECORDS (${windowRecords}): it could never be reached`,
      });
    }
  });

const logging = z.object({
  level: oneOf(['debug', 'info', 'warn', 'error', 'silent']).register(descriptions, {
    variable: 'DOCSTREAM_LOG_LEVEL',
    fallback: 'info',
    doc: 'Least level that is logged: debug, info, warn, error or silent.',
  }),
});

const local = z.object({
  platformFile: optionalText().register(descriptions, {
    variable: 'DOCSTREAM_PLATFORM_FILE',
    fallback: '',
    doc: 'Addresses of a running demo. Unset: `.docstream/platform.json`, looked for from the working folder upward.',
  }),
  cacheDir: optionalText().register(descriptions, {
    variable: 'DOCSTREAM_CACHE_DIR',
    fallback: '',
    doc: 'Where the demo and the tests keep what they fetched, and services the model of DOCSTREAM_MODEL. Unset: `docstream` in XDG_CACHE_HOME or in `~/.cache`.',
  }),
});

/** One schema per concern; the tree that `loadConfig` returns has the same names. */
export const CONCERNS = {
  kafka,
  registry,
  database,
  blobStore,
  model,
  http,
  gateway,
  parser,
  extraction,
  ocr,
  extractor,
  work,
  logging,
  local,
};

export interface ApiKey {
  /** Documents sent with the key belong to it; null: the header `docstream-tenant` decides. */
  readonly tenant: string | null;
  readonly key: Secret;
}

function readApiKey(text: string): ApiKey {
  const colon = text.indexOf(':');
  return colon < 0
    ? { tenant: null, key: new Secret(text) }
    : { tenant: text.slice(0, colon), key: new Secret(text.slice(colon + 1)) };
}

function isPlainUrl(text: string): boolean {
  const { username, password, search, hash } = new URL(text);
  return username === '' && password === '' && search === '' && hash === '';
}
