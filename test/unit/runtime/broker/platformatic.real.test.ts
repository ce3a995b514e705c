// @platformatic/kafka on a real Kafka: what all adapters show, and what only this one can.
import { Connection, NetworkError, ProtocolError } from '@platformatic/kafka';
import { kafka as kafkajs } from '@tenet/runtime/kafkajs';
import { kafka } from '@tenet/runtime/platformatic';
import { expect, inject, test, vi } from 'vitest';
import { adapterSuite } from './adapter.suite.ts';
import { outgoing, soon, text } from './real-members.ts';

const brokers = inject('kafkaBrokers');
const produceKey = 0;
const listOffsetsKey = 2;
const answeredAt = 6;

type Send = (this: Connection, ...request: unknown[]) => void;

const { broker, raw, newTopic, consume } = adapterSuite({
  open: (seeds = brokers) => kafka({ brokers: seeds }),
  async losingAnswer(how, work) {
    const { send } = Connection.prototype;
    let lost = false;
    const losing: Send = function (...request) {
      const answered = request[answeredAt] as (error: Error) => void;
      if (request[0] === produceKey && !lost) {
        lost = true;
        const error = how === 'once' ? new NetworkError('the answer was lost') : new ProtocolError('INVALID_CONFIG');
        request[answeredAt] = () => answered(error);
      }
      (send as Send).apply(this, request);
    };
    Connection.prototype.send = losing as typeof send;
    try {
      return await work();
    } finally {
      Connection.prototype.send = send;
    }
  },
});

test('headers keep their order, names that repeat included', async () => {
  const topic = await newTopic(1);
  const headers = ['b', 'a', 'b'].map((name, i): [string, Uint8Array] => [name, Buffer.from([i])]);
  await broker.producer({ clientId: 'test' }).send([{ topic, key: null, value: null, headers }], 'all');
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records).toHaveLength(1), soon);
  expect(records[0]?.headers.map(([name, value]) => [name, ...value])).toEqual([
    ['b', 0],
    ['a', 1],
    ['b', 2],
  ]);
});

test('a static member that comes back has its partitions again, and nothing is shared out anew', async () => {
  const topic = await newTopic(4);
  const one = () => kafka({ brokers, instanceId: 'one' });
  const first = await consume(topic, topic, {}, {}, one());
  const other = await consume(topic, topic, {}, {}, kafka({ brokers, instanceId: 'other' }));
  await vi.waitFor(() => expect(first.assignments).toHaveLength(2), soon);
  await first.consumer.stop();
  const again = await consume(topic, topic, {}, {}, one());
  expect(again.assignments).toEqual([
    { ...first.assignments[1], memberId: expect.not.stringMatching(first.assignments[1]?.memberId ?? '') },
  ]);
  await again.consumer.confirm();
  await other.consumer.confirm();
  // Longer than it takes to hear of a rebalance.
  await new Promise((resolve) => setTimeout(resolve, 1500));
  expect([again.events, other.events.length]).toEqual([['assigned 2'], other.assignments.length]);
});

test('a static member whose place was taken stands aside, and does not take it back', async () => {
  const topic = await newTopic(2);
  const old = kafka({ brokers, instanceId: 'twin' });
  const first = await consume(topic, topic, {}, {}, old);
  const second = await consume(topic, topic, {}, {}, kafka({ brokers, instanceId: 'twin' }));
  await vi.waitFor(() => expect(first.events).toHaveLength(3), soon);
  expect(first.events).toEqual([
    'assigned 2',
    'lost',
    'failed another process has taken the place of this static member true',
  ]);
  await expect(consume(topic, topic, {}, {}, old)).rejects.toMatchObject({
    reason: 'refused',
    message: `another process is twin in the group ${topic}; this one stands aside`,
  });
  await second.consumer.confirm();
  expect(second.events).toEqual(['assigned 2']);
});

test('members of both adapters share a group', async () => {
  const topic = await newTopic(4);
  const first = await consume(topic, topic);
  const second = await consume(topic, topic, {}, {}, kafkajs({ brokers }));
  await vi.waitFor(() => expect(first.assignments).toHaveLength(2), soon);
  const shared = [first, second].map(({ assignments }) => assignments.at(-1)?.partitions.length);
  expect(shared).toEqual([2, 2]);
});

test('the time of a record is the time of its append where the topic says so', async () => {
  const topic = await newTopic(1, { 'message.timestamp.type': 'LogAppendTime' });
  const before = Date.now();
  const records = [1, 2].map((timestamp) => ({ topic, key: null, value: null, headers: [], timestamp }));
  await broker.producer({ clientId: 'test' }).send(records, 'all');
  const seen = await consume(topic, topic);
  await vi.waitFor(() => expect(seen.records).toHaveLength(2), soon);
  for (const { timestamp } of seen.records) expect(timestamp).toBeGreaterThan(before - 1000);
});

test.each([
  ['kafkajs', () => kafkajs({ brokers })],
  ['@platformatic/kafka', () => kafka({ brokers })],
])('a static member that came back is told by its own client id, by %s', async (_, open) => {
  const topic = await newTopic(1);
  const asked = open();
  const one = (clientId: string) => consume(topic, topic, {}, { clientId }, kafka({ brokers, instanceId: 'one' }));
  const before = await one('before');
  expect(await asked.admin().groupClients(topic)).toEqual(['before']);
  await before.consumer.stop();
  await one('after');
  expect(await asked.admin().groupClients(topic)).toEqual(['after']);
  await asked.close();
});

test('what is written while a time is looked for is not skipped', async () => {
  const topic = await newTopic(1);
  const time = Date.now();
  const { send } = Connection.prototype;
  let asked = 0;
  // Between the two questions a record comes that answers the second one.
  const writing: Send = function (...request) {
    const go = () => (send as Send).apply(this, request);
    if (request[0] !== listOffsetsKey || ++asked !== 2) return go();
    void broker
      .producer({ clientId: 'test' })
      .send([outgoing(topic, null, 'in between')], 'all')
      .then(go);
  };
  Connection.prototype.send = writing as typeof send;
  try {
    expect(await broker.admin().offsetsForTime(topic, time)).toEqual([{ partition: 0, offset: 0n }]);
  } finally {
    Connection.prototype.send = send;
  }
});

test('what other clients compressed is read', async () => {
  const topic = await newTopic(1);
  const producer = raw.producer();
  await producer.connect();
  const value = 'x'.repeat(1000);
  for (const compression of [0, 1]) await producer.send({ topic, compression, messages: [{ value }, { value }] });
  await producer.disconnect();
  const { records } = await consume(topic, topic);
  await vi.waitFor(
    () => expect(records.map((record) => text(record.value))).toEqual([value, value, value, value]),
    soon,
  );
});
