import { readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A change of one place in built JavaScript. The place is named by exact text that stands there once. */
export interface Patch {
  /** Below the repository's root. */
  readonly file: string;
  readonly anchor: string;
  readonly before?: string;
  readonly instead?: string;
  readonly after?: string;
}

const PUBLISHER = 'libs/adapters/kafkajs/dist/publisher.js';
const MEMBERSHIP = 'libs/adapters/kafkajs/dist/membership.js';
const RUN_STAGE = 'libs/stage-runtime/dist/run-stage.js';
const TENURE = 'libs/stage-runtime/dist/tenure.js';
const TRACKER = 'libs/core/dist/offset-tracker.js';
const SINK = 'libs/sink-runtime/dist/partition-sink.js';
const DATABASE = 'libs/adapters/postgres/dist/database.js';

const BEGIN = 'const transaction = await this.#producer.transaction();';
const SEND_POSITION = 'await this.#sendPosition(transaction, position);';
const COMMIT = 'await transaction.commit();';

/** Publishing a position alone is no point to die at: nothing would be under way. */
const dieAt = (point: string, condition = 'true'): string =>
  `if (${condition}) globalThis.docstreamDieAt('${point}'); `;
const HAS_EVENTS = 'records.length > 1';

/** Where a service can be made to die, in the order in which a record passes them. */
export const KILL_POINTS = {
  'after-fetch': {
    file: MEMBERSHIP,
    anchor: 'this.#listener.onDelivery(delivery);',
    before: dieAt('after-fetch', 'delivery.records.length > 0'),
  },
  'after-run': { file: RUN_STAGE, anchor: 'const emissions = await stage.save(', before: dieAt('after-run') },
  'before-transaction': { file: PUBLISHER, anchor: BEGIN, before: dieAt('before-transaction', HAS_EVENTS) },
  'in-transaction': { file: PUBLISHER, anchor: COMMIT, before: dieAt('in-transaction', HAS_EVENTS) },
  'after-transaction': {
    file: PUBLISHER,
    anchor: COMMIT,
    after: ` ${dieAt('after-transaction', HAS_EVENTS)}`,
  },
  'before-database-commit': {
    file: DATABASE,
    anchor: "await client.query('COMMIT');",
    before: dieAt('before-database-commit', "what.startsWith('storing')"),
  },
  'after-database-commit': {
    file: SINK,
    anchor: 'this.#commits.follow(next);',
    before: dieAt('after-database-commit', 'prepared.length > 0'),
  },
} as const satisfies Readonly<Record<string, Patch>>;
export type KillPoint = keyof typeof KILL_POINTS;

/** Faults in the runtime itself, each of which the invariants must notice. */
export const MUTATIONS = {
  /** The position is committed in a transaction of its own, before the events. */
  'commit-before-publish': [
    { file: PUBLISHER, anchor: BEGIN, instead: BEGIN.replace('const', 'let') },
    {
      file: PUBLISHER,
      anchor: SEND_POSITION,
      after: ` if (${HAS_EVENTS}) { await transaction.commit(); transaction = await this.#producer.transaction(); }`,
    },
  ],
  /** Each producer has a transactional id of its own, so that none is fenced by its successor. */
  'no-fence': [
    {
      file: PUBLISHER,
      anchor: 'transactionalId: `${group}/${partition.topic}/${partition.partition}`',
      instead: 'transactionalId: `${group}/${partition.topic}/${partition.partition}/${Math.random()}`',
    },
  ],
  /** The committed position is that of the last record, not of the next one. */
  'off-by-one': [
    {
      file: PUBLISHER,
      anchor: 'offset: offset.toString(),',
      instead: 'offset: (offset > 0n ? offset - 1n : offset).toString(),',
    },
  ],
  /** What is fetched and not done when a partition goes is committed as if it were done. */
  'drop-on-revoke': [
    {
      file: TENURE,
      anchor: 'async end() {',
      after:
        " await this.#publisher.publish([], { offset: this.tracker.fetchPosition(), metadata: 'v1' }).catch(() => undefined);",
    },
  ],
  /** Offsets are taken for dense: transaction markers are waited for as if they were records. */
  'dense-offsets': [
    {
      file: TRACKER,
      anchor: 'if (fetchPosition <= this.#fetchPosition)',
      instead: '',
    },
  ],
} as const satisfies Readonly<Record<string, readonly Patch[]>>;
export type Mutation = keyof typeof MUTATIONS;

export function isMutation(name: string): name is Mutation {
  return Object.hasOwn(MUTATIONS, name);
}

/** Every kill point, and the mutation where one is wanted. */
export function patchesFor(mutation: Mutation | undefined): readonly Patch[] {
  return [...Object.values(KILL_POINTS), ...(mutation === undefined ? [] : MUTATIONS[mutation])];
}

/** Applies all patches of one file. Throws when an anchor does not stand there exactly once: it would do nothing. */
export function applyPatches(file: string, source: string, patches: readonly Patch[]): string {
  const byAnchor = Map.groupBy(
    patches.filter((patch) => patch.file === file),
    ({ anchor }) => anchor,
  );
  const places = [...byAnchor].map(([anchor, edits]) => {
    const at = source.indexOf(anchor);
    if (at < 0 || source.indexOf(anchor, at + 1) >= 0)
      throw new Error(`patches.ts: ${file} must have \`${anchor}\` exactly once; adapt the anchor.`);
    const joined = (part: 'before' | 'after'): string => edits.map((edit) => edit[part] ?? '').join('');
    const middle = edits.find(({ instead }) => instead !== undefined)?.instead ?? anchor;
    return { at, end: at + anchor.length, text: joined('before') + middle + joined('after') };
  });
  let patched = '';
  let end = 0;
  for (const place of places.sort((a, b) => a.at - b.at)) {
    patched += source.slice(end, place.at) + place.text;
    end = place.end;
  }
  return patched + source.slice(end);
}

/** Throws when one of the patches would not take hold in what is built. */
export function verifyPatches(root: string): void {
  for (const mutation of [undefined, ...(Object.keys(MUTATIONS) as Mutation[])]) {
    const patches = patchesFor(mutation);
    for (const file of new Set(patches.map((patch) => patch.file)))
      applyPatches(file, readFileSync(join(root, file), 'utf8'), patches);
  }
}
