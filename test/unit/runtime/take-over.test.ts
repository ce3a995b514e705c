// Who may raise an epoch when the store and the group disagree about who came last.
import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import type { BrokerAdmin, BrokerConsumer } from '../../../runtime/src/broker/broker.ts';
import { readPositions } from '../../../runtime/src/consumer/positions.ts';
import { anOrder, effectivelyOnce } from './orders.ts';
import { collecting, group, raw, topic, until } from './support.ts';

const placed = (id: string) => raw(id, JSON.stringify(anOrder(id)));

test('a group whose generations start again goes on where the store remembers a later one', async () => {
  const store = memoryStore();
  const run = async (ids: readonly string[], rebalances: number) => {
    const cluster = memoryCluster();
    const runtime = memoryRuntime({ cluster, store: store.inbox() });
    runtime.consume(effectivelyOnce(), (order, { tx }) => tx.write(order.orderId, true));
    await runtime.start();
    for (let i = 0; i < rebalances; i++) await cluster.expireSessions(group);
    for (const id of ids) cluster.publish(placed(id));
    await runtime.settled();
    await runtime.stop();
  };
  await run(['o-1', 'o-2'], 3);
  // The broker was built anew: no group, no offsets, everything published once more.
  await run(['o-1', 'o-2', 'o-3'], 0);
  expect(['o-1', 'o-2', 'o-3'].map((id) => store.writes(id))).toEqual([1, 1, 1]);
});

test('a member that the group does not confirm raises nothing over a later generation', async () => {
  const cluster = memoryCluster();
  const inner = memoryStore().inbox();
  const calls: { readonly generation: number; readonly over: bigint | undefined }[] = [];
  const watched = {
    ...inner,
    takeOver: async (...[partition, owner, over]: Parameters<typeof inner.takeOver>) => {
      const first = calls.length === 0;
      calls.push({ generation: owner.generation, over });
      if (!first) return inner.takeOver(partition, owner, over);
      // Somebody later holds the partition, and while we are told so, our session ends.
      await inner.takeOver(partition, { member: 'later', generation: 50 });
      const refused = await inner.takeOver(partition, owner, over).catch((error: unknown) => error);
      await cluster.expireSessions(group);
      throw refused;
    },
  };
  const runtime = memoryRuntime({ cluster, store: watched });
  runtime.consume(effectivelyOnce(), () => undefined);
  await runtime.start();
  await until(() => runtime.readiness().ready);
  // Three partitions by the first assignment, three by the second one, which was confirmed for the contested partition.
  expect(calls.filter(({ over }) => over !== undefined)).toEqual([{ generation: 2, over: 1n }]);
  expect(calls.map(({ generation }) => generation).sort()).toEqual([1, 1, 1, 2, 2, 2, 2]);
  await runtime.stop();
});

test('an owner that the store has fenced asks the group before it raises the epoch again', async () => {
  const cluster = memoryCluster();
  const store = memoryStore();
  const inner = store.inbox();
  let raised = 0;
  const watched = {
    ...inner,
    takeOver: async (...call: Parameters<typeof inner.takeOver>) => {
      raised += 1;
      return inner.takeOver(...call);
    },
  };
  const log = collecting();
  const runtime = memoryRuntime({ cluster, store: watched, log, timing: { sessionTimeoutMs: 50 } });
  runtime.consume(effectivelyOnce(), (order, { tx }) => tx.write(order.orderId, true));
  await runtime.start();
  await until(() => runtime.readiness().ready);
  expect(raised).toBe(3);
  const stored = cluster.publish(placed('o-1'));
  await runtime.settled();
  // A later owner of the same partition, and a group that has thrown us out without a word.
  const partition = { group, topic: stored.topic, partition: stored.partition };
  await store.inbox().takeOver(partition, { member: 'later', generation: 50 });
  cluster.fail({ operation: 'confirm', reason: 'fenced', times: 3 });
  cluster.publish(raw('o-1', JSON.stringify(anOrder('o-1', 2))));
  await until(() => log.incidents.filter(({ code }) => code === 'fenced').length >= 4);
  expect(raised).toBe(3);
  await runtime.settled();
  // Refused once for the later generation, and then over it.
  expect([raised, store.writes('o-1')]).toEqual([5, 2]);
  await runtime.stop();
});

test('a group that does not answer decides nothing', async () => {
  const cluster = memoryCluster();
  const store = memoryStore();
  await store.inbox().takeOver({ group, topic, partition: 0 }, { member: 'later', generation: 50 });
  cluster.fail({ operation: 'confirm', reason: 'unreachable', times: 2 });
  const log = collecting();
  const runtime = memoryRuntime({ cluster, store: store.inbox(), log });
  runtime.consume(effectivelyOnce(), () => undefined);
  await runtime.start();
  await until(() => runtime.readiness().ready);
  expect(log.incidents.map(({ code }) => code)).toEqual(['broker-lost', 'broker-lost']);
  await runtime.stop();
});

test('a partition of ours that the broker has not heard of yet is no lost offset: it is asked about again', async () => {
  const consumer: Pick<BrokerConsumer, 'committed'> = {
    committed: async (refs) => refs.map((ref) => ({ ...ref, offset: undefined, metadata: '' })),
  };
  const admin: Pick<BrokerAdmin, 'offsets'> = { offsets: async () => [{ partition: 0, start: 2n, end: 5n }] };
  const read = (...partitions: readonly number[]) =>
    readPositions(consumer as BrokerConsumer, admin as BrokerAdmin, {
      topic,
      partitions,
      startFrom: 'earliest',
      onOffsetLost: 'fail',
      metadata: true,
    });
  expect(await read(0)).toEqual(
    new Map([[0, { start: 2n, committed: undefined, logEnd: 5n, gaps: [], said: undefined }]]),
  );
  await expect(read(0, 1)).rejects.toMatchObject({
    reason: 'unreachable',
    message: `nobody tells the offsets of ${topic}/1`,
  });
});
