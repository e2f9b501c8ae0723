import { SCHEMAS, schemaTopics, subjectOf } from '@docstream/contracts';
import { COMPATIBILITY } from './apply-topics.js';
import type { Finding } from './doctor.js';
import type { CliPorts } from './ports.js';

const APPLY = 'Run `docstream topics apply`.';

/** Subjects, their compatibility, and whether they have our schemas. */
export async function examineRegistry(ports: CliPorts, address: string): Promise<readonly Finding[]> {
  const subjects = ports.subjects();
  const existing = new Set(await subjects.listSubjects());
  const problems = await Promise.all(
    schemaTopics().map(async (topic): Promise<Finding | null> => {
      const name = subjectOf(topic);
      if (!existing.has(name)) return finding('fail', `${name} is not registered`, APPLY);
      const [level, known] = await Promise.all([
        subjects.compatibilityOf(name),
        subjects.lookup(name, SCHEMAS[topic.event]),
      ]);
      if (known === null) return finding('fail', `${name} lacks this version's ${topic.event}`, APPLY);
      if (level === COMPATIBILITY) return null;
      return finding(
        'warn',
        `${name} has compatibility ${level ?? 'of the registry'}, not ${COMPATIBILITY}`,
        APPLY,
      );
    }),
  );
  const found = problems.filter((problem) => problem !== null);
  const reachable = finding('ok', `${address} answers, ${existing.size} subjects`);
  if (found.length > 0) return [reachable, ...found];
  return [reachable, finding('ok', `${schemaTopics().length} subjects of Docstream, all ${COMPATIBILITY}`)];

  function finding(status: Finding['status'], what: string, remedy?: string): Finding {
    return { part: 'registry', status, what, ...(remedy === undefined ? {} : { remedy }) };
  }
}

export async function examineDatabase(ports: CliPorts, address: string): Promise<readonly Finding[]> {
  const { server, schemaVersion, requiredSchemaVersion } = await ports.database().describe();
  const reachable: Finding = {
    part: 'database',
    status: 'ok',
    what: `${address} answers, PostgreSQL ${server}`,
  };
  if (schemaVersion < requiredSchemaVersion) {
    return [
      reachable,
      {
        part: 'database',
        status: 'fail',
        what: `the tables have version ${schemaVersion}, ${requiredSchemaVersion} is needed`,
        remedy: 'Run `docstream database migrate`.',
      },
    ];
  }
  return [reachable, { part: 'database', status: 'ok', what: `tables of version ${schemaVersion}` }];
}

export async function examineBlobStore(ports: CliPorts, address: string): Promise<readonly Finding[]> {
  await ports.blobStore().checkHealth();
  return [{ part: 'blob store', status: 'ok', what: `${address} can be written` }];
}

export async function examineModel(ports: CliPorts, address: string): Promise<readonly Finding[]> {
  const missing = await ports.findMissingModelFiles();
  if (missing.length === 0) return [{ part: 'model', status: 'ok', what: `${address} is complete` }];
  return [
    {
      part: 'model',
      status: 'fail',
      what: `${address} lacks ${missing.join(', ')}`,
      remedy:
        'Start `npm run demo`, which fetches it, check DOCSTREAM_MODEL_DIR, or have DOCSTREAM_MODEL fetched at start by DOCSTREAM_MODEL_DOWNLOAD=true.',
    },
  ];
}
