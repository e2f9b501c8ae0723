import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);
/** Counted from the state, the first field after the name (proc(5)). */
const STAT_FIELDS = { utime: 11, stime: 12 } as const;
/** Linux tells CPU time in USER_HZ, which is 100 on every architecture that Node runs on. */
const TICK_MS = 10;

export interface ProcessUsage {
  readonly residentBytes: number;
  /** User and system time of all threads since the process began. */
  readonly cpuMs: number;
}

/** What each process uses: from /proc on Linux, from `ps` elsewhere. Processes that ended are left out. */
export async function readUsage(pids: readonly number[]): Promise<ReadonlyMap<number, ProcessUsage>> {
  const found = new Map<number, ProcessUsage>();
  if (process.platform === 'linux') {
    await Promise.all(
      pids.map(async (pid) => {
        const usage = await readProc(pid).catch(() => null);
        if (usage !== null) found.set(pid, usage);
      }),
    );
    return found;
  }
  const listed = await execute('ps', ['-o', 'pid=,rss=,time=', '-p', pids.join(',')]).catch(() => ({
    stdout: '',
  }));
  for (const line of listed.stdout.split('\n')) {
    const [pid, kibibytes, time] = line.trim().split(/\s+/);
    if (time === undefined) continue;
    found.set(Number(pid), { residentBytes: Number(kibibytes) * 1024, cpuMs: parseCpuTime(time) });
  }
  return found;
}

async function readProc(pid: number): Promise<ProcessUsage | null> {
  const [status, stat] = await Promise.all([
    readFile(`/proc/${pid}/status`, 'latin1'),
    readFile(`/proc/${pid}/stat`, 'latin1'),
  ]);
  const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
  // The name stands in brackets and may have spaces and brackets itself.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[STAT_FIELDS.utime]) + Number(fields[STAT_FIELDS.stime]);
  if (kibibytes === undefined || Number.isNaN(ticks)) return null;
  return { residentBytes: Number(kibibytes) * 1024, cpuMs: ticks * TICK_MS };
}

/** `[[days-]hours:]minutes:seconds`, as POSIX says; some systems add hundredths. */
export function parseCpuTime(time: string): number {
  const [clock = '', days = '0'] = time.split('-').reverse();
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
  return Math.round((Number(days) * 86_400 + seconds) * 1_000);
}
