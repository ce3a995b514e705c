/**
 * What every broker adapter must do for the core to keep its promises. The features that the adapter declares decide
 * which scenarios count; `broker.broken.test.ts` shows that each of them can fail.
 */
import { describe, expect } from 'vitest';
import { BrokerError, type BrokerFeatures } from '../../runtime/src/broker/broker.ts';
import { type BrokerRig, connected, fresh, join, outgoing, textOf, topicWith } from './broker-rig.ts';
import { eventually, registerSuite, type Scenario } from './suite.ts';

export interface BrokerScenario extends Scenario<BrokerRig> {
  readonly needs?: (features: BrokerFeatures) => boolean;
}

/** `create` is called for every scenario; rigs may share a cluster, names are fresh. */
export function brokerSuite(name: string, create: () => Promise<BrokerRig>, features: BrokerFeatures): void {
  describe(`${name} is a broker`, () => {
    registerSuite(
      brokerScenarios.filter(({ needs }) => needs?.(features) ?? true),
      create,
    );
  });
}

async function reasonOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'it resolved';
  } catch (error) {
    return error instanceof BrokerError ? error.reason : `not a BrokerError: ${error}`;
  }
}

const numbered = (topic: string, from: number, count: number, partition: number) =>
  Array.from({ length: count }, (_, i) => outgoing(topic, 'k', String(from + i), { partition }));

export const brokerScenarios: readonly BrokerScenario[] = [
  {
    name: 'gives records back byte for byte, nulls and headers included',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 1);
      const bytes = Uint8Array.from({ length: 256 }, (_, i) => i);
      const headers = [
        ['b', Buffer.from([0, 255, 128])],
        ['a', Buffer.from('ü')],
        ['empty', Buffer.alloc(0)],
      ] as const;
      await broker
        .producer({ clientId: 'p' })
        .send(
          [
            { topic, key: bytes, value: bytes, headers },
            outgoing(topic, 'k', null),
            { ...outgoing(topic, null, ''), partition: 0 },
          ],
          'all',
        );
      const member = await join(broker, topic, fresh('group'));
      await eventually(() => member.records.length === 3, 'three records');
      const [first, tombstone, keyless] = member.records;
      expect(Buffer.from(first?.key ?? [])).toEqual(Buffer.from(bytes));
      expect(Buffer.from(first?.value ?? [])).toEqual(Buffer.from(bytes));
      expect(first?.headers.map(([name, value]) => [name, Buffer.from(value)])).toEqual(headers.map((one) => [...one]));
      expect([textOf(tombstone?.key ?? null), tombstone?.value]).toEqual(['k', null]);
      expect([keyless?.key, textOf(keyless?.value ?? null)]).toEqual([null, '']);
      expect(member.records.map(({ offset }) => offset)).toEqual([0n, 1n, 2n]);
    },
  },
  {
    name: 'keeps every value of a repeated header, in order',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 1);
      const headers = ['1', '2', '3'].map((value) => ['again', Buffer.from(value)] as const);
      await broker.producer({ clientId: 'p' }).send([outgoing(topic, 'k', 'v', { headers })], 'all');
      const member = await join(broker, topic, fresh('group'));
      await eventually(() => member.records.length === 1, 'one record');
      expect(member.records[0]?.headers.map(([name, value]) => [name, textOf(value)])).toEqual([
        ['again', '1'],
        ['again', '2'],
        ['again', '3'],
      ]);
    },
  },
  {
    name: 'places keys where Java places them',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 10);
      // Computed with org.apache.kafka.common.utils.Utils.murmur2, positive, modulo 10.
      const places = { '21': 0, foobar: 6, 'a-little-bit-long-string': 2, 'a-little-bit-longer-string': 9, abc: 7 };
      const keys = Object.keys(places);
      await broker.producer({ clientId: 'p' }).send(
        keys.map((key) => outgoing(topic, key, 'v')),
        'all',
      );
      const member = await join(broker, topic, fresh('group'));
      await eventually(() => member.records.length === keys.length, 'every record');
      expect(Object.fromEntries(member.records.map(({ key, partition }) => [textOf(key), partition]))).toEqual(places);
    },
  },
  {
    name: 'keeps the order of a partition and loses, repeats and reorders nothing, through pauses',
    withinMs: 60_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 2);
      const producer = broker.producer({ clientId: 'p' });
      const member = await join(broker, topic, fresh('group'));
      for (let from = 0; from < 2000; from += 100) {
        await producer.send([...numbered(topic, from, 100, 0), ...numbered(topic, from, 100, 1)], 'all');
        const refs = [{ topic, partition: (from / 100) % 2 }];
        member.consumer.pause(refs);
        if (from % 300 === 0) await new Promise((resolve) => setTimeout(resolve, 5));
        member.consumer.resume(refs);
      }
      await eventually(() => member.records.length >= 4000, 'every record', 30_000);
      await new Promise((resolve) => setTimeout(resolve, 100));
      for (const partition of [0, 1]) {
        const values = member.records
          .filter((one) => one.partition === partition)
          .map(({ value }) => Number(textOf(value)));
        expect(values).toEqual(Array.from({ length: 2000 }, (_, i) => i));
      }
    },
  },
  {
    name: 'splits what is larger than one request may be',
    withinMs: 60_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 1);
      const large = Array.from({ length: 40 }, (_, i) => outgoing(topic, 'k', String(i).padEnd(100_000, '.')));
      await broker.producer({ clientId: 'p' }).send(large, 'all');
      const member = await join(broker, topic, fresh('group'));
      await eventually(() => member.records.length === 40, 'every record', 30_000);
      expect(member.records.map(({ value }) => Number.parseInt(textOf(value) ?? '', 10))).toEqual(
        large.map((_, i) => i),
      );
    },
  },
  {
    name: 'says why a record cannot be written',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 1, { 'max.message.bytes': '2000' });
      const producer = broker.producer({ clientId: 'p' });
      expect(await reasonOf(producer.send([outgoing(topic, 'k', 'x'.repeat(5000))], 'all'))).toBe('too-large');
      expect(await reasonOf(producer.send([outgoing(fresh('nowhere'), 'k', 'v')], 'all'))).toBe('missing-topic');
      await producer.send([outgoing(topic, 'k', 'v')], 'all');
    },
  },
  {
    name: 'keeps the time of the producer, or stamps where the topic says so',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const kept = await topicWith(broker, 1, { 'message.timestamp.type': 'CreateTime' });
      const stamped = await topicWith(broker, 1, { 'message.timestamp.type': 'LogAppendTime' });
      const before = Date.now() - 5000;
      const timestamp = before - 86_400_000;
      const producer = broker.producer({ clientId: 'p' });
      await producer.send([outgoing(kept, 'k', 'v', { timestamp }), outgoing(stamped, 'k', 'v', { timestamp })], 'all');
      const one = await join(broker, kept, fresh('group'));
      const other = await join(broker, stamped, fresh('group'));
      await eventually(() => one.records.length + other.records.length === 2, 'both records');
      expect(one.records[0]?.timestamp).toBe(timestamp);
      expect(other.records[0]?.timestamp).toBeGreaterThan(before);
    },
  },
  {
    name: 'hands over nothing of a partition before it is resumed, and then from where it was sought',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 2);
      const both = [...numbered(topic, 0, 10, 0), ...numbered(topic, 0, 10, 1)];
      await broker.producer({ clientId: 'p' }).send(both, 'all');
      const member = await join(broker, topic, fresh('group'), { from: () => undefined });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(member.records).toEqual([]);
      member.consumer.seek({ topic, partition: 0 }, 6n);
      member.consumer.resume([{ topic, partition: 0 }]);
      await eventually(() => member.records.length >= 4, 'the rest');
      await new Promise((resolve) => setTimeout(resolve, 150));
      expect(member.records.map(({ partition, offset }) => [partition, offset])).toEqual(
        [6n, 7n, 8n, 9n].map((offset) => [0, offset]),
      );
    },
  },
  {
    name: 'says that a position does not exist, and reads on nowhere by itself',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 1);
      await broker.producer({ clientId: 'p' }).send(numbered(topic, 0, 3, 0), 'all');
      const group = fresh('group');
      const member = await join(broker, topic, group, { from: () => 1000n });
      await eventually(() => member.lostOffsets.length > 0, 'offsetLost');
      expect(member.lostOffsets[0]).toEqual({ partition: 0, position: 1000n });
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(member.records).toEqual([]);
      const [held] = await member.consumer.committed([{ topic, partition: 0 }]);
      expect(held?.offset).toBeUndefined();
    },
  },
  {
    name: 'commits what it is told and reads it back, and nothing by itself',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 2);
      const group = fresh('group');
      await broker.producer({ clientId: 'p' }).send(numbered(topic, 0, 5, 0), 'all');
      const member = await join(broker, topic, group);
      await eventually(() => member.records.length === 5, 'every record');
      const refs = [0, 1].map((partition) => ({ topic, partition }));
      expect((await member.consumer.committed(refs)).map(({ offset }) => offset)).toEqual([undefined, undefined]);
      await member.consumer.commit([{ topic, partition: 0, offset: 3n, metadata: 'tenet/1' }]);
      expect((await member.consumer.committed(refs)).map(({ offset }) => offset)).toEqual([3n, undefined]);
      await member.consumer.stop();
      const next = await join(broker, topic, group);
      expect((await next.consumer.committed(refs)).map(({ offset }) => offset)).toEqual([3n, undefined]);
    },
  },
  {
    name: 'gives the metadata of a commit back',
    withinMs: 30_000,
    needs: (features) => features.commitMetadata,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 1);
      const member = await join(broker, topic, fresh('group'));
      const metadata = 'tenet/1;ü'.padEnd(1000, '.');
      await member.consumer.commit([{ topic, partition: 0, offset: 0n, metadata }]);
      const [held] = await member.consumer.committed([{ topic, partition: 0 }]);
      expect(held).toEqual({ topic, partition: 0, offset: 0n, metadata });
    },
  },
  {
    name: 'shares the partitions of a group, each with one member, and gives them on when a member leaves',
    withinMs: 60_000,
    async run(rig) {
      const topic = await topicWith(await connected(rig), 4);
      const group = fresh('group');
      const one = await join(await connected(rig), topic, group);
      expect(one.partitions()).toEqual([0, 1, 2, 3]);
      const two = await join(await connected(rig), topic, group);
      await eventually(
        () => one.partitions().length === 2 && two.partitions().length === 2,
        'two partitions each',
        30_000,
      );
      expect([...one.partitions(), ...two.partitions()].sort()).toEqual([0, 1, 2, 3]);
      expect(one.assignments.at(-1)?.generation).toBe(two.assignments.at(-1)?.generation);
      expect(one.assignments.at(-1)?.generation).toBeGreaterThan(one.assignments[0]?.generation ?? 0);
      await one.consumer.stop();
      await eventually(() => two.partitions().length === 4, 'everything to the one that stays', 30_000);
    },
  },
  {
    name: 'drains: nobody gets a partition before its owner has let go, and the last commit counts',
    withinMs: 60_000,
    needs: (features) => features.drainOnRevoke,
    async run(rig) {
      const topic = await topicWith(await connected(rig), 2);
      const group = fresh('group');
      const one = await join(await connected(rig), topic, group);
      let drained = 0;
      one.onRevoking = async () => {
        expect(one.assignments).toHaveLength(1);
        await new Promise((resolve) => setTimeout(resolve, 500));
        await one.consumer.commit([0, 1].map((partition) => ({ topic, partition, offset: 0n, metadata: 'last' })));
        drained = performance.now();
      };
      const assigned: number[] = [];
      const two = await join(await connected(rig), topic, group, {
        from: () => {
          assigned.push(performance.now());
          return 0n;
        },
      });
      await eventually(() => two.partitions().length === 1, 'a share of the partitions', 30_000);
      expect(drained).toBeGreaterThan(0);
      for (const at of assigned) expect(at).toBeGreaterThanOrEqual(drained);
      const held = await two.consumer.committed([0, 1].map((partition) => ({ topic, partition })));
      expect(held.map(({ metadata }) => metadata)).toEqual(['last', 'last']);
    },
  },
  {
    name: 'refuses commits of whoever does not own the partition any more',
    withinMs: 60_000,
    async run(rig) {
      const topic = await topicWith(await connected(rig), 2);
      const group = fresh('group');
      const one = await join(await connected(rig), topic, group);
      const two = await join(await connected(rig), topic, group);
      await eventually(() => one.partitions().length === 1 && two.partitions().length === 1, 'one each', 30_000);
      const [moved = -1] = two.partitions();
      const commit = { topic, partition: moved, offset: 0n, metadata: '' };
      expect(await reasonOf(one.consumer.commit([commit]))).toBe('fenced');
      await two.consumer.commit([commit]);
      await one.consumer.stop();
      expect(await reasonOf(one.consumer.commit([commit]))).toBe('fenced');
    },
  },
  {
    name: 'confirms an assignment while it stands, and no longer',
    withinMs: 60_000,
    async run(rig) {
      const topic = await topicWith(await connected(rig), 2);
      const group = fresh('group');
      const one = await join(await connected(rig), topic, group);
      await one.consumer.confirm();
      const two = await join(await connected(rig), topic, group);
      await eventually(() => one.partitions().length === 1 && two.partitions().length === 1, 'one each', 30_000);
      await one.consumer.confirm();
      await two.consumer.confirm();
      await one.consumer.stop();
      expect(await reasonOf(one.consumer.confirm())).toBe('fenced');
      await eventually(() => two.partitions().length === 2, 'everything to the one that stays', 30_000);
      await two.consumer.confirm();
    },
  },
  {
    name: 'names the clients of a group while they are in it',
    withinMs: 60_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 1);
      const group = fresh('group');
      expect(await broker.admin().groupClients(group)).toEqual([]);
      const member = await join(broker, topic, group);
      const [client, ...others] = await broker.admin().groupClients(group);
      expect([client, others]).toEqual([member.clientId, []]);
      await member.consumer.stop();
      expect(await broker.admin().groupClients(group)).toEqual([]);
    },
  },
  {
    name: 'describes topics and leaves existing ones alone',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 3, { 'message.timestamp.type': 'LogAppendTime' });
      await broker.admin().createTopics([{ topic, partitions: 7, replication: 1, config: {} }]);
      const [known, unknown] = await broker.admin().describeTopics([topic, fresh('nowhere')]);
      expect(known?.partitions).toBe(3);
      expect(known?.config['message.timestamp.type']).toBe('LogAppendTime');
      expect(unknown).toBeUndefined();
      await broker.producer({ clientId: 'p' }).send(numbered(topic, 0, 4, 1), 'all');
      const offsets = await broker.admin().offsets(topic);
      expect([...offsets].sort((a, b) => a.partition - b.partition)).toEqual([
        { partition: 0, start: 0n, end: 0n },
        { partition: 1, start: 0n, end: 4n },
        { partition: 2, start: 0n, end: 0n },
      ]);
    },
  },
  {
    name: 'finds the first offset of a time in each partition',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 3, { 'message.timestamp.type': 'CreateTime' });
      const day = Date.now() - 86_400_000;
      const at = (timestamp: number, partition: number) => outgoing(topic, 'k', 'v', { partition, timestamp });
      // Producers' clocks differ: the first offset counts, not the lowest time.
      await broker
        .producer({ clientId: 'p' })
        .send([at(day, 0), at(day + 2000, 0), at(day + 1000, 0), at(day + 3000, 0), at(day, 1)], 'all');
      const since = async (time: number) =>
        [...(await broker.admin().offsetsForTime(topic, time))]
          .sort((a, b) => a.partition - b.partition)
          .map(({ offset }) => offset);
      expect(await since(day)).toEqual([0n, 0n, 0n]);
      expect(await since(day + 1)).toEqual([1n, 1n, 0n]);
      expect(await since(day + 1000)).toEqual([1n, 1n, 0n]);
      expect(await since(day + 2001)).toEqual([3n, 1n, 0n]);
      expect(await since(day + 3001)).toEqual([4n, 1n, 0n]);
    },
  },
  {
    name: 'closes with everything that was opened, also twice, and tells nobody anything afterwards',
    withinMs: 30_000,
    async run(rig) {
      const broker = await connected(rig);
      const topic = await topicWith(broker, 1);
      const producer = broker.producer({ clientId: 'p' });
      const member = await join(broker, topic, fresh('group'));
      await producer.send(numbered(topic, 0, 1, 0), 'all');
      await eventually(() => member.records.length === 1, 'the record');
      await broker.close();
      await broker.close();
      const other = await connected(rig);
      await other.producer({ clientId: 'p' }).send(numbered(topic, 1, 1, 0), 'all');
      await new Promise((resolve) => setTimeout(resolve, 300));
      expect(member.records).toHaveLength(1);
    },
  },
];
