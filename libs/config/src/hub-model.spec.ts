import { FatalError } from '@docstream/core';
import { describe, expect, it } from '@jest/globals';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { loadConfig } from './config.js';
import { defaultCacheDir } from './hub-model.js';

const REVISION = 'C9745ED1D9F207416BE6D2E6F8DE32D1F16199BF';
const SHA256 = 'AB'.repeat(32);
const PINNED = {
  DOCSTREAM_MODEL: 'Owner/all-MiniLM.v2',
  DOCSTREAM_MODEL_REVISION: REVISION,
  DOCSTREAM_MODEL_SHA256: SHA256,
  DOCSTREAM_CACHE_DIR: '/c',
};

function problemOf(env: Readonly<Record<string, string>>): string {
  try {
    loadConfig(env);
  } catch (error) {
    if (error instanceof FatalError) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'none';
}

describe('the model of a hub', () => {
  it('lies in the cache folder, by owner, commit and name, and may not be fetched unless told', () => {
    const config = loadConfig({ ...PINNED, DOCSTREAM_PLATFORM_FILE: '/nowhere/platform.json' });
    const folder = `/c/hub/Owner/${REVISION.toLowerCase()}/all-MiniLM.v2`;
    expect(config.hubModel).toEqual({
      name: 'Owner/all-MiniLM.v2',
      revision: REVISION.toLowerCase(),
      sha256: SHA256.toLowerCase(),
      hub: 'https://huggingface.co',
      folder,
      mayDownload: false,
    });
    expect(config.requireAddresses('model')).toEqual({ modelDir: folder });
  });

  it('comes from the mirror that is named, when that is allowed', () => {
    const mirror = { DOCSTREAM_MODEL_HUB: 'http://mirror:8081/hf/', DOCSTREAM_MODEL_DOWNLOAD: 'true' };
    const { hubModel } = loadConfig({ ...PINNED, ...mirror });
    expect(hubModel).toMatchObject({ hub: 'http://mirror:8081/hf', mayDownload: true });
  });

  it('is none without its name', () => {
    expect(loadConfig({ DOCSTREAM_MODEL_SHA256: SHA256 }).hubModel).toBeNull();
  });

  it.each([
    [
      { DOCSTREAM_MODEL_REVISION: 'main' },
      'DOCSTREAM_MODEL_REVISION must be a commit of 40 hexadecimal digits',
    ],
    [{ DOCSTREAM_MODEL_REVISION: '' }, 'DOCSTREAM_MODEL needs DOCSTREAM_MODEL_REVISION'],
    [{ DOCSTREAM_MODEL_SHA256: '' }, 'DOCSTREAM_MODEL needs DOCSTREAM_MODEL_SHA256'],
    [{ DOCSTREAM_MODEL_DIR: '/m' }, 'DOCSTREAM_MODEL and DOCSTREAM_MODEL_DIR are both set: keep one'],
    [{ DOCSTREAM_MODEL: 'minilm' }, 'DOCSTREAM_MODEL must be owner/name'],
    [{ DOCSTREAM_MODEL: '../minilm' }, 'DOCSTREAM_MODEL must be owner/name'],
    [{ DOCSTREAM_MODEL: '' }, 'DOCSTREAM_MODEL_REVISION is of a model that DOCSTREAM_MODEL names'],
    [
      { DOCSTREAM_MODEL: '', DOCSTREAM_MODEL_REVISION: '', DOCSTREAM_MODEL_DOWNLOAD: 'true' },
      'DOCSTREAM_MODEL_DOWNLOAD fetches the model that DOCSTREAM_MODEL names',
    ],
    [{ DOCSTREAM_MODEL_HUB: 'ftp://hub' }, 'DOCSTREAM_MODEL_HUB must be a URL that begins with'],
    [{ DOCSTREAM_MODEL_HUB: 'https://me:secret@hub' }, 'DOCSTREAM_MODEL_HUB must have neither user'],
    [{ DOCSTREAM_CACHE_DIR: 'cache' }, 'set DOCSTREAM_CACHE_DIR to an absolute path'],
  ])('is refused with %j', (change, problem) => {
    expect(problemOf({ ...PINNED, ...change })).toContain(`CONFIGURATION_INVALID: `);
    expect(problemOf({ ...PINNED, ...change })).toContain(problem);
  });
});

describe('cache folder', () => {
  it('is the one that is named', () => {
    expect(defaultCacheDir({ DOCSTREAM_CACHE_DIR: '/c', XDG_CACHE_HOME: '/x' })).toBe('/c');
  });

  it('lies in the shared cache folder when only that is named', () => {
    expect(defaultCacheDir({ DOCSTREAM_CACHE_DIR: '', XDG_CACHE_HOME: '/x' })).toBe('/x/docstream');
  });

  it('lies in the home when nothing is named', () => {
    expect(defaultCacheDir({})).toBe(join(homedir(), '.cache', 'docstream'));
  });
});
