export type Environment = Readonly<Record<string, string | undefined>>;

const PREFIX = 'DOCSTREAM_';
/**
 * What Kubernetes puts into every pod for a service whose name begins with `docstream` (service links), see
 * kubernetes.io/docs/concepts/services-networking/service/#environment-variables.
 */
const SERVICE_LINKS = [
  /^DOCSTREAM(_[A-Z0-9_]+)?_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/,
  /^DOCSTREAM(_[A-Z0-9_]+)?_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/,
];
const SERVICE_LINK_URL = /^(tcp|udp|sctp):\/\//;

/** One sentence for each `DOCSTREAM_*` variable that is not known, with the nearest name that is. */
export function findUnknownVariables(env: Environment, known: readonly string[]): string[] {
  return Object.entries(env)
    .filter(([name, value]) => name.startsWith(PREFIX) && value !== undefined && !known.includes(name))
    .filter(([name, value]) => !isServiceLink(name, value ?? ''))
    .map(([name]) => name)
    .sort()
    .map((name) => {
      const nearest = nearestName(name, known);
      return nearest === undefined
        ? `${name} is unknown: unset it (docs/reference/configuration.md lists the settings)`
        : `${name} is unknown: did you mean ${nearest}?`;
    });
}

function isServiceLink(name: string, value: string): boolean {
  return (
    SERVICE_LINKS.some((link) => link.test(name)) || (name.endsWith('_PORT') && SERVICE_LINK_URL.test(value))
  );
}

/** The name with the fewest edits, unless more than half of the name would change. */
export function nearestName(name: string, known: readonly string[]): string | undefined {
  const wanted = name.slice(PREFIX.length);
  let nearest: string | undefined;
  let fewest = Math.floor(wanted.length / 2) + 1;
  for (const candidate of known) {
    const edits = editDistance(wanted, candidate.slice(PREFIX.length));
    if (edits < fewest) {
      fewest = edits;
      nearest = candidate;
    }
  }
  return nearest;
}

/** Levenshtein distance. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const substitution = (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}

/** The whole environment, for those who hand it on to child processes; settings are read with `loadConfig`. */
export function currentEnvironment(): Environment {
  return process.env;
}
