// Compiles src/**/*.ts of every library and app (or of the projects given) to dist/ with SWC, skipping what has not
// changed; specs stay out. Types are checked by `npm run check`, not here: a start must be quick.
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  statSync,
  writeFileSync,
  copyFileSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

function* filesUnder(folder) {
  if (!existsSync(folder)) return;
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesUnder(path);
    else yield path;
  }
}

function projects() {
  const folders = ['libs', 'libs/adapters', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder)).map((name) => join(root, folder, name)),
  );
  return folders.filter((folder) => existsSync(join(folder, 'project.json')));
}

const isSource = (path) => path.endsWith('.ts') && !path.endsWith('.spec.ts') && !path.endsWith('.d.ts');
const isAsset = (path) => /\.(sql|json|yaml|css|html)$/.test(path);
const newer = (source, target) => !existsSync(target) || statSync(source).mtimeMs > statSync(target).mtimeMs;

/** Builds and returns how many files were written. */
export async function build(folders = projects()) {
  const options = JSON.parse(readFileSync(join(root, '.swcrc'), 'utf8'));
  const stale = [];
  for (const folder of folders) {
    const expected = new Set();
    for (const source of filesUnder(join(folder, 'src'))) {
      if (!isSource(source) && !isAsset(source)) continue;
      const target = join(folder, 'dist', relative(join(folder, 'src'), source)).replace(/\.ts$/, '.js');
      expected.add(target).add(`${target}.map`);
      if (newer(source, target) || newer(join(root, '.swcrc'), target)) stale.push({ source, target });
    }
    for (const old of filesUnder(join(folder, 'dist'))) if (!expected.has(old)) rmSync(old);
  }
  if (stale.length === 0) return 0;
  const { transform } = await import('@swc/core');
  await Promise.all(
    stale.map(async ({ source, target }) => {
      mkdirSync(dirname(target), { recursive: true });
      if (isAsset(source)) return copyFileSync(source, target);
      const sourceFileName = relative(dirname(target), source);
      const { code, map } = await transform(readFileSync(source, 'utf8'), {
        ...options,
        filename: source,
        sourceFileName,
        swcrc: false,
        configFile: false,
      });
      const mapName = `${target.split('/').at(-1)}.map`;
      writeFileSync(target, `${code}\n//# sourceMappingURL=${mapName}\n`);
      if (map !== undefined) writeFileSync(`${target}.map`, map);
    }),
  );
  return stale.length;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const named = process.argv.slice(2).map((folder) => join(root, folder));
  const written = await build(named.length > 0 ? named : undefined);
  console.error(written === 0 ? 'build: up to date' : `build: ${written} files`);
}
