// CPU time as the kernel counts it: what else the machine does hardly shows in it, unlike in the time by the clock.
import { readFileSync, readdirSync } from 'node:fs';

const NANOSECONDS = 1_000_000;

/** Milliseconds that the threads of these processes have had since they began; null where the system does not tell. */
export function readCpuMs(pids) {
  let sum = 0;
  try {
    for (const pid of pids)
      for (const thread of readdirSync(`/proc/${pid}/task`))
        sum += Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'latin1').split(' ', 1)[0]);
  } catch (error) {
    if (error.code === 'ENOENT' || error.code === 'ESRCH') return null;
    throw error;
  }
  return sum / NANOSECONDS;
}
