/** A committed record on one of the topics that the stages write. */
export interface SeenEvent {
  readonly topic: string;
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string;
  /** `documentId/run`. */
  readonly name: string;
  readonly eventId: string;
  /** `topic/partition/offset` of the input. */
  readonly source: string;
  /** Whether it is the end of its run, and which. */
  readonly end: 'stored' | 'dead-lettered' | null;
}

export interface SeenPosition {
  /** `group/topic/partition`. */
  readonly key: string;
  readonly offset: bigint;
  readonly isAudited: boolean;
}

export interface SeenLag {
  readonly group: string;
  readonly topic: string;
  readonly partition: number;
  /** From the log's end and the committed offset, asked for one by one. */
  readonly computed: bigint;
  /** What the gateway's metrics say; null when they say nothing. */
  readonly exported: bigint | null;
}

/** What Kafka, PostgreSQL and the processes show afterwards. */
export interface Evidence {
  /** Acknowledged submissions, `documentId/run`. */
  readonly acknowledged: ReadonlySet<string>;
  /** Runs of the records on the ingest topic: every acknowledged one must be among them. */
  readonly ingested: readonly string[];
  readonly events: readonly SeenEvent[];
  /** State of each run in PostgreSQL. */
  readonly rows: ReadonlyMap<string, string>;
  /** Runs with more than one timeline entry of the same event. */
  readonly repeatedInTimeline: readonly string[];
  readonly undecodable: readonly string[];
  readonly positions: readonly SeenPosition[];
  readonly lags: readonly SeenLag[];
  /** Partitions that cannot be read up to their end. */
  readonly hanging: readonly string[];
  /** Sentences about what grew beyond its baseline. */
  readonly grown: readonly string[];
  /** Dead letters that could not be redriven to success; null: not tried. */
  readonly notRedriven: readonly string[] | null;
}

export interface Violation {
  readonly invariant: `I${1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | 10}`;
  readonly what: string;
}

export interface Counts {
  readonly accepted: number;
  readonly stored: number;
  readonly deadLettered: number;
  readonly lost: number;
  readonly duplicated: number;
}

export const INVARIANTS = {
  I1: 'each submission has exactly one end state',
  I2: 'results and emitted events are unique',
  I3: 'no partition has two owners whose work counts',
  I4: 'per key nothing goes back',
  I5: 'each record decodes',
  I6: 'positions never go back except by an audited reset',
  I7: 'exported lag equals an independent computation, and is 0 at rest',
  I8: 'no transaction hangs',
  I9: 'memory, handles and temporary files return to their baseline',
  I10: 'each dead letter can be redriven to success once its cause is fixed',
} as const;

const ENDED_OTHERWISE = new Set(['lost', 'skipped']);
const MOST_NAMED = 3;

/** Every way in which the evidence contradicts the promise. */
export function findViolations(evidence: Evidence): readonly Violation[] {
  return [
    ...endStates(evidence),
    ...uniqueness(evidence),
    ...owners(evidence),
    ...order(evidence),
    ...listed('I5', 'records do not decode', evidence.undecodable),
    ...positions(evidence),
    ...lags(evidence),
    ...listed('I8', 'partitions cannot be read to their end', evidence.hanging),
    ...evidence.grown.map((what): Violation => ({ invariant: 'I9', what })),
    ...listed('I10', 'dead letters were not redriven to success', evidence.notRedriven ?? []),
  ];
}

export function countOutcomes(evidence: Evidence): Counts {
  const runs = new Set([...evidence.ingested, ...evidence.acknowledged]);
  const ends = endsByRun(evidence);
  const states = [...runs].map((name) => evidence.rows.get(name));
  const duplicated = new Set(repeatedEvents(evidence).map(([{ name }]) => name));
  return {
    accepted: runs.size,
    stored: states.filter((state) => state === 'stored').length,
    deadLettered: states.filter((state) => state === 'dead-lettered').length,
    lost: [...runs].filter((name) => !ends.has(name) && !ENDED_OTHERWISE.has(evidence.rows.get(name) ?? ''))
      .length,
    duplicated: duplicated.size,
  };
}

function endsByRun({ events }: Evidence): ReadonlyMap<string, readonly SeenEvent[]> {
  return Map.groupBy(
    events.filter(({ end }) => end !== null),
    ({ name }) => name,
  );
}

function endStates(evidence: Evidence): readonly Violation[] {
  const { acknowledged, ingested, rows } = evidence;
  const ends = endsByRun(evidence);
  const onTopic = new Set(ingested);
  const runs = [...new Set([...ingested, ...acknowledged])];
  const without = runs.filter((name) => !ends.has(name) && !ENDED_OTHERWISE.has(rows.get(name) ?? ''));
  const several = runs.filter((name) => (ends.get(name) ?? []).length > 1);
  const different = runs.filter((name) => {
    const [end, ...more] = ends.get(name) ?? [];
    return end !== undefined && more.length === 0 && rows.get(name) !== end.end;
  });
  return [
    ...listed(
      'I1',
      'acknowledged submissions are not on the ingest topic',
      [...acknowledged].filter((name) => !onTopic.has(name)),
    ),
    ...listed('I1', 'submissions have no end state', without),
    ...listed('I1', 'submissions have several ends', several),
    ...listed('I1', 'runs have another state in PostgreSQL than on the topics', different),
  ];
}

/** Per topic, event and run: the store's dead letter stands beside the stages' own. */
function repeatedEvents({ events }: Evidence): readonly [SeenEvent, ...SeenEvent[]][] {
  const groups = Map.groupBy(events, ({ topic, name, eventId }) => `${topic} ${name} ${eventId}`);
  return [...groups.values()].filter((group): group is [SeenEvent, ...SeenEvent[]] => group.length > 1);
}

function uniqueness(evidence: Evidence): readonly Violation[] {
  const repeated = repeatedEvents(evidence).map(([first]) => `${first.topic} ${first.name}`);
  return [
    ...listed('I2', 'events were emitted more than once', repeated),
    ...listed('I2', 'runs have an event twice in the timeline', evidence.repeatedInTimeline),
  ];
}

/** Two owners whose work counts would both have emitted for the same input; under an audited reset each run once. */
function owners({ events, positions }: Evidence): readonly Violation[] {
  const isReset = positions.some(({ isAudited }) => isAudited);
  const bySource = Map.groupBy(
    events.filter(({ source }) => source !== ''),
    ({ source, name }) => (isReset ? `${source} ${name}` : source),
  );
  const twice = [...bySource.values()]
    .filter((group) => group.length > 1)
    .map(([first]) => first?.source ?? '');
  return listed('I3', 'input records were answered twice', twice);
}

/** The outputs of one key stand in the order of their inputs. */
function order({ events }: Evidence): readonly Violation[] {
  const newest = new Map<string, bigint>();
  const back: string[] = [];
  const sorted = events.toSorted((a, b) => (a.offset < b.offset ? -1 : a.offset > b.offset ? 1 : 0));
  for (const { topic, partition, key, source, name } of sorted) {
    const cut = source.lastIndexOf('/');
    if (cut < 0) continue;
    const lane = `${topic}/${partition} ${key} ${source.slice(0, cut)}`;
    const offset = BigInt(source.slice(cut + 1));
    if (offset < (newest.get(lane) ?? -1n)) back.push(`${topic}/${partition} ${name}`);
    else newest.set(lane, offset);
  }
  return listed('I4', 'events stand behind a later one of their key', back);
}

function positions(evidence: Evidence): readonly Violation[] {
  const newest = new Map<string, bigint>();
  const back: string[] = [];
  for (const { key, offset, isAudited } of evidence.positions) {
    const before = newest.get(key);
    if (before !== undefined && offset < before && !isAudited) back.push(`${key}: ${before} → ${offset}`);
    newest.set(key, offset);
  }
  return listed('I6', 'positions went back', back);
}

function lags(evidence: Evidence): readonly Violation[] {
  const place = ({ group, topic, partition }: SeenLag): string => `${group} ${topic}/${partition}`;
  return [
    ...listed(
      'I7',
      'partitions have a lag at rest',
      evidence.lags.filter(({ computed }) => computed !== 0n).map((lag) => `${place(lag)}: ${lag.computed}`),
    ),
    ...listed(
      'I7',
      'exported lags differ from the computed ones',
      evidence.lags
        .filter(({ computed, exported }) => exported !== null && exported !== computed)
        .map((lag) => `${place(lag)}: ${lag.exported} instead of ${lag.computed}`),
    ),
  ];
}

function listed(
  invariant: Violation['invariant'],
  what: string,
  found: readonly string[],
): readonly Violation[] {
  if (found.length === 0) return [];
  const named = found.slice(0, MOST_NAMED).join(', ') + (found.length > MOST_NAMED ? ', …' : '');
  return [{ invariant, what: `${found.length} ${what}: ${named}` }];
}
