import { systemClock, type Clock } from '@docstream/core';
import { fatalLine } from './fatal-line.js';
import { runService, type RunningService, type ServiceOptions } from './run-service.js';
import { processHost, type ServiceHost } from './service-host.js';

/** What wiring says of the service; the rest is the process's. */
export type WiredService = Omit<ServiceOptions, 'name' | 'process' | 'clock'>;

export interface WiringOptions {
  readonly name: string;
  /** Reads the configuration and makes the parts. What it throws is a fatal error: one line on stderr, exit 1. */
  readonly wire: () => WiredService;
  readonly process?: ServiceHost;
  readonly clock?: Clock;
}

/** As runService, for a service that is yet to be wired. */
export async function runWiredService(options: WiringOptions): Promise<RunningService | null> {
  const { name, wire, process = processHost(), clock = systemClock } = options;
  let wired: WiredService;
  try {
    wired = wire();
  } catch (error) {
    process.writeLine(fatalLine(error, { service: name, isStarting: true, nowMs: clock.nowMs() }));
    process.exit(1);
    return null;
  }
  return runService({ ...wired, name, process, clock });
}
