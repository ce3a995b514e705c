// Who reads which partition, when not everybody reads the same.
import { expect, test } from 'vitest';
import { assign, subscribers } from '../../../../runtime/src/broker/kafka/assigner.ts';
import { decodeAssignment, encodeSubscription } from '../../../../runtime/src/broker/kafka/group-protocol.ts';

const member = (memberId: string, ...topics: readonly string[]) => ({
  memberId,
  memberMetadata: encodeSubscription({ topics, clientId: memberId }),
});

function shares(members: readonly ReturnType<typeof member>[], counts: Readonly<Record<string, number>>) {
  const partitionsOf = (topic: string) => Array.from({ length: counts[topic] ?? 0 }, (_, partition) => partition);
  const assigned = assign(subscribers(members), partitionsOf);
  return Object.fromEntries(
    assigned.map(({ memberId, memberAssignment }) => [
      memberId,
      decodeAssignment(memberAssignment)
        .map(({ topic, partition }) => `${topic}/${partition}`)
        .sort(),
    ]),
  );
}

test('a member gets nothing of a topic that it does not read', () => {
  expect(shares([member('old', 'a'), member('new', 'a', 'b')], { a: 2, b: 2 })).toEqual({
    old: ['a/1'],
    new: ['a/0', 'b/0', 'b/1'],
  });
});

test('equal numbers of two topics go to one member', () => {
  expect(shares([member('x', 'a', 'r'), member('y', 'a', 'r')], { a: 4, r: 4 })).toEqual({
    x: ['a/0', 'a/2', 'r/0', 'r/2'],
    y: ['a/1', 'a/3', 'r/1', 'r/3'],
  });
});

test('who comes too late for a partition gets none, and is told so', () => {
  expect(shares([member('x', 'a'), member('y', 'a'), member('z', 'a')], { a: 2 })).toEqual({
    x: ['a/0'],
    y: ['a/1'],
    z: [],
  });
});

test('everybody comes to the same result, in whatever order members are told', () => {
  const [x, y, z] = [member('x', 'a'), member('y', 'a'), member('z', 'a')];
  expect(shares([z, x, y], { a: 7 })).toEqual(shares([x, y, z], { a: 7 }));
});
