/** Why the system refused a file: code (`ENOENT`, …) and reason; null when it is no such error. */
export function fileErrorOf(error: unknown): { readonly code: string; readonly reason: string } | null {
  if (typeof error !== 'object' || error === null || !('code' in error) || !('message' in error)) return null;
  if (typeof error.code !== 'string' || typeof error.message !== 'string') return null;
  return { code: error.code, reason: error.message };
}
