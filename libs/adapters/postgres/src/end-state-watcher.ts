import { isEndState, type DocumentId, type DocumentState, type RunId } from '@docstream/contracts';
import { systemClock, type Clock, type EndStateWatcher, type Logger } from '@docstream/core';
import pg from 'pg';
import type { Database } from './database.js';
import { END_STATE_CHANNEL } from './document-rows.js';

export interface WatcherSettings {
  readonly logger?: Logger;
  readonly clock?: Clock;
  /** Longest pause between two attempts to connect, in milliseconds. */
  readonly maxReconnectMs?: number;
}

type Wake = () => void;

/**
 * One connection that LISTENs, opened when somebody waits and opened again when it breaks; after every (re)connection
 * all waited-for rows are looked up, because what was notified in between is gone.
 */
export function createEndStateWatcher(database: Database, settings: WatcherSettings = {}): EndStateWatcher {
  return new PostgresEndStateWatcher(database, settings);
}

class PostgresEndStateWatcher implements EndStateWatcher {
  readonly #database: Database;
  readonly #clock: Clock;
  readonly #logger: Logger | undefined;
  readonly #maxReconnectMs: number;
  readonly #waiting = new Map<string, Set<Wake>>();
  readonly #closed = new AbortController();
  #listening: Promise<void> | undefined;
  #client: pg.Client | undefined;

  constructor(database: Database, { logger, clock = systemClock, maxReconnectMs = 2_000 }: WatcherSettings) {
    this.#database = database;
    this.#clock = clock;
    this.#logger = logger;
    this.#maxReconnectMs = maxReconnectMs;
  }

  async waitForEnd(documentId: DocumentId, run: RunId, timeoutMs: number): Promise<boolean> {
    const key = `${documentId} ${run}`;
    const done = new AbortController();
    let wake: Wake = () => undefined;
    const woken = new Promise<boolean>((resolve) => {
      wake = () => resolve(true);
    });
    this.#register(key, wake);
    const signal = AbortSignal.any([done.signal, this.#closed.signal]);
    try {
      this.#listening ??= this.#listen();
      // The row is looked up after LISTEN began: an end before that is seen here, an end after that is notified.
      void this.#listening.then(() => this.#lookUp([key]));
      return await Promise.race([woken, this.#clock.sleep(timeoutMs, signal).then(() => false)]);
    } finally {
      done.abort();
      this.#unregister(key, wake);
    }
  }

  async close(): Promise<void> {
    this.#closed.abort();
    const client = this.#client;
    this.#client = undefined;
    await client?.end();
  }

  #register(key: string, wake: Wake): void {
    const wakes = this.#waiting.get(key) ?? new Set();
    this.#waiting.set(key, wakes.add(wake));
  }

  #unregister(key: string, wake: Wake): void {
    const wakes = this.#waiting.get(key);
    wakes?.delete(wake);
    if (wakes?.size === 0) this.#waiting.delete(key);
  }

  /** Resolves when LISTEN is in force; keeps trying until closed. */
  async #listen(): Promise<void> {
    for (
      let delayMs = 100;
      !this.#closed.signal.aborted;
      delayMs = Math.min(delayMs * 2, this.#maxReconnectMs)
    ) {
      const client = new pg.Client({
        connectionString: this.#database.url,
        application_name: 'docstream-listen',
        connectionTimeoutMillis: 5_000,
        keepAlive: true,
      });
      client.on('error', (error) => this.#lose(client, error));
      client.on('end', () => this.#lose(client));
      client.on('notification', ({ payload }) => this.#wake(payload ?? ''));
      try {
        await client.connect();
        await client.query(`LISTEN ${END_STATE_CHANNEL}`);
        if (this.#closed.signal.aborted) return await client.end();
        this.#client = client;
        return;
      } catch (error) {
        this.#logger?.debug('could not listen to PostgreSQL yet', { error: String(error) });
        await Promise.race([client.end(), this.#clock.sleep(1_000)]).catch((reason: unknown) =>
          this.#logger?.debug('closing a connection failed', { error: String(reason) }),
        );
        await this.#clock.sleep(delayMs, this.#closed.signal);
      }
    }
  }

  #lose(client: pg.Client, error?: Error): void {
    if (client !== this.#client) return;
    this.#client = undefined;
    this.#logger?.debug('listening to PostgreSQL ended', { error: error?.message ?? 'closed' });
    this.#listening = this.#closed.signal.aborted
      ? undefined
      : this.#listen().then(() => this.#lookUp([...this.#waiting.keys()]));
  }

  async #lookUp(keys: readonly string[]): Promise<void> {
    if (keys.length === 0 || this.#closed.signal.aborted) return;
    try {
      const { rows } = await this.#database.query(
        `SELECT document_id || ' ' || run AS key, state FROM docstream.runs
         WHERE (document_id, run) IN (SELECT split_part(key, ' ', 1), split_part(key, ' ', 2) FROM unnest($1::text[]) AS key)
         UNION ALL SELECT document_id || ' ' || run, state FROM docstream.tombstones
         WHERE (document_id, run) IN (SELECT split_part(key, ' ', 1), split_part(key, ' ', 2) FROM unnest($1::text[]) AS key)`,
        [keys],
      );
      for (const row of rows) {
        if (isEndState(String(row['state']) as DocumentState)) this.#wake(String(row['key']));
      }
    } catch (error) {
      this.#logger?.debug('could not look up who has ended', { error: String(error) });
    }
  }

  #wake(key: string): void {
    for (const wake of this.#waiting.get(key) ?? []) wake();
  }
}
