import { appendFileSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

/** Results of slow steps in a folder, by keys that name content and code; null folder: nothing is kept. */
export class Cache {
  #folder;

  constructor(folder) {
    this.#folder = folder;
  }

  /** The kept value, else what `make` gives, which is then kept. */
  async get(kind, key, make) {
    if (this.#folder === null) return make();
    const path = join(this.#folder, kind, `${key}.json.gz`);
    if (existsSync(path)) return JSON.parse(gunzipSync(readFileSync(path)));
    const value = await make();
    mkdirSync(dirname(path), { recursive: true });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, gzipSync(JSON.stringify(value), { level: 1 }));
    renameSync(temporary, path);
    return value;
  }

  /** Vectors by text digest, one file for a version of the model; a line that was cut off is made again. */
  vectors(version) {
    const path = this.#folder === null ? null : join(this.#folder, 'embeddings', `${version}.txt`);
    const known = new Map();
    if (path !== null && existsSync(path)) {
      for (const line of readFileSync(path, 'utf8').split('\n')) {
        const [key, text, end] = line.split(' ');
        if (end === '.') known.set(key, decode(text));
      }
    }
    if (path !== null) mkdirSync(dirname(path), { recursive: true });
    return {
      get: (key) => known.get(key),
      set(key, vector) {
        known.set(key, vector);
        if (path !== null) appendFileSync(path, `\n${key} ${encode(vector)} .`);
      },
    };
  }
}

const encode = (vector) =>
  Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength).toString('base64');

function decode(text) {
  const bytes = Uint8Array.from(Buffer.from(text, 'base64'));
  return new Float32Array(bytes.buffer);
}
