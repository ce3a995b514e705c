// What members tell each other must be read by members of other clients: rolling from one adapter to another is a group of both.
import {
  decodeConsumerProtocolAssignment,
  decodeConsumerProtocolSubscription,
  encodeConsumerProtocolSubscription,
} from '@platformatic/kafka';
import { AssignerProtocol } from 'kafkajs';
import { expect, test } from 'vitest';
import {
  decodeAssignment,
  decodeSubscription,
  encodeAssignment,
  encodeSubscription,
} from '../../../../runtime/src/broker/kafka/group-protocol.ts';

const topics = ['orders', 'bücher'];
const partitions = [
  { topic: 'orders', partition: 0 },
  { topic: 'bücher', partition: 7 },
  { topic: 'orders', partition: 11 },
];

test('a subscription is what other clients write and read', () => {
  const ours = encodeSubscription({ topics, clientId: 'größe-1' });
  expect(ours).toEqual(
    AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.from('größe-1') }),
  );
  expect(decodeConsumerProtocolSubscription(ours).topics).toEqual(topics);
  expect(decodeSubscription(ours)).toEqual({ topics, clientId: 'größe-1' });
});

test('a later version of a subscription says its topics in the same place', () => {
  const theirs = encodeConsumerProtocolSubscription({ version: 3, topics: ['a', 'b'], rackId: 'r' } as never);
  expect(decodeSubscription(theirs)).toEqual({ topics: ['a', 'b'], clientId: '' });
});

test('an assignment is what other clients write and read', () => {
  const ours = encodeAssignment(partitions);
  const assignment = { orders: [0, 11], bücher: [7] };
  expect(ours).toEqual(AssignerProtocol.MemberAssignment.encode({ version: 0, assignment, userData: Buffer.alloc(0) }));
  expect(decodeConsumerProtocolAssignment(ours).assignedPartitions).toEqual([
    { topic: 'orders', partitions: [0, 11] },
    { topic: 'bücher', partitions: [7] },
  ]);
  expect(decodeAssignment(ours)).toEqual([partitions[0], partitions[2], partitions[1]]);
});

test('who got nothing owns nothing', () => {
  expect([decodeAssignment(Buffer.alloc(0)), decodeAssignment(encodeAssignment([]))]).toEqual([[], []]);
});
