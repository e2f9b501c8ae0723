import type { TopicPartition } from '@docstream/core';
import kafkajs, { type PartitionAssigner } from 'kafkajs';

/** What a member says of itself when it joins: the user data of its subscription. */
export interface Claim {
  /** When its last assignment came, by its own clock: of two that claim a partition the later one has it. */
  readonly assignedAtMs: number;
  /** `topic/partition` → since when it has it. */
  readonly owned: Readonly<Record<string, number>>;
}

export interface Claimant {
  readonly memberId: string;
  /** Null: a newcomer, or one that speaks another dialect. */
  readonly claim: Claim | null;
}

const NAME = 'DocstreamSticky';
const VERSION = 1;

/**
 * Spreads partitions evenly and leaves each where it is as far as that allows. Who has too many gives away those that it
 * has had longest: work on the others, which has had the least time, goes on, and under members that come and go without
 * end every partition has its quiet time. Source of the idea: KIP-54.
 */
export function assignSticky(
  partitions: readonly TopicPartition[],
  members: readonly Claimant[],
): ReadonlyMap<string, readonly TopicPartition[]> {
  const owners = ownersOf(partitions, members);
  const kept = new Map(
    members
      .toSorted((a, b) => (a.memberId < b.memberId ? -1 : 1))
      .map(({ memberId, claim }) => [
        memberId,
        partitions
          .filter((partition) => owners.get(nameOf(partition)) === memberId)
          .toSorted((a, b) => (claim?.owned[nameOf(b)] ?? 0) - (claim?.owned[nameOf(a)] ?? 0)),
      ]),
  );
  const least = Math.floor(partitions.length / members.length);
  let withOneMore = partitions.length % members.length;
  for (const owned of [...kept.values()].toSorted((a, b) => b.length - a.length)) {
    owned.splice(withOneMore > 0 && owned.length > least ? least + 1 : least);
    if (owned.length > least) withOneMore -= 1;
  }
  const taken = new Set([...kept.values()].flat().map(nameOf));
  for (const partition of partitions) {
    if (taken.has(nameOf(partition))) continue;
    const poorest = [...kept.values()].reduce((a, b) => (b.length < a.length ? b : a));
    poorest.push(partition);
  }
  return kept;
}

/** Assigner for kafkajs; `claim` says what this member has when it joins. */
export function createStickyAssigner(claim: () => Claim): PartitionAssigner {
  const { MemberAssignment, MemberMetadata } = kafkajs.AssignerProtocol;
  return ({ cluster }) => ({
    name: NAME,
    version: VERSION,
    protocol: ({ topics }) => ({
      name: NAME,
      metadata: MemberMetadata.encode({
        version: VERSION,
        topics,
        userData: Buffer.from(JSON.stringify(claim())),
      }),
    }),
    assign: async ({ members, topics }) => {
      const partitions = topics.flatMap((topic) =>
        cluster
          .findTopicPartitionMetadata(topic)
          .map(({ partitionId }) => ({ topic, partition: partitionId })),
      );
      const claimants = members.map(({ memberId, memberMetadata }) => ({
        memberId,
        claim: readClaim(MemberMetadata.decode(memberMetadata)?.userData),
      }));
      return [...assignSticky(partitions, claimants)].map(([memberId, assigned]) => ({
        memberId,
        memberAssignment: MemberAssignment.encode({
          version: VERSION,
          assignment: byTopic(assigned),
          userData: Buffer.alloc(0),
        }),
      }));
    },
  });
}

/** Of several that claim a partition, the one whose assignment is the latest: the others missed a rebalance. */
function ownersOf(
  partitions: readonly TopicPartition[],
  members: readonly Claimant[],
): ReadonlyMap<string, string> {
  const owners = new Map<string, { readonly memberId: string; readonly assignedAtMs: number }>();
  for (const name of partitions.map(nameOf)) {
    for (const { memberId, claim } of members) {
      if (claim === null || claim.owned[name] === undefined) continue;
      const rival = owners.get(name);
      if (rival !== undefined && rival.assignedAtMs >= claim.assignedAtMs) continue;
      owners.set(name, { memberId, assignedAtMs: claim.assignedAtMs });
    }
  }
  return new Map([...owners].map(([name, { memberId }]) => [name, memberId]));
}

export function nameOf({ topic, partition }: TopicPartition): string {
  return `${topic}/${partition}`;
}

/** Total: what cannot be read is the claim of a newcomer. */
export function readClaim(userData: Buffer | undefined): Claim | null {
  try {
    const claim = JSON.parse((userData ?? '').toString()) as {
      readonly assignedAtMs?: unknown;
      readonly owned?: unknown;
    } | null;
    const { assignedAtMs, owned } = claim ?? {};
    if (typeof assignedAtMs !== 'number' || typeof owned !== 'object' || owned === null) return null;
    const times = Object.entries(owned).filter((entry): entry is [string, number] => {
      return typeof entry[1] === 'number';
    });
    return { assignedAtMs, owned: Object.fromEntries(times) };
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function byTopic(partitions: readonly TopicPartition[]): Record<string, number[]> {
  const assignment: Record<string, number[]> = {};
  for (const { topic, partition } of partitions) (assignment[topic] ??= []).push(partition);
  return assignment;
}
