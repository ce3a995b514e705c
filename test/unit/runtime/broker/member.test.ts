// What a member may commit, and what errors teach it: moments that no real broker can be made to show.
import { expect, test, vi } from 'vitest';
import { encodeSubscription } from '../../../../runtime/src/broker/kafka/group-protocol.ts';
import { GroupMember } from '../../../../runtime/src/broker/kafka/member.ts';
import { fakeCluster, letJoin, protocolError } from './fake-cluster.ts';

// What is asked in vain is never answered here.
vi.setConfig({ testTimeout: 3000 });

const options = { group: 'g', topics: ['t'], clientId: 'c', sessionTimeoutMs: 4000, rebalanceTimeoutMs: 8000 };
const offset = { topic: 't', partition: 0, offset: 7n, metadata: 'tenet/1' };

async function joined() {
  const fake = fakeCluster(2);
  const member = new GroupMember(fake.cluster, options);
  const joining = member.join();
  await letJoin(fake, 'm-1', 5);
  expect(await joining).toMatchObject({ memberId: 'm-1', generation: 5 });
  return { fake, member };
}

test('a commit names the generation of its call', async () => {
  const { fake, member } = await joined();
  const committing = member.commit([offset]);
  const asked = await fake.next('commit');
  expect(asked.with).toEqual({
    groupId: 'g',
    groupGenerationId: 5,
    memberId: 'm-1',
    topics: [{ topic: 't', partitions: [{ partition: 0, offset: '7', metadata: 'tenet/1' }] }],
  });
  asked.answer(undefined);
  await committing;
});

test('a commit whose connection took longer than its assignment is never sent', async () => {
  const { fake, member } = await joined();
  fake.connected = false;
  const committing = member.commit([offset]);
  const connection = await fake.next('connection');
  member.letGo();
  fake.connected = true;
  connection.answer(undefined);
  await expect(committing).rejects.toMatchObject({ reason: 'fenced' });
  expect(fake.waiting('commit')).toBe(0);
});

test('a commit is tried once: no answer is unknown, a generation that is over is fenced', async () => {
  const { fake, member } = await joined();
  for (const [error, reason] of [
    [new Error('socket hang up'), 'unknown'],
    [protocolError('ILLEGAL_GENERATION'), 'fenced'],
    [protocolError('REBALANCE_IN_PROGRESS'), 'fenced'],
    [protocolError('NOT_COORDINATOR_FOR_GROUP'), 'unreachable'],
  ] as const) {
    const committing = member.commit([offset]);
    (await fake.next('commit')).fail(error);
    await expect(committing).rejects.toMatchObject({ reason });
    expect(fake.waiting('commit')).toBe(0);
  }
});

test('nothing is committed between letting go and the next assignment', async () => {
  const { fake, member } = await joined();
  const rejoining = member.join();
  await expect(member.commit([offset])).rejects.toMatchObject({ reason: 'fenced' });
  expect(await member.heartbeat()).toBe('gone');
  await letJoin(fake, 'm-1', 6);
  await rejoining;
  const committing = member.commit([offset]);
  const asked = await fake.next('commit');
  expect(asked.with).toMatchObject({ groupGenerationId: 6 });
  asked.answer(undefined);
  await committing;
});

test('a member that the group does not know joins as a new one; one that was merely late keeps its name', async () => {
  const { fake, member } = await joined();
  for (const [error, pulse, name] of [
    ['ILLEGAL_GENERATION', 'gone', 'm-1'],
    ['REBALANCE_IN_PROGRESS', 'rebalancing', 'm-1'],
    ['UNKNOWN_MEMBER_ID', 'gone', ''],
  ] as const) {
    const beating = member.heartbeat();
    (await fake.next('heartbeat')).fail(protocolError(error));
    expect(await beating).toBe(pulse);
    const rejoining = member.join();
    expect(await letJoin(fake, 'm-1', 9)).toMatchObject({ asked: { memberId: name } });
    await rejoining;
  }
});

test('a static member whose place was taken is told so, and does not join again', async () => {
  const { fake, member } = await joined();
  const fenced = protocolError('FENCED_INSTANCE_ID');
  const beating = member.heartbeat();
  (await fake.next('heartbeat')).fail(fenced);
  expect(await beating).toBe('replaced');
  const committing = member.commit([offset]);
  (await fake.next('commit')).fail(fenced);
  await expect(committing).rejects.toMatchObject({ reason: 'fenced' });
  const rejoining = member.join();
  (await fake.next('join')).fail(fenced);
  await expect(rejoining).rejects.toMatchObject({ reason: 'refused', retryable: false });
});

test('a leader that knows no partitions of a topic gives nobody anything, and asks again', async () => {
  const fake = fakeCluster(0);
  const joining = new GroupMember(fake.cluster, options).join();
  (await fake.next('join')).answer({
    generationId: 1,
    leaderId: 'm-1',
    memberId: 'm-1',
    members: [{ memberId: 'm-1', memberMetadata: encodeSubscription({ topics: ['t'], clientId: 'c' }) }],
  });
  await expect(joining).rejects.toMatchObject({
    reason: 'unreachable',
    message: 'the partitions of t are not known yet',
  });
  expect(fake.waiting('sync')).toBe(0);
});

test('a heartbeat without an answer says nothing about the group', async () => {
  const { fake, member } = await joined();
  const beating = member.heartbeat();
  (await fake.next('heartbeat')).fail(new Error('socket hang up'));
  expect(await beating).toBe('unheard');
});

test('a coordinator that has moved is looked up again, and a connection that was cut leaves the pool', async () => {
  const { fake, member } = await joined();
  const beat = async (error: Error) => {
    const beating = member.heartbeat();
    (await fake.next('heartbeat')).fail(error);
    return beating;
  };
  expect(await beat(protocolError('NOT_COORDINATOR_FOR_GROUP'))).toBe('unheard');
  expect(fake.lookups).toBe(1);
  const cut = Object.assign(new Error('closed'), { host: 'kafka-1', port: 9092 });
  expect([await beat(cut), fake.lookups, fake.dropped]).toEqual(['unheard', 2, ['kafka-1:9092']]);
  expect([await beat(protocolError('ILLEGAL_GENERATION')), fake.lookups]).toEqual(['gone', 3]);
  // That one was the group's own word, so the coordinator is right.
  expect([await beat(protocolError('ILLEGAL_GENERATION')), fake.lookups]).toEqual(['gone', 3]);
});
