import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

const execute = promisify(execFile);

/** Resident bytes of each process: from /proc on Linux, from `ps` elsewhere. Processes that ended are left out. */
export async function residentBytes(pids: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const found = new Map<number, number>();
  if (process.platform === 'linux') {
    await Promise.all(
      pids.map(async (pid) => {
        const status = await readFile(`/proc/${pid}/status`, 'latin1').catch(() => '');
        const kibibytes = /^VmRSS:\s+(\d+) kB/m.exec(status)?.[1];
        if (kibibytes !== undefined) found.set(pid, Number(kibibytes) * 1024);
      }),
    );
    return found;
  }
  const listed = await execute('ps', ['-o', 'pid=,rss=', '-p', pids.join(',')]).catch(() => ({ stdout: '' }));
  for (const line of listed.stdout.split('\n')) {
    const [pid, kibibytes] = line.trim().split(/\s+/).map(Number);
    if (pid !== undefined && kibibytes !== undefined) found.set(pid, kibibytes * 1024);
  }
  return found;
}
