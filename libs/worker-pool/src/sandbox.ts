import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { fileURLToPath, pathToFileURL } from 'node:url';

/** What a child may touch, by Node's permission model: files to read, and nothing besides. */
export interface Sandbox {
  /** Files, and folders (with a slash at the end) with all that is in them. The pool adds what it needs itself. */
  readonly readable: readonly URL[];
  /** Native code escapes the permission model; off by default. */
  readonly addons?: boolean;
  /** A thread can be started with permissions of its own and so reads every file; off by default. */
  readonly threads?: boolean;
}

/**
 * Flags of a Node process that may read these files and do nothing else to the system: no writing, network, processes,
 * inspector, WASI. Threads are allowed for the watchdog; child.ts gives that up before it imports any code.
 */
export function sandboxFlags({ readable, addons = false }: Sandbox): readonly string[] {
  return [
    '--permission',
    '--allow-worker',
    // That threads could get around the rest is true, and why they are given up (unless `threads` keeps them).
    '--disable-warning=PERM0006',
    // Both reach past the permission model: SQLite writes files that it never granted [tried with 26.10].
    '--no-experimental-sqlite',
    '--no-experimental-ffi',
    '--disable-sigusr1',
    addons ? '--allow-addons' : '--no-addons',
    ...readable.map((url) => `--allow-fs-read=${fileURLToPath(url)}`),
  ];
}

/**
 * What a built module of this repository can import: node_modules, and of each workspace its dist folder and
 * package.json. Neither sources nor `.docstream`, where passwords of the demo lie.
 */
export function applicationCode(module: URL): readonly URL[] {
  const root = rootOf(module);
  const workspaces = new URL('node_modules/@docstream/', root);
  const names = existsSync(workspaces) ? readdirSync(workspaces) : [];
  return [
    new URL('node_modules/', root),
    new URL('package.json', root),
    ...names.flatMap((name) => {
      // A link into libs or apps; permissions are asked for the place that it leads to.
      const folder = pathToFileURL(`${realpathSync(new URL(name, workspaces))}/`);
      return [new URL('dist/', folder), new URL('package.json', folder)];
    }),
  ];
}

function rootOf(module: URL): URL {
  for (let folder = new URL('.', module); ; folder = new URL('..', folder)) {
    if (existsSync(new URL('node_modules/', folder))) return folder;
    if (folder.pathname === '/') throw new TypeError(`There is no node_modules above ${module.href}.`);
  }
}
