import {
  WHOLE_AUDIT,
  auditDeliveries,
  type AuditCursor,
  type AuditReport,
  type AuditedRun,
} from '@docstream/core';
import type { GatewayOptions } from './ports.js';

/** Names in one line of the log; `docstream audit` lists all. */
const LOGGED = 10;

/**
 * Audits every so often, beside the requests. The first round looks at everything, later ones at what is new or not at
 * its end. What was found doubled, unread or vanished stays counted until the gateway restarts; what was missing and has an end
 * now does not. While Kafka or the database is away, the store behind or a position unknown, the last numbers stay and the last run
 * gets old.
 */
export class AuditLoop {
  readonly #options: GatewayOptions;
  readonly #stopped = new AbortController();
  /** Found for good, by run or coordinates. */
  readonly #found = new Set<string>();
  readonly #record: (imbalance: number, checked: number, isWhole: boolean) => void;
  readonly #fail: () => void;
  #cursor: AuditCursor = new Map();
  /** Without an end when that could last be judged. */
  #unfinished = 0;

  constructor(options: GatewayOptions) {
    this.#options = options;
    const { metrics, clock } = options.ports;
    const imbalance = metrics.gauge({
      name: 'docstream_audit_imbalance',
      help: 'Documents without an end that nobody will bring to one, and runs with two: `docstream audit` names them.',
    });
    const checked = metrics.counter({
      name: 'docstream_audit_checked_total',
      help: 'Records of the ingest topic that were audited; those above a low watermark again when it has passed them.',
    });
    const lastRun = metrics.gauge({
      name: 'docstream_audit_last_run_timestamp_seconds',
      help: 'When the last audit ended that could judge every document.',
    });
    const failures = metrics.counter({
      name: 'docstream_audit_failures_total',
      help: 'Audits that could not be made: Kafka or the database was away.',
    });
    this.#fail = () => failures.inc();
    this.#record = (found, records, isWhole) => {
      imbalance.set(found);
      checked.inc(records);
      if (isWhole) lastRun.set(clock.nowMs() / 1_000);
    };
  }

  start(): void {
    if ((this.#options.settings.auditIntervalMs ?? 0) > 0) void this.#run();
  }

  /** Begins no further round. */
  stop(): void {
    this.#stopped.abort();
  }

  /** One round; never throws. */
  async audit(): Promise<void> {
    const { audit, clock, logger } = this.#options.ports;
    try {
      const report = await auditDeliveries({ ...audit, clock }, { ...WHOLE_AUDIT, cursor: this.#cursor });
      this.#cursor = report.cursor;
      this.#note(report);
    } catch (error) {
      if (this.#stopped.signal.aborted) return;
      this.#fail();
      logger.warn('the audit could not be made', { event: 'audit-failed', error });
    }
  }

  #note({ missing, doubled, checked, unjudged }: AuditReport): void {
    const isWhole = unjudged.length === 0;
    for (const { documentId, run } of doubled) this.#found.add(`${documentId} ${run}`);
    const isForGood = ({ event }: AuditedRun): boolean => event === 'unread' || event === 'vanished';
    for (const one of missing.filter(isForGood)) this.#found.add(one.source);
    if (isWhole) this.#unfinished = missing.filter((one) => !isForGood(one)).length;
    this.#record(this.#found.size + this.#unfinished, checked, isWhole);
    if (missing.length + doubled.length === 0) return;
    this.#options.ports.logger.error('documents have no end, or two', {
      event: 'audit-imbalance',
      missing: missing.slice(0, LOGGED).map(({ documentId, source }) => `${documentId} ${source}`),
      doubled: doubled
        .slice(0, LOGGED)
        .map(({ documentId, outcomes }) => `${documentId} ${outcomes.join(' ')}`),
    });
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopped;
    while (!signal.aborted) {
      await this.audit();
      await this.#options.ports.clock.sleep(this.#options.settings.auditIntervalMs ?? 0, signal);
    }
  }
}
