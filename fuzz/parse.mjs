// Damaged PDFs through the parser's own pool: its budgets (shorter times), its sandbox, its worker processes.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { loadConfig } from '@docstream/config';
import { classifyError, unpackParsed } from '@docstream/core';
import { createWorkerPool } from '@docstream/worker-pool';
import { parserPool, toParseInput } from '../apps/parser/dist/pool.js';
import { violationsOf } from './invariants.mjs';

const WALL_MS = 10_000;
/** Two tries, two starts of a process, and a busy machine. */
const HANG_MS = 2 * WALL_MS + 60_000;
const ENDS = /^(PDF_|PARSE_|NOT_A_PDF$)/;

export class ParserTarget {
  #config;
  #pool;

  constructor({ workers, adapter }) {
    this.#config = loadConfig({
      DOCSTREAM_PARSER: adapter,
      DOCSTREAM_PARSER_TIMEOUT_MS: String(WALL_MS),
      DOCSTREAM_PARSER_CPU_MS: String(WALL_MS),
    });
    this.#pool = createWorkerPool({
      ...parserPool(this.#config),
      function: { module: new URL('../apps/parser/dist/worker.js', import.meta.url), export: 'parsePdf' },
      size: workers,
    });
  }

  ready() {
    return this.#pool.ready();
  }

  close() {
    return this.#pool.close();
  }

  /** How it ended, and what is wrong with that, if anything. */
  async try(bytes) {
    const input = toParseInput(this.#config, bytes);
    const context = { documentId: 'fuzz', run: 'fuzz', attempt: 1, deadlineMs: WALL_MS };
    const giveUp = new AbortController();
    const hang = sleep(HANG_MS, null, { signal: giveUp.signal, ref: false }).catch(() => null);
    try {
      const answer = await Promise.race([this.#pool.run(input, context), hang]);
      if (answer === null) return { end: 'hang', trouble: [`no answer within ${HANG_MS} ms`] };
      const { quality, parsed } = answer.value;
      return { end: quality, trouble: violationsOf(await unpackParsed(parsed)) };
    } catch (thrown) {
      const { code, message, stack } = classifyError(thrown);
      return { end: code, trouble: ENDS.test(code) ? [] : [message, stack ?? ''] };
    } finally {
      giveUp.abort();
    }
  }
}

/** Keeps the input of a finding, and what was wrong with it. */
export function keepFinding(folder, { number, source, mutations, bytes }, seed, { end, trouble }) {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `parse-${seed}-${number}.pdf`);
  writeFileSync(file, bytes);
  return {
    case: number,
    source,
    mutations,
    end,
    trouble,
    file,
    repeat: `npm run fuzz -- parse --file ${file}`,
  };
}
