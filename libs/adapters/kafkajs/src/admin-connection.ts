import { DependencyError, systemClock, within, type Logger } from '@docstream/core';
import type { Admin } from 'kafkajs';
import type { KafkaClient } from './client.js';
import { KAFKA, protocolErrorType, toDocstreamError } from './errors.js';

/** A coordinator or leader is elsewhere, or not there yet; kafkajs does not look again. */
const MOVING = new Set([
  'NOT_COORDINATOR_FOR_GROUP',
  'GROUP_COORDINATOR_NOT_AVAILABLE',
  'GROUP_LOAD_IN_PROGRESS',
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
]);
export const MOVING_PAUSE_MS = 100;

/** kafkajs's admin client with a deadline for every question. Connects at the first one. */
export class AdminConnection {
  readonly #client: KafkaClient;
  readonly #logger: Logger;
  #admin: Promise<Admin> | undefined;

  constructor(client: KafkaClient, logger: Logger) {
    this.#client = client;
    this.#logger = logger;
  }

  /** Repeats what a moving coordinator refuses. Rejects with our classes, after `deadlineMs` with BROKER_UNAVAILABLE. */
  async ask<T>(what: string, deadlineMs: number, question: (admin: Admin) => Promise<T>): Promise<T> {
    const deadline = new AbortController();
    try {
      return await within(deadlineMs, this.#repeat(question, deadline.signal), () => late(what, deadlineMs));
    } catch (error) {
      throw toDocstreamError(error, what);
    } finally {
      deadline.abort();
    }
  }

  /** Resolves at the latest after `deadlineMs`. */
  async close(deadlineMs: number): Promise<void> {
    const opened = this.#admin;
    this.#admin = undefined;
    if (opened === undefined) return;
    try {
      const closed = opened.then((admin) => admin.disconnect());
      await within(deadlineMs, closed, () => late('closing', deadlineMs));
    } catch (error) {
      this.#logger.debug('closing the admin client failed', { error: String(error) });
    }
  }

  async #repeat<T>(question: (admin: Admin) => Promise<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        return await question(await this.#connected());
      } catch (error) {
        if (signal.aborted || !MOVING.has(protocolErrorType(error) ?? '')) throw error;
      }
      await systemClock.sleep(MOVING_PAUSE_MS, signal);
    }
  }

  #connected(): Promise<Admin> {
    this.#admin ??= this.#connect();
    return this.#admin;
  }

  async #connect(): Promise<Admin> {
    const admin = this.#client.admin();
    try {
      await admin.connect();
      return admin;
    } catch (error) {
      this.#admin = undefined;
      throw error;
    }
  }
}

export function late(what: string, deadlineMs: number): DependencyError {
  return new DependencyError(
    'BROKER_UNAVAILABLE',
    KAFKA,
    `${what}: Kafka did not answer within ${deadlineMs} ms`,
  );
}
