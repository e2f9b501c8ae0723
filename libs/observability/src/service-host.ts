/** What a service needs of the process it runs in. */
export interface ServiceHost {
  /** Calls back at SIGTERM and SIGINT; and, for a supervised service, when the supervisor's pipe closes. */
  onStop(listener: (reason: string) => void): void;
  /** Calls back for exceptions and rejections that nobody handled. */
  onCrash(listener: (error: unknown) => void): void;
  /** One line to stderr, whatever the log level. */
  writeLine(line: string): void;
  exit(code: number): void;
}

/**
 * The real process. With `supervised`, the end of stdin stops the service too: a supervisor that was killed closes its
 * pipes, and nothing of it stays behind.
 */
export function processHost({ supervised = false }: { readonly supervised?: boolean } = {}): ServiceHost {
  return {
    onStop: (listener) => {
      process.on('SIGTERM', () => listener('SIGTERM'));
      process.on('SIGINT', () => listener('SIGINT'));
      if (!supervised) return;
      const gone = (): void => listener('supervisor gone');
      process.stdin.once('end', gone).once('close', gone).once('error', gone).resume();
    },
    onCrash: (listener) => {
      process.on('uncaughtException', listener);
      process.on('unhandledRejection', listener);
    },
    writeLine: (line) => void process.stderr.write(`${line}\n`),
    exit: (code) => process.exit(code),
  };
}
