import { parseArgs } from 'node:util';

export interface DemoArguments {
  /** End when the documents have; otherwise run until Ctrl-C. */
  readonly once: boolean;
  /** One JSON object a document on stdout, nothing else there. */
  readonly json: boolean;
  readonly help: boolean;
  readonly paths: readonly string[];
}

export const USAGE = `Usage: npm run demo -- [--once] [--json] [PATH…]

Starts Kafka, a schema registry, PostgreSQL and every Docstream service on this machine, sends PDFs through them and
shows what was found. PATH: PDFs, folders or globs; default: the sample documents.

  --once   end when every document has reached its end state (otherwise: run until Ctrl-C)
  --json   print one JSON object a document and line to stdout; progress goes to stderr
  --help   show this text
`;

/** Throws a TypeError whose message names the wrong argument. */
export function readArguments(argv: readonly string[]): DemoArguments {
  const { values, positionals } = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {
      once: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  return { ...values, paths: positionals };
}
