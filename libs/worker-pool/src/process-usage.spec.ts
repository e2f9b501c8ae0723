import { describe, expect, it } from '@jest/globals';
import { parseCpuTime, readUsage } from './process-usage.js';

describe('readUsage', () => {
  it('tells memory and CPU time of processes that live, and leaves out those that do not', async () => {
    const before = (await readUsage([process.pid])).get(process.pid);
    const own = process.cpuUsage();
    let burnt = 0;
    for (; burnt < 200_000;) {
      const { user, system } = process.cpuUsage(own);
      burnt = user + system;
    }
    const usages = await readUsage([process.pid, 2_147_483_646]);
    expect([...usages.keys()]).toEqual([process.pid]);
    const after = usages.get(process.pid);
    expect(after?.residentBytes).toBeGreaterThan(10_000_000);
    expect((after?.cpuMs ?? 0) - (before?.cpuMs ?? 0)).toBeGreaterThanOrEqual(150);
  });

  it.each([
    ['0:00.03', 30],
    ['01:02', 62_000],
    ['1:00:00', 3_600_000],
    ['2-00:00:01', 172_801_000],
  ])('reads the CPU time %s of `ps`', (text, ms) => {
    expect(parseCpuTime(text)).toBe(ms);
  });
});
