/**
 * What only a real Kafka can show of its adapters: rebalances, lost members, offsets that are gone, transactions, limits.
 * The behaviour that every broker adapter shares is in test/conformance.
 */
import { expect, test, vi } from 'vitest';
import type { Broker, BrokerRecord } from '../../../../runtime/src/broker/broker.ts';
import { type Ground, onRealKafka, outgoing, type Seen, soon, text } from './real-members.ts';

export interface Adapter {
  open(brokers?: string[]): Broker;
  /**
   * Has the broker write what the next request of a producer brings, and loses its answer; `for good`: so that it is not
   * asked again.
   */
  losingAnswer<T>(how: 'once' | 'for good', work: () => Promise<T>): Promise<T>;
}

export function adapterSuite({ open, losingAnswer }: Adapter): Ground {
  const ground = onRealKafka(() => open());
  const { broker, raw, rawAdmin, newTopic, consume } = ground;

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
    const valuesOf = (wanted: string) =>
      records[0]?.headers.filter(([name]) => name === wanted).map(([, value]) => [...value]);
    expect(['a', 'b', '__proto__', 'constructor'].map(valuesOf)).toEqual([[[50]], [[49], [0, 255]], [[120]], [[]]]);
    expect(records[0]?.headers).toHaveLength(5);
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

  // At once: they wait for the group, not for each other; the longest first.
  test.concurrent('partitions that are added are found and shared out', async () => {
    const topic = await newTopic(1);
    const seen = await consume(topic, topic);
    expect(await broker.admin().offsets(topic)).toHaveLength(1);
    await rawAdmin.createPartitions({ topicPartitions: [{ topic, count: 3 }] });
    await vi.waitFor(() => expect(seen.events).toEqual(['assigned 1', 'revoking', 'assigned 3']), {
      timeout: 20_000,
      interval: 100,
    });
    expect(await broker.admin().offsets(topic)).toHaveLength(3);
  });

  test.concurrent('a rebalance waits for the drain, takes its last commit, and gives nothing away before', async () => {
    const topic = await newTopic(4);
    // As many as are committed: beyond the end of its log an offset is lost.
    const seven = Array.from({ length: 7 }, () => outgoing(topic, null, 'v', 0));
    await broker.producer({ clientId: 'test' }).send(seven, 'all');
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
    const gone = all.find(
      (at) => !first.assignments[1]?.partitions.some(({ partition }) => partition === at.partition),
    );
    await expect(
      first.consumer.commit([{ topic, partition: gone?.partition ?? -1, offset: 9n, metadata: '' }]),
    ).rejects.toMatchObject({ reason: 'fenced' });
  });

  test.concurrent('a drain that takes too long is given up, and the core is told', async () => {
    const topic = await newTopic(2);
    const options = { rebalanceTimeoutMs: 3000 };
    const first = await consume(topic, topic, { revoking: () => new Promise(() => {}) }, options);
    await consume(topic, topic, {}, options);
    await vi.waitFor(() => expect(first.assignments.length).toBeGreaterThan(1), soon);
    expect(first.events.slice(0, 3)).toEqual(['assigned 2', 'lost', 'assigned 1']);
    // In time: the group did not have to throw the member out.
    expect(first.assignments[1]?.memberId).toBe(first.assignments[0]?.memberId);
  });

  test.concurrent('a member that reads nothing keeps its place, and one whose broker has nothing new does, too', async () => {
    const topic = await newTopic(1);
    const options = { sessionTimeoutMs: 1500, rebalanceTimeoutMs: 1500 };
    const paused = await consume(`${topic}-paused`, topic, { assigned: () => {} }, options);
    const idle = await consume(`${topic}-idle`, topic, {}, options);
    await new Promise((resolve) => setTimeout(resolve, 4000));
    await paused.consumer.confirm();
    await idle.consumer.confirm();
    expect([paused.events, idle.events]).toEqual([[], ['assigned 1']]);
  });

  test.concurrent('a member that the group has thrown out is told, is fenced, and joins again', async () => {
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

  test.concurrent('an offset that does not exist is reported, and nobody commits another one', async () => {
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

  test.concurrent('aborted records stay hidden and markers do not hold the reader up', async () => {
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
    const away = open(['127.0.0.1:1']);
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

  test('what is sent after a failure is not taken for a repeat of what failed', async () => {
    const topic = await newTopic(1);
    const producer = broker.producer({ clientId: 'test' });
    await losingAnswer('for good', async () => {
      await expect(producer.send([outgoing(topic, 'k', 'a')], 'all')).rejects.toMatchObject({ name: 'BrokerError' });
    });
    await producer.send([outgoing(topic, 'k', 'b')], 'all');
    const { records } = await consume(topic, topic);
    await vi.waitFor(() => expect(records.map(({ value }) => text(value))).toEqual(['a', 'b']), soon);
  });

  test('records without a key stay where they were placed when their request is repeated', async () => {
    const topic = await newTopic(5);
    const producer = broker.producer({ clientId: 'test' });
    const values = ['a', 'b', 'c'];
    await losingAnswer('once', () =>
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

  return ground;
}
