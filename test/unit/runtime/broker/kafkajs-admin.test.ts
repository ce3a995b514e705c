// kafkajs' admin has one try at everything: what another try mends is tried again.
import { Kafka } from 'kafkajs';
import { afterEach, expect, test, vi } from 'vitest';
import { KafkajsAdmin } from '../../../../runtime/src/broker/kafkajs/admin.ts';
import { protocolError } from './fake-cluster.ts';

afterEach(() => vi.restoreAllMocks());

/** An admin of which every question for offsets ends as the next of these does. */
function answering(...ends: readonly (string | readonly { partition: number; low: string; high: string }[])[]) {
  let asked = 0;
  const fetchTopicOffsets = async () => {
    const end = ends[Math.min(asked, ends.length - 1)];
    asked += 1;
    if (typeof end === 'string') throw protocolError(end);
    return end;
  };
  const inside = { connect: async () => {}, disconnect: async () => {}, fetchTopicOffsets };
  vi.spyOn(Kafka.prototype, 'admin').mockReturnValue(inside as never);
  const admin = new KafkajsAdmin({ brokers: ['127.0.0.1:1'] }, 'test');
  return { admin, asked: () => asked };
}

test('offsets of a topic whose leaders are not ready yet are asked for again', async () => {
  const { admin, asked } = answering('NOT_LEADER_FOR_PARTITION', 'LEADER_NOT_AVAILABLE', [
    { partition: 1, low: '3', high: '9' },
    { partition: 0, low: '0', high: '0' },
  ]);
  expect(await admin.offsets('t')).toEqual([
    { partition: 0, start: 0n, end: 0n },
    { partition: 1, start: 3n, end: 9n },
  ]);
  expect(asked()).toBe(3);
});

test('what is refused is asked once', async () => {
  const { admin, asked } = answering('TOPIC_AUTHORIZATION_FAILED');
  await expect(admin.offsets('t')).rejects.toMatchObject({ name: 'BrokerError', reason: 'refused' });
  expect(asked()).toBe(1);
});

test('what goes on failing ends with the word of the broker', async () => {
  const { admin, asked } = answering('NOT_LEADER_FOR_PARTITION');
  await expect(admin.offsets('t')).rejects.toMatchObject({
    name: 'BrokerError',
    reason: 'unreachable',
    message: 'NOT_LEADER_FOR_PARTITION',
  });
  expect(asked()).toBe(6);
});
