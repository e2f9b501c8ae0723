import { CONSUMED_TOPICS, MAX_DEAD_LETTER_BYTES, SERVICES, TOPICS, groupOf } from '@docstream/contracts';
import { lagOf, type ClusterAdmin, type PartitionLag } from '@docstream/core';
import type { Finding } from './doctor.js';
import { readPauses } from './control.js';
import type { CliPorts } from './ports.js';
import { planTopics, type TopicAction } from './topic-plan.js';

const CONTROL_DEADLINE_MS = 4_000;
const APPLY = 'Run `docstream topics apply`.';
const MIN_OFFSETS_RETENTION_MINUTES = 30 * 24 * 60;
const MIN_OFFSET_METADATA_BYTES = 4096;

type Report = (status: Finding['status'], what: string, remedy?: string) => void;

/** Brokers, their limits, topics, and each group's offsets and lag. */
export async function examineKafka(ports: CliPorts, address: string): Promise<readonly Finding[]> {
  const findings: Finding[] = [];
  const report: Report = (status, what, remedy) =>
    findings.push({ part: 'kafka', status, what, ...(remedy === undefined ? {} : { remedy }) });
  const admin = ports.clusterAdmin();
  const { clusterId, brokers, controller } = await admin.describeCluster();
  report('ok', `${address} answers, cluster ${clusterId}, ${brokers.length} broker(s)`);
  const existing = await admin.describeTopics(Object.values(TOPICS).map(({ name }) => name));
  for (const action of planTopics(existing, brokers.length, {})) reportTopic(action, report);
  if (existing.length === Object.keys(TOPICS).length) report('ok', `${existing.length} topics of Docstream`);
  const broker = controller ?? brokers[0]?.id;
  if (broker !== undefined) reportBroker(await admin.describeBroker(broker), report);
  await reportGroups(admin, report);
  if (existing.some(({ name }) => name === TOPICS.control.name)) await reportPauses(ports, report);
  return findings;
}

async function reportPauses(ports: CliPorts, report: Report): Promise<void> {
  for (const { stage, source, word } of await readPauses(ports.controlFollower(), CONTROL_DEADLINE_MS)) {
    const reason = word.reason === null ? '' : `: ${word.reason}`;
    const what =
      source === 'operator'
        ? `${stage} is paused by ${word.by} since ${word.at}${reason}`
        : `the breaker of ${stage} is open since ${word.at}, it probes${reason}`;
    report('warn', what, `When the cause is gone: \`docstream resume --stage ${stage}\`.`);
  }
}

function reportTopic(action: TopicAction, report: Report): void {
  if (action.kind === 'create') report('fail', `${action.topic.name} does not exist`, APPLY);
  if (action.kind !== 'alter') return;
  const wanted = Object.entries(action.configs).map(([name, value]) => `${name}=${value}`);
  report('warn', `${action.name} has not ${wanted.join(', ')}`, APPLY);
}

/** The broker's own limits, which no topic can exceed or which hold for groups. */
export function reportBroker(configs: Readonly<Record<string, string>>, report: Report): void {
  const fetchBytes = Number(configs['fetch.max.bytes'] ?? Infinity);
  const requestBytes = Number(configs['socket.request.max.bytes'] ?? Infinity);
  if (requestBytes < MAX_DEAD_LETTER_BYTES || fetchBytes < MAX_DEAD_LETTER_BYTES) {
    report(
      'fail',
      `the broker takes requests of ${Math.min(requestBytes, fetchBytes)} bytes, dead letters may have ${MAX_DEAD_LETTER_BYTES}`,
      'Raise socket.request.max.bytes and fetch.max.bytes on the broker.',
    );
  } else {
    report(
      'ok',
      `record limits: ${MAX_DEAD_LETTER_BYTES} bytes fit (message.max.bytes ${configs['message.max.bytes'] ?? 'unknown'}, overridden on our topics)`,
    );
  }
  const minutes = Number(configs['offsets.retention.minutes'] ?? NaN);
  if (minutes < MIN_OFFSETS_RETENTION_MINUTES) {
    report(
      'warn',
      `Kafka forgets the offsets of an empty group after ${Math.round(minutes / 1440)} days`,
      `Set offsets.retention.minutes on the broker to ${MIN_OFFSETS_RETENTION_MINUTES} (30 days) or more.`,
    );
  } else if (!Number.isNaN(minutes)) {
    report('ok', `offsets of an empty group are kept for ${Math.round(minutes / 1440)} days`);
  }
  const metadataBytes = Number(configs['offset.metadata.max.bytes'] ?? MIN_OFFSET_METADATA_BYTES);
  if (metadataBytes < MIN_OFFSET_METADATA_BYTES) {
    report(
      'fail',
      `the broker takes offset metadata of ${metadataBytes} bytes, positions need ${MIN_OFFSET_METADATA_BYTES}`,
      `Set offset.metadata.max.bytes on the broker to ${MIN_OFFSET_METADATA_BYTES}.`,
    );
  }
  if (configs['auto.create.topics.enable'] === 'true') {
    report(
      'warn',
      'the broker creates topics by itself, with its own configs',
      'Set auto.create.topics.enable=false: `docstream topics apply` creates what is needed.',
    );
  }
}

async function reportGroups(admin: ClusterAdmin, report: Report): Promise<void> {
  const lags = await admin.readLag();
  const members = await Promise.all(SERVICES.map((service) => admin.countMembers(groupOf(service))));
  SERVICES.forEach((service, index) => {
    const group = groupOf(service);
    const ofGroup = lags.filter((lag) => lag.group === group);
    if (ofGroup.length > 0) reportGroup(group, ofGroup, members[index] ?? 0, report);
    const topics = CONSUMED_TOPICS[service].filter((topic) => !ofGroup.some((lag) => lag.topic === topic));
    if (topics.length > 0) report('fail', `${group} reads ${topics.join(', ')}, which does not exist`, APPLY);
  });
}

export function reportGroup(
  group: string,
  lags: readonly PartitionLag[],
  members: number,
  report: Report,
): void {
  const missing = lags.filter(({ committed }) => committed === null);
  if (missing.length > 0) {
    report('fail', `${group} has no committed offset in ${missing.map(nameOf).join(', ')}`, APPLY);
  }
  for (const lag of lags) {
    if (lag.committed === null) continue;
    if (lag.committed < lag.logStart) {
      report(
        'fail',
        `${group} lost ${nameOf(lag)} from ${lag.committed} to ${lag.logStart}: retention deleted it unread`,
        'Raise retention.ms, start the service; what is lost has to be sent again.',
      );
    }
    if (lag.committed > lag.logEnd) {
      report(
        'fail',
        `${group} stands at ${lag.committed} in ${nameOf(lag)}, beyond its end ${lag.logEnd}: the topic was made anew`,
        'Stop the service and reset with kafka-consumer-groups --reset-offsets.',
      );
    }
  }
  const behind = lags.filter((lag) => lagOf(lag) > 0n);
  const total = behind.reduce((sum, lag) => sum + lagOf(lag), 0n);
  const where = behind.map((lag) => `${nameOf(lag)}: ${lagOf(lag)}`).join(', ');
  if (total === 0n) report('ok', `${group}: ${members} member(s), lag 0 on ${lags.length} partitions`);
  else if (members > 0) report('ok', `${group}: ${members} member(s), lag ${total} (${where})`);
  else {
    const service = group.split('.')[1] ?? group;
    report('warn', `${group}: nobody works on a lag of ${total} (${where})`, `Start the ${service}.`);
  }
}

function nameOf({ topic, partition }: PartitionLag): string {
  return `${topic}/${partition}`;
}
