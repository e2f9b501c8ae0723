import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { PlatformError } from './platform-types.js';
import { findPorts } from './ports.js';
import { livingInGroups } from './process-groups.js';
import type { ServiceSpec, Supervisor } from './supervisor-types.js';
import { createSupervisor } from './supervisor.js';

let folder: string;
let supervisor: Supervisor;
let events: string[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'docstream-supervisor-'));
  events = [];
  supervisor = createSupervisor({ restartDelayMs: 20, onEvent: (sentence) => events.push(sentence) });
});

afterEach(async () => {
  await supervisor.stop();
  rmSync(folder, { recursive: true, force: true });
});

function service(code: string, more: Partial<ServiceSpec> = {}): ServiceSpec {
  return {
    name: 'sample',
    command: process.execPath,
    args: ['-e', code],
    env: { PATH: process.env['PATH'], MARK: join(folder, 'mark') },
    logFile: join(folder, 'sample.log'),
    ...more,
  };
}

async function until(isTrue: () => boolean): Promise<void> {
  for (let attempt = 0; attempt < 1_000; attempt += 1) {
    if (isTrue()) return;
    await delay(20);
  }
  throw new Error('did not become true');
}

const MARK = "require('node:fs').writeFileSync(process.env.MARK, '');";
const STAY = 'setInterval(() => undefined, 1_000);';

function pid(): number {
  const found = supervisor.pidOf('sample');
  if (found === undefined) throw new Error('not running');
  return found;
}

describe('Supervisor', () => {
  it('starts a killed service again', async () => {
    await supervisor.start(service(STAY));
    const first = pid();
    process.kill(first, 'SIGKILL');
    await until(() => supervisor.restartsOf('sample') === 1);
    expect(pid()).not.toBe(first);
    expect(events[0]).toBe('sample ended (SIGKILL); starting it again in 0.02 s');
  });

  it('waits longer each time while the service keeps dying', async () => {
    await supervisor.start(service('process.exit(3)'));
    await until(() => supervisor.restartsOf('sample') >= 2);
    expect(events.filter((sentence) => sentence.includes('ended')).slice(0, 2)).toEqual([
      'sample ended (exit code 3); starting it again in 0.02 s',
      'sample ended (exit code 3); starting it again in 0.04 s',
    ]);
  });

  it('lets a service end in order and restarts nothing after stop', async () => {
    await supervisor.start(
      service(`process.on('SIGTERM', () => { ${MARK} process.exit(0); }); console.log('up'); ${STAY}`),
    );
    await until(() => readFileSync(join(folder, 'sample.log'), 'utf8').includes('up'));
    const group = pid();
    await supervisor.stop();
    expect(existsSync(join(folder, 'mark'))).toBe(true);
    expect(livingInGroups([group])).toEqual([]);
    expect(supervisor.restartsOf('sample')).toBe(0);
    expect(supervisor.stateOf('sample')).toBe('stopped');
  });

  it('kills a service that does not stop in time', async () => {
    await supervisor.start(
      service(`process.on('SIGTERM', () => undefined); console.log('up'); ${STAY}`, { stopWithinMs: 300 }),
    );
    await until(() => readFileSync(join(folder, 'sample.log'), 'utf8').includes('up'));
    const group = pid();
    await supervisor.stop();
    expect(livingInGroups([group])).toEqual([]);
  });

  it('leaves no child of a killed service', async () => {
    const worker = JSON.stringify(`process.on('SIGTERM', () => undefined); ${STAY}`);
    await supervisor.start(
      service(
        `require('node:child_process').spawn(process.execPath, ['-e', ${worker}], { stdio: 'ignore' }); console.log('up'); ${STAY}`,
      ),
    );
    await until(() => readFileSync(join(folder, 'sample.log'), 'utf8').includes('up'));
    const group = pid();
    process.kill(group, 'SIGKILL');
    await until(() => supervisor.restartsOf('sample') === 1);
    expect(livingInGroups([group])).toEqual([]);
  });

  it('counts a service as running when it answers', async () => {
    const [port] = await findPorts(1);
    await supervisor.start(
      service(`require('node:http').createServer((q, r) => r.end()).listen(${port}, '127.0.0.1')`, {
        readyUrl: `http://127.0.0.1:${port}/`,
      }),
    );
    expect(supervisor.stateOf('sample')).toBe('running');
  });

  it('shows the end of the log of a service that never answers', async () => {
    const [port] = await findPorts(1);
    const started = supervisor.start(
      service(`console.log('no such setting'); ${STAY}`, {
        readyUrl: `http://127.0.0.1:${port}/`,
        readyWithinMs: 500,
      }),
    );
    const error = await started.catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(PlatformError);
    expect((error as PlatformError).detail).toContain('no such setting');
  });
});
