import { execFileSync } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { codeOf } from './thrown.js';

interface ProcessRow {
  readonly pid: number;
  readonly group: number;
  readonly state: string;
}

/** The row of one process; undefined when it ended meanwhile. */
function readRow(pid: string): ProcessRow | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // After the name, which may contain anything: state, parent, group.
    const [state = '', , group] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { pid: Number(pid), group: Number(group), state };
  } catch {
    return undefined;
  }
}

function processTable(): ProcessRow[] {
  if (process.platform === 'linux')
    return readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? (readRow(name) ?? []) : []));
  const table = execFileSync('ps', ['-A', '-o', 'pid=,pgid=,stat='], { encoding: 'utf8' });
  return table.split('\n').flatMap((line) => {
    const [pid, group, state] = line.trim().split(/\s+/);
    return state === undefined ? [] : [{ pid: Number(pid), group: Number(group), state }];
  });
}

/** Ids of the processes of these groups that live; one that is dead and was not yet waited for (a zombie) does not. */
export function livingInGroups(groups: readonly number[]): number[] {
  return processTable()
    .filter(({ group, state }) => groups.includes(group) && !state.startsWith('Z'))
    .map(({ pid }) => pid);
}

/** Whether anything of the group lives. */
export function livesGroup(group: number): boolean {
  try {
    process.kill(-group, 0);
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false;
  }
  return livingInGroups([group]).length > 0;
}
