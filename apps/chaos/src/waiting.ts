import { setTimeout as delay } from 'node:timers/promises';

/** What was waited for did not come in time. */
export class WaitError extends Error {
  constructor(what: string, withinMs: number) {
    super(`waited ${Math.round(withinMs / 1_000)} s in vain: ${what}`);
    this.name = new.target.name;
  }
}

/** Polls until the condition holds; fails with a WaitError. An error of the condition is an error of the wait. */
export async function until(
  what: string,
  condition: () => boolean | Promise<boolean>,
  withinMs = 60_000,
): Promise<void> {
  const end = performance.now() + withinMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new WaitError(what, withinMs);
    await delay(50);
  }
}

/** As `until`, but says whether it came. */
export async function comes(condition: () => boolean | Promise<boolean>, withinMs: number): Promise<boolean> {
  try {
    await until('it', condition, withinMs);
    return true;
  } catch (error) {
    if (error instanceof WaitError) return false;
    throw error;
  }
}
