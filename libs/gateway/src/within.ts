import type { Clock } from '@docstream/core';

const LATE = Symbol('late');

/** Rejects with `onLate()` after `ms`; the work itself can't be stopped and what becomes of it is ignored then. */
export async function within<T>(clock: Clock, ms: number, work: Promise<T>, onLate: () => Error): Promise<T> {
  const settled = new AbortController();
  try {
    const first = await Promise.race([work, clock.sleep(ms, settled.signal).then(() => LATE)]);
    if (first === LATE) throw onLate();
    return first as T;
  } finally {
    settled.abort();
  }
}
