/**
 * What a program does when what it prints can't be written: a pipe that its reader closed early (`… | head`) is no failure;
 * anything else ends with 1 and is said.
 */
export function outputFailureOf({ code, message }: NodeJS.ErrnoException): {
  readonly exitCode: 0 | 1;
  readonly problem: string | null;
} {
  if (code === 'EPIPE') return { exitCode: 0, problem: null };
  const reason = code === 'ENOSPC' ? `there is no room left: ${message}` : message;
  return { exitCode: 1, problem: `error: the output cannot be written (${reason})\n` };
}
