// What only a real Kafka can show of the adapter: rebalances, lost members, offsets that are gone, transactions,
// limits. The behaviour that every broker adapter shares is in test/conformance.
import { randomUUID } from 'node:crypto';
import { createRequire } from 'node:module';
import { kafka } from '@tenet/runtime/kafkajs';
import { Kafka, KafkaJSError, KafkaJSNonRetriableError, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, expect, inject, test, vi } from 'vitest';

type Broker = ReturnType<typeof kafka>;
type Listener = Parameters<Broker['consumer']>[1];
type Consumer = ReturnType<Broker['consumer']>;
type BrokerRecord = Parameters<Listener['records']>[1][number];
type Assignment = Parameters<Listener['assigned']>[0];

const raw = new Kafka({ brokers: inject('kafkaBrokers'), logLevel: logLevel.NOTHING });
const rawAdmin = raw.admin();
const broker = kafka({ brokers: inject('kafkaBrokers') });
const opened: Broker[] = [];
const topics: string[] = [];

beforeAll(async () => {
  await rawAdmin.connect();
  await broker.connect();
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((one) => one.close()));
});
afterAll(async () => {
  await broker.close();
  await rawAdmin.deleteTopics({ topics });
  await rawAdmin.disconnect();
});

async function newTopic(partitions: number, config: Record<string, string> = {}): Promise<string> {
  const topic = `kafkajs-${randomUUID()}`;
  topics.push(topic);
  await broker.admin().createTopics([{ topic, partitions, replication: 1, config }]);
  return topic;
}

function text(bytes: Uint8Array | null): string | null {
  return bytes === null ? null : Buffer.from(bytes).toString('utf8');
}

function outgoing(topic: string, key: string | null, value: string | null, partition?: number) {
  return {
    topic,
    key: key === null ? null : Buffer.from(key),
    value: value === null ? null : Buffer.from(value),
    headers: [],
    ...(partition === undefined ? {} : { partition }),
  };
}

interface Seen {
  readonly consumer: Consumer;
  readonly records: BrokerRecord[];
  readonly assignments: Assignment[];
  readonly events: string[];
}

/** A consumer that takes over as the core does: reads what is committed, seeks, resumes. */
async function consume(group: string, topic: string, own: Partial<Listener> = {}, options = {}): Promise<Seen> {
  const member = kafka({ brokers: inject('kafkaBrokers') });
  opened.push(member);
  const seen = { records: [] as BrokerRecord[], assignments: [] as Assignment[], events: [] as string[] };
  const consumer = member.consumer(
    { group, topics: [topic], clientId: 'test', sessionTimeoutMs: 4000, rebalanceTimeoutMs: 8000, ...options },
    {
      assigned: (assignment) => {
        seen.assignments.push(assignment);
        seen.events.push(`assigned ${assignment.partitions.length}`);
        void consumer.committed(assignment.partitions).then((committed) => {
          for (const at of committed) consumer.seek(at, at.offset ?? 0n);
          consumer.resume(assignment.partitions);
        });
      },
      revoking: async () => void seen.events.push('revoking'),
      lost: () => void seen.events.push('lost'),
      records: (_, records) => void seen.records.push(...records),
      offsetLost: ({ partition }, position) => void seen.events.push(`offset lost ${partition} ${position}`),
      failed: (error, fatal) => void seen.events.push(`failed ${error.message} ${fatal}`),
      recovered: () => void seen.events.push('recovered'),
      ...own,
    },
  );
  await consumer.start();
  return { consumer, ...seen };
}

const soon = { timeout: 10_000, interval: 20 };

test('bytes, headers and timestamps arrive as they were sent', async () => {
  const topic = await newTopic(1);
  const producer = broker.producer({ clientId: 'test' });
  const headers: [string, Uint8Array][] = [
    ['b', Buffer.from('1')],
    ['a', Buffer.from('2')],
    ['b', Buffer.from([0, 255])],
    ['__proto__', Buffer.from('x')],
    ['constructor', Buffer.alloc(0)],
  ];
  await producer.send(
    [
      { topic, key: Buffer.from([0xff, 0x00]), value: Buffer.from('v'), headers, timestamp: 1_700_000_000_000 },
      outgoing(topic, null, null, 0),
    ],
    'all',
  );
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records).toHaveLength(2), soon);
  expect(records[0]).toMatchObject({ topic, partition: 0, offset: 0n, timestamp: 1_700_000_000_000 });
  expect([...(records[0]?.key ?? [])]).toEqual([0xff, 0x00]);
  expect(records[0]?.headers.map(([name, value]) => [name, [...value]])).toEqual([
    ['b', [49]],
    ['b', [0, 255]],
    ['a', [50]],
    ['__proto__', [120]],
    ['constructor', []],
  ]);
  expect([records[1]?.key, records[1]?.value, records[1]?.headers, records[1]?.offset]).toEqual([null, null, [], 1n]);
});

test('keys go where Java puts them', async () => {
  const topic = await newTopic(12);
  const producer = broker.producer({ clientId: 'test' });
  const keys = ['', 'a', 'order-1', 'order-2', 'ключ', 'a-rather-long-key-of-a-customer'];
  for (const key of keys) await producer.send([outgoing(topic, key, key)], 'all');
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records).toHaveLength(keys.length), soon);
  // (murmur2(key) & 0x7fffffff) % 12, computed with org.apache.kafka.common.utils.Utils.
  const places = Object.fromEntries(records.map(({ key, partition }) => [text(key), partition]));
  expect(places).toEqual({ '': 9, a: 4, 'order-1': 10, 'order-2': 3, ключ: 8, 'a-rather-long-key-of-a-customer': 5 });
});

test('nothing arrives from a paused partition; what was fetched for it is kept; seek reads again', async () => {
  const topic = await newTopic(2);
  const producer = broker.producer({ clientId: 'test' });
  const seen = await consume(topic, topic);
  await vi.waitFor(() => expect(seen.assignments).toHaveLength(1), soon);
  await producer.send([outgoing(topic, null, 'a', 0), outgoing(topic, null, 'b', 1)], 'all');
  await vi.waitFor(() => expect(seen.records).toHaveLength(2), soon);
  seen.consumer.pause([{ topic, partition: 0 }]);
  await producer.send([outgoing(topic, null, 'c', 0), outgoing(topic, null, 'd', 1)], 'all');
  await vi.waitFor(() => expect(seen.records).toHaveLength(3), soon);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(seen.records.map(({ value }) => text(value)).slice(2)).toEqual(['d']);
  seen.consumer.resume([{ topic, partition: 0 }]);
  await vi.waitFor(() => expect(seen.records.map(({ value }) => text(value)).slice(3)).toEqual(['c']), soon);
  seen.consumer.seek({ topic, partition: 0 }, 0n);
  await vi.waitFor(() => expect(seen.records.map(({ value }) => text(value)).slice(4)).toEqual(['a', 'c']), soon);
});

test('commits carry metadata and are read back; a partition that is not ours is fenced', async () => {
  const topic = await newTopic(2);
  const { consumer } = await consume(topic, topic);
  const at = { topic, partition: 1 };
  expect(await consumer.committed([at])).toEqual([{ ...at, offset: undefined, metadata: '' }]);
  await consumer.commit([{ ...at, offset: 5n, metadata: 'tenet ✓' }]);
  expect(await consumer.committed([at, { topic, partition: 0 }])).toEqual([
    { ...at, offset: 5n, metadata: 'tenet ✓' },
    { topic, partition: 0, offset: undefined, metadata: '' },
  ]);
  await expect(consumer.commit([{ topic, partition: 2, offset: 1n, metadata: '' }])).rejects.toMatchObject({
    reason: 'fenced',
  });
  await expect(consumer.commit([{ ...at, offset: 6n, metadata: 'x'.repeat(5000) }])).rejects.toMatchObject({
    reason: 'too-large',
    retryable: false,
  });
});

test('a rebalance waits for the drain, takes its last commit, and gives nothing away before', async () => {
  const topic = await newTopic(4);
  const events: string[] = [];
  const first: Seen = await consume(topic, topic, {
    revoking: async () => {
      events.push('revoking');
      await new Promise((resolve) => setTimeout(resolve, 1500));
      await first.consumer.commit([{ topic, partition: 0, offset: 7n, metadata: 'drained' }]);
      events.push('drained');
    },
  });
  const second = await consume(topic, topic, { assigned: () => void events.push('second assigned') });
  await vi.waitFor(() => expect(first.assignments).toHaveLength(2), soon);
  expect(events).toEqual(['revoking', 'drained', 'second assigned']);
  expect(first.events).toEqual(['assigned 4', 'assigned 2']);
  const all = [0, 1, 2, 3].map((partition) => ({ topic, partition }));
  expect((await second.consumer.committed(all))[0]).toEqual({ topic, partition: 0, offset: 7n, metadata: 'drained' });
  const gone = all.find((at) => !first.assignments[1]?.partitions.some(({ partition }) => partition === at.partition));
  await expect(
    first.consumer.commit([{ topic, partition: gone?.partition ?? -1, offset: 9n, metadata: '' }]),
  ).rejects.toMatchObject({ reason: 'fenced' });
});

test('a drain that takes too long is given up, and the core is told', async () => {
  const topic = await newTopic(2);
  const options = { rebalanceTimeoutMs: 3000 };
  const first = await consume(topic, topic, { revoking: () => new Promise(() => {}) }, options);
  await consume(topic, topic, {}, options);
  await vi.waitFor(() => expect(first.assignments.length).toBeGreaterThan(1), soon);
  expect(first.events.slice(0, 3)).toEqual(['assigned 2', 'lost', 'assigned 1']);
  // In time: the group did not have to throw the member out.
  expect(first.assignments[1]?.memberId).toBe(first.assignments[0]?.memberId);
});

test('a member that the group has thrown out is told, is fenced, and joins again', async () => {
  const topic = await newTopic(1);
  const seen = await consume(topic, topic);
  const memberId = seen.assignments[0]?.memberId ?? '';
  // What an expired session does, without the wait: another client says goodbye in its name.
  let goodbye: Promise<unknown> | undefined;
  const other = raw.consumer({
    groupId: topic,
    partitionAssigners: [
      ({ cluster }) => {
        goodbye = cluster
          .connect()
          .then(() => cluster.findGroupCoordinator({ groupId: topic }))
          .then((coordinator) =>
            (coordinator as unknown as { leaveGroup(of: object): Promise<void> }).leaveGroup({
              groupId: topic,
              memberId,
            }),
          );
        return {
          name: 'none',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: 'none', metadata: Buffer.alloc(0) }),
        };
      },
    ],
  });
  await goodbye;
  await expect(seen.consumer.commit([{ topic, partition: 0, offset: 1n, metadata: '' }])).rejects.toMatchObject({
    reason: 'fenced',
  });
  await vi.waitFor(() => expect(seen.events).toEqual(['assigned 1', 'lost', 'assigned 1']), soon);
  expect(seen.assignments[1]?.memberId).not.toBe(memberId);
  await other.disconnect();
});

test('an offset that does not exist is reported, and nobody commits another one', async () => {
  const topic = await newTopic(1);
  const producer = broker.producer({ clientId: 'test' });
  await producer.send([outgoing(topic, null, 'a', 0)], 'all');
  const seen = await consume(topic, topic, { assigned: () => {} });
  const at = { topic, partition: 0 };
  seen.consumer.seek(at, 99n);
  seen.consumer.resume([at]);
  await vi.waitFor(() => expect(seen.events).toEqual(['offset lost 0 99']), soon);
  expect(await seen.consumer.committed([at])).toEqual([{ ...at, offset: undefined, metadata: '' }]);
  seen.consumer.seek(at, 0n);
  seen.consumer.resume([at]);
  await vi.waitFor(() => expect(seen.records.map(({ value }) => text(value))).toEqual(['a']), soon);
});

test('aborted records stay hidden and markers do not hold the reader up', async () => {
  const topic = await newTopic(1);
  const producer = raw.producer({ transactionalId: topic, maxInFlightRequests: 1, idempotent: true });
  await producer.connect();
  for (const [value, keep] of [
    ['a', true],
    ['b', false],
    ['c', true],
  ] as const) {
    const transaction = await producer.transaction();
    await transaction.send({ topic, messages: [{ value }] });
    await (keep ? transaction.commit() : transaction.abort());
  }
  await producer.disconnect();
  let position: bigint | undefined;
  const records: BrokerRecord[] = [];
  await consume(topic, topic, {
    records: (_, some, __, next) => {
      records.push(...some);
      position = next;
    },
  });
  await vi.waitFor(() => expect(records.map(({ value }) => text(value))).toEqual(['a', 'c']), soon);
  // The last offset is a marker: the position is beyond it.
  expect(position).toBe(6n);
  await broker.producer({ clientId: 'test' }).send([outgoing(topic, null, 'd', 0)], 'all');
  await vi.waitFor(() => expect(records.map(({ offset }) => offset)).toEqual([0n, 4n, 6n]), soon);
});

test('partitions that are added are found and shared out', async () => {
  const topic = await newTopic(1);
  const seen = await consume(topic, topic);
  await rawAdmin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
  await vi.waitFor(() => expect(seen.events).toEqual(['assigned 1', 'revoking', 'assigned 3']), {
    timeout: 20_000,
    interval: 100,
  });
});

test('a send larger than the topic takes at once is split; a record larger than that is refused', async () => {
  const topic = await newTopic(1, { 'max.message.bytes': '20000' });
  const producer = broker.producer({ clientId: 'test' });
  const values = Array.from({ length: 50 }, (_, index) => `${index}-`.padEnd(1500, 'x'));
  await producer.send(
    values.map((value) => outgoing(topic, 'k', value)),
    'all',
  );
  const both = [outgoing(topic, 'k', 'small'), outgoing(topic, 'k', 'x'.repeat(30_000))];
  await expect(producer.send(both, 'all')).rejects.toMatchObject({ reason: 'too-large', retryable: false });
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records.map(({ value }) => text(value))).toEqual(values), soon);
});

test('a backlog of the largest records that a topic takes arrives whole', async () => {
  const limit = 2 * 1024 * 1024;
  const topic = await newTopic(2, { 'max.message.bytes': String(limit) });
  const producer = broker.producer({ clientId: 'test' });
  const sizes = Array.from({ length: 6 }, (_, index) => limit - 300 - index);
  for (const size of sizes)
    await producer.send(
      [0, 1].map((at) => outgoing(topic, 'k', 'x'.repeat(size), at)),
      'all',
    );
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records).toHaveLength(12), soon);
  for (const partition of [0, 1]) {
    const lengths = records.filter((record) => record.partition === partition).map(({ value }) => value?.length);
    expect(lengths).toEqual(sizes);
  }
});

test('sends that are not awaited keep their order, whatever the acknowledgement', async () => {
  const topic = await newTopic(1);
  const producer = broker.producer({ clientId: 'test' });
  for (const acks of ['all', 'leader', 'none'] as const) {
    await Promise.all(
      Array.from({ length: 200 }, (_, index) => producer.send([outgoing(topic, 'k', `${index}`)], acks)),
    );
  }
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records).toHaveLength(600), soon);
  const once = Array.from({ length: 200 }, (_, index) => `${index}`);
  expect(records.map(({ value }) => text(value))).toEqual([...once, ...once, ...once]);
});

test('a missing topic is named, by producer and consumer alike', async () => {
  const producer = broker.producer({ clientId: 'test' });
  await expect(producer.send([outgoing('nowhere', 'k', 'v')], 'all')).rejects.toMatchObject({
    reason: 'missing-topic',
  });
  await expect(consume('nowhere', 'nowhere')).rejects.toMatchObject({ reason: 'missing-topic' });
});

test('a broker that is not there is unreachable', async () => {
  const away = kafka({ brokers: ['127.0.0.1:1'] });
  await expect(away.connect()).rejects.toMatchObject({ name: 'BrokerError', reason: 'unreachable', retryable: true });
  await away.close();
});

test('topics are described with their settings, and created only where they are missing', async () => {
  const topic = await newTopic(3, { 'retention.ms': '1234567' });
  await broker.admin().createTopics([{ topic, partitions: 9, replication: 1, config: {} }]);
  const [described, missing] = await broker.admin().describeTopics([topic, 'nowhere']);
  expect(described).toMatchObject({ topic, partitions: 3, replication: 1, config: { 'retention.ms': '1234567' } });
  expect(missing).toBeUndefined();
  await broker.producer({ clientId: 'test' }).send([outgoing(topic, null, 'a', 2)], 'all');
  expect(await broker.admin().offsets(topic)).toEqual([
    { partition: 0, start: 0n, end: 0n },
    { partition: 1, start: 0n, end: 0n },
    { partition: 2, start: 0n, end: 1n },
  ]);
});

test('no timer is set in the past', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error): void => void warnings.push(warning.name);
  process.on('warning', listen);
  const topic = await newTopic(1);
  await broker.producer({ clientId: 'test' }).send([outgoing(topic, null, 'a', 0)], 'all');
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records).toHaveLength(1), soon);
  process.off('warning', listen);
  expect(warnings).toEqual([]);
});

type Produce = (this: unknown, request: unknown) => Promise<unknown>;

/** Has the broker write what the next requests bring, and loses its answer: `errors` are thrown instead, in turn. */
async function losingAnswers<T>(errors: Error[], work: () => Promise<T>): Promise<T> {
  const inside: { prototype: { produce: Produce } } = createRequire(import.meta.url)('kafkajs/src/broker');
  const { produce } = inside.prototype;
  inside.prototype.produce = async function (request) {
    const answer = await produce.call(this, request);
    const error = errors.shift();
    if (error !== undefined) throw error;
    return answer;
  };
  try {
    return await work();
  } finally {
    inside.prototype.produce = produce;
  }
}

test('what is sent after a failure is not taken for a repeat of what failed', async () => {
  const topic = await newTopic(1);
  const producer = broker.producer({ clientId: 'test' });
  await losingAnswers([new KafkaJSNonRetriableError('the answer was lost')], async () => {
    await expect(producer.send([outgoing(topic, 'k', 'a')], 'all')).rejects.toMatchObject({ reason: 'unreachable' });
  });
  await producer.send([outgoing(topic, 'k', 'b')], 'all');
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records.map(({ value }) => text(value))).toEqual(['a', 'b']), soon);
});

test('records without a key stay where they were placed when their request is repeated', async () => {
  const topic = await newTopic(5);
  const producer = broker.producer({ clientId: 'test' });
  const values = ['a', 'b', 'c'];
  await losingAnswers([new KafkaJSError('the answer was lost')], () =>
    producer.send(
      values.map((value) => outgoing(topic, null, value)),
      'all',
    ),
  );
  const { records } = await consume(topic, topic);
  await vi.waitFor(() => expect(records.length).toBeGreaterThanOrEqual(3), soon);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(records.map(({ value }) => text(value)).sort()).toEqual(values);
});
