import { systemClock, type Clock } from './ports/clock.js';

const LATE = Symbol('late');

/**
 * What `work` gives, or a rejection with `onLate()` after `ms`: the peer may be a black hole. The work itself can't be
 * stopped, and what becomes of it is ignored then.
 */
export async function within<T>(
  ms: number,
  work: Promise<T>,
  onLate: () => Error,
  clock: Clock = systemClock,
): Promise<T> {
  const settled = new AbortController();
  try {
    const late = clock.sleep(ms, settled.signal).then((): typeof LATE => LATE);
    const first = await Promise.race([work, late]);
    if (first === LATE) throw onLate();
    return first;
  } finally {
    settled.abort();
  }
}
