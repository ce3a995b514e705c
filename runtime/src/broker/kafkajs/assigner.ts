/**
 * Who reads which partition. Partitions of a topic go round the members that subscribe to it: in a rolling deployment
 * that adds a topic, members that do not know it yet get none of it. Equal numbers of two topics go to one member.
 */
import { AssignerProtocol } from 'kafkajs';

/** The name under which members agree on this assigner. */
export const assignerName = 'tenet';

export function subscription(topics: readonly string[]): Buffer {
  return AssignerProtocol.MemberMetadata.encode({ version: 0, topics: [...topics], userData: Buffer.alloc(0) });
}

interface Member {
  readonly memberId: string;
  readonly topics: readonly string[];
}

export function subscribers(members: readonly { memberId: string; memberMetadata: Buffer }[]): readonly Member[] {
  return members.map(({ memberId, memberMetadata }) => ({
    memberId,
    topics: AssignerProtocol.MemberMetadata.decode(memberMetadata)?.topics ?? [],
  }));
}

export function assign(
  members: readonly Member[],
  partitionsOf: (topic: string) => readonly number[],
): readonly { memberId: string; memberAssignment: Buffer }[] {
  const assigned = new Map(members.map(({ memberId }) => [memberId, new Map<string, number[]>()]));
  for (const topic of [...new Set(members.flatMap(({ topics }) => topics))].sort()) {
    const readers = members.filter(({ topics }) => topics.includes(topic)).map(({ memberId }) => memberId);
    readers.sort();
    for (const partition of partitionsOf(topic)) {
      const own = assigned.get(readers[partition % readers.length] ?? '');
      own?.set(topic, [...(own.get(topic) ?? []), partition]);
    }
  }
  return [...assigned].map(([memberId, topics]) => ({
    memberId,
    memberAssignment: AssignerProtocol.MemberAssignment.encode({
      version: 0,
      assignment: Object.fromEntries(topics),
      userData: Buffer.alloc(0),
    }),
  }));
}

export function readAssignment(assignment: Buffer): readonly { readonly topic: string; readonly partition: number }[] {
  const decoded = AssignerProtocol.MemberAssignment.decode(assignment)?.assignment ?? {};
  return Object.entries(decoded).flatMap(([topic, partitions]) =>
    partitions.map((partition) => ({ topic, partition })),
  );
}
