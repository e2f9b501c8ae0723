/** Where any part of a service reports what must end it; made before the service, so that wiring can hand it on. */
export interface FatalReporter {
  /** The first report counts; the process then closes within its deadline and exits with 1. */
  readonly report: (error: unknown) => void;
  /** Calls the listener with the first report, at once when there was one already. */
  readonly onReport: (listener: (error: unknown) => void) => void;
}

export function createFatalReporter(): FatalReporter {
  let reported: { readonly error: unknown } | undefined;
  const listeners: ((error: unknown) => void)[] = [];
  return {
    report: (error) => {
      if (reported !== undefined) return;
      reported = { error };
      for (const listener of listeners) listener(error);
    },
    onReport: (listener) => {
      if (reported === undefined) listeners.push(listener);
      else listener(reported.error);
    },
  };
}
