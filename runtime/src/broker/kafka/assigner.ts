/**
 * Who reads which partition. Partitions of a topic go round the members that subscribe to it: in a rolling deployment
 * that adds a topic, members that do not know it yet get none of it. Equal numbers of two topics go to one member.
 */
import type { PartitionRef } from '../broker.ts';
import { decodeSubscription, encodeAssignment } from './group-protocol.ts';

/** The name under which members agree on this assigner. */
export const assignerName = 'tenet';

interface Member {
  readonly memberId: string;
  readonly topics: readonly string[];
}

export function subscribers(members: readonly { memberId: string; memberMetadata: Buffer }[]): readonly Member[] {
  return members.map(({ memberId, memberMetadata }) => ({
    memberId,
    topics: decodeSubscription(memberMetadata).topics,
  }));
}

export function assign(
  members: readonly Member[],
  partitionsOf: (topic: string) => readonly number[],
): readonly { memberId: string; memberAssignment: Buffer }[] {
  const assigned = new Map<string, PartitionRef[]>(members.map(({ memberId }) => [memberId, []]));
  for (const topic of [...new Set(members.flatMap(({ topics }) => topics))].sort()) {
    const readers = members.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId);
    readers.sort();
    for (const partition of partitionsOf(topic)) {
      assigned.get(readers[partition % readers.length] ?? '')?.push({ topic, partition });
    }
  }
  return [...assigned].map(([memberId, partitions]) => ({ memberId, memberAssignment: encodeAssignment(partitions) }));
}
