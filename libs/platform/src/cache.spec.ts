import { describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ARTIFACTS, modelFolder } from './cache.js';

const root = join(import.meta.dirname, '../../..');

describe('cache folder', () => {
  it('has the model in a folder of its own', () => {
    expect(modelFolder('/c')).toBe('/c/models/all-minilm-l6-v2');
  });
});

describe('versions', () => {
  const pom = readFileSync(join(root, 'pom.xml'), 'utf8');

  it.each([
    ['kafka.version', ARTIFACTS.kafka.version],
    ['kafka.version', ARTIFACTS.streams.version],
    ['apicurio.version', ARTIFACTS.registry.version],
    ['s3mock.version', ARTIFACTS.s3mock.version],
    ['model.version', ARTIFACTS.model.version],
  ])('of %s are the same in pom.xml and artifacts.json', (property, version) => {
    expect(pom).toContain(`<${property}>${version}</${property}>`);
  });

  it('of what is fetched have checksums', () => {
    const checksums = readFileSync(join(root, 'tools/platform.sha256'), 'utf8');
    expect(checksums).toMatch(
      new RegExp(`^[0-9a-f]{64}  kafka/kafka_2\\.13-${ARTIFACTS.kafka.version}\\.jar$`, 'm'),
    );
    expect(checksums).toMatch(
      new RegExp(`^[0-9a-f]{64}  streams/kafka-streams-${ARTIFACTS.streams.version}\\.jar$`, 'm'),
    );
    expect(checksums).toContain(
      `  registry/apicurio-registry-app-${ARTIFACTS.registry.version}-all.tar.gz\n`,
    );
    expect(checksums).toContain(`  s3mock/s3mock-${ARTIFACTS.s3mock.version}-exec.jar\n`);
    expect(checksums).toContain(`-${ARTIFACTS.model.version}.jar\n`);
  });

  it('come without the address of a repository', () => {
    expect(pom).not.toMatch(/<(repositor|pluginRepositor|distributionManagement)/);
  });
});
