import { setTimeout as delay } from 'node:timers/promises';
import { startGuarded } from './guarded-process.js';
import { describeExit, tailOf, waitUntilUp } from './health.js';
import { PlatformError } from './platform-types.js';
import { messageOf } from './thrown.js';
import type {
  GuardedProcess,
  ProcessState,
  ServiceSpec,
  Supervisor,
  SupervisorOptions,
} from './supervisor-types.js';

const DEFAULT_READY_WITHIN_MS = 60_000;

interface Supervised {
  readonly spec: ServiceSpec;
  process: GuardedProcess | undefined;
  state: ProcessState;
  restarts: number;
  /** Settles when it is no longer kept running. */
  kept: Promise<void>;
}

async function answers(url: string): Promise<boolean> {
  const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
  await response.body?.cancel();
  return response.ok;
}

/** A supervisor without services yet; several may live side by side. */
export function createSupervisor({
  onEvent = () => undefined,
  restartDelayMs = 1_000,
  maxRestartDelayMs = 30_000,
  stableAfterMs = 30_000,
}: SupervisorOptions = {}): Supervisor {
  const services = new Map<string, Supervised>();
  const stopping = new AbortController();

  async function keepRunning(service: Supervised, first: GuardedProcess): Promise<void> {
    let delayMs = restartDelayMs;
    let current: GuardedProcess | undefined = first;
    while (!stopping.signal.aborted) {
      if (current !== undefined) {
        const startedAt = performance.now();
        const exit = await current.exited;
        service.process = undefined;
        if (stopping.signal.aborted) break;
        if (performance.now() - startedAt >= stableAfterMs) delayMs = restartDelayMs;
        onEvent(
          `${service.spec.name} ended (${describeExit(exit)}); starting it again in ${delayMs / 1_000} s`,
        );
      }
      service.state = 'waiting';
      await delay(delayMs, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) break;
      delayMs = Math.min(delayMs * 2, maxRestartDelayMs);
      current = await startAgain(service);
    }
    service.state = 'stopped';
  }

  async function startAgain(service: Supervised): Promise<GuardedProcess | undefined> {
    try {
      const started = await startGuarded(service.spec);
      if (stopping.signal.aborted) {
        await started.stop();
        return undefined;
      }
      service.process = started;
      service.state = 'running';
      service.restarts += 1;
      onEvent(`${service.spec.name} is started again`);
      return started;
    } catch (error) {
      onEvent(messageOf(error));
      return undefined;
    }
  }

  async function start(spec: ServiceSpec): Promise<void> {
    if (stopping.signal.aborted)
      throw new PlatformError(`${spec.name} is not started: everything is stopping.`);
    if (services.has(spec.name)) throw new PlatformError(`${spec.name} is started already.`);
    const service: Supervised = {
      spec,
      process: undefined,
      state: 'starting',
      restarts: 0,
      kept: Promise.resolve(),
    };
    services.set(spec.name, service);
    const launching = startGuarded(spec);
    service.kept = launching.then(
      async (started) => {
        service.process = started;
        if (stopping.signal.aborted) await started.stop();
        else await keepRunning(service, started);
      },
      () => undefined,
    );
    await launching;
    const { readyUrl } = spec;
    if (readyUrl !== undefined) {
      await waitUntilUp({
        name: spec.name,
        probe: () => answers(readyUrl),
        withinMs: spec.readyWithinMs ?? DEFAULT_READY_WITHIN_MS,
        logFile: spec.logFile,
        signal: stopping.signal,
      });
    }
    if (service.process === undefined)
      throw new PlatformError(`${spec.name} ended right after its start.`, { detail: tailOf(spec.logFile) });
    service.state = 'running';
  }

  async function stop(): Promise<void> {
    stopping.abort();
    await Promise.all(
      [...services.values()].map(async (service) => {
        await service.process?.stop();
        await service.kept;
        service.state = 'stopped';
      }),
    );
  }

  return {
    start,
    stop,
    pidOf: (name) => services.get(name)?.process?.pid,
    stateOf: (name) => services.get(name)?.state ?? 'stopped',
    restartsOf: (name) => services.get(name)?.restarts ?? 0,
  };
}
