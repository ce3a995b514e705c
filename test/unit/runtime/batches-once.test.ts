import { BatchError } from '@tenet/runtime';
import { memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { anOrder, batchesOnce, type Order, orders } from './orders.ts';
import { collecting, gate, group, letters, pause, raw, text, topic, until } from './support.ts';

const event = orders({ topic: { ...orders().topic, partitions: 1 } });
const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));
const names = (batch: readonly Order[]) => batch.map(({ orderId, revision }) => `${orderId}/${revision}`);
const outOfStock = () => Object.assign(new Error('none left'), { name: 'OutOfStock' });

describe('batches once', () => {
  const batch = { size: 3, withinMs: 20 };

  test('effects and keys of a batch commit in one transaction', async () => {
    const store = memoryStore();
    let transactions = 0;
    const inbox = store.inbox();
    const runtime = memoryRuntime({
      store: {
        ...inbox,
        handleBatch: (...call) => {
          transactions += 1;
          return inbox.handleBatch(...call);
        },
      },
    });
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a'), placed('b'), placed('c')]) runtime.cluster.publish(record);
    runtime.consume(batchesOnce({ event, batch }), (all, { tx }) => {
      for (const { orderId } of all) tx.write(`picks/${orderId}`, 1);
    });
    await runtime.start();
    await runtime.settled();
    expect([store.places(), transactions]).toEqual([['picks/a', 'picks/b', 'picks/c'], 1]);
    await runtime.stop();
  });

  test('duplicates are not in the batch, neither of an earlier one nor of its own', async () => {
    const seen: string[][] = [];
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ telemetry });
    runtime.consume(batchesOnce({ event, batch: { size: 2, withinMs: 20 } }), (all) => {
      seen.push(names(all));
    });
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a'), placed('a'), placed('b'), placed('a'), placed('b')])
      runtime.cluster.publish(record);
    await runtime.start();
    await runtime.settled();
    expect(seen.flat().sort()).toEqual(['a/1', 'b/1']);
    expect(telemetry.value('recordsDuplicate')).toBe(3);
    await runtime.stop();
  });

  test('one that fails rolls all back; the others are handled again without it, it alone', async () => {
    const store = memoryStore();
    const runtime = memoryRuntime({ store: store.inbox() });
    const seen: string[] = [];
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a', 1), placed('b', 1), placed('a', 2)]) runtime.cluster.publish(record);
    runtime.consume(batchesOnce({ event, batch }), (all, { tx, events }) => {
      seen.push(`${names(all)} ${events.map(({ attempt }) => attempt)}`);
      for (const { orderId, revision } of all) tx.write(`picks/${orderId}/${revision}`, seen.length);
      const failed = names(all).indexOf('a/2');
      if (all.length === 3) throw new BatchError([[failed, new Error('not yet')]]);
    });
    await runtime.start();
    await runtime.settled();
    // `a/2` waits for `a/1`, which was rolled back with it: its failure is none yet.
    expect(seen).toEqual(['a/1,b/1,a/2 1,1,1', 'a/1,b/1 1,1', 'a/2 1']);
    for (const place of store.places()) expect([place, store.writes(place)]).toEqual([place, 1]);
    expect(store.places()).toHaveLength(3);
    await runtime.stop();
  });

  test('a store that is away keeps the batch together, uses up no attempt and is told once', async () => {
    const log = collecting();
    const inbox = memoryStore().inbox();
    let away = 2;
    const runtime = memoryRuntime({
      log,
      random: () => 0,
      store: {
        ...inbox,
        handleBatch: async (...call) => {
          away -= 1;
          if (away >= 0) throw new InboxError('unavailable', 'away');
          return inbox.handleBatch(...call);
        },
      },
    });
    const seen: string[] = [];
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a'), placed('b'), placed('c')]) runtime.cluster.publish(record);
    runtime.consume(batchesOnce({ event, batch }), (all, { events }) => {
      seen.push(`${names(all)} ${events.map(({ attempt }) => attempt)}`);
    });
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['a/1,b/1,c/1 1,1,1']);
    expect(log.incidents.map(({ code }) => code)).toEqual(['store-unavailable']);
    await runtime.stop();
  });

  test('one that was marked dead before a restart dies, and the others are handled without it', async () => {
    const cluster = memoryCluster();
    const store = memoryStore();
    cluster.createTopic(topic, 1);
    const first = memoryRuntime({ cluster, store: store.inbox(), timing: { commitEveryMs: 60_000 } });
    first.consume(batchesOnce({ event, batch: { size: 1, withinMs: 1 } }), () => {
      throw outOfStock();
    });
    await first.start();
    cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1000 });
    cluster.publish(placed('b', 1));
    await pause(30);
    first.cutOff();
    cluster.heal();
    for (const record of [placed('a', 1), placed('b', 2)]) cluster.publish(record);
    const second = memoryRuntime({ cluster, store: store.inbox() });
    const seen: string[] = [];
    second.consume(batchesOnce({ event, batch }), (all) => {
      seen.push(`${names(all)} after ${cluster.records(letters).length}`);
    });
    await second.start();
    await second.settled();
    expect(cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-disposition'))).toEqual(['RECOVERED']);
    expect(seen).toEqual(['a/1,b/2 after 1']);
    await second.stop();
  });

  test('one that is dead behind others of its key lets them be handled first', async () => {
    const store = memoryStore().inbox();
    const runtime = memoryRuntime({ store });
    const partition = { group, topic, partition: 0 };
    const epoch = await store.takeOver(partition, { member: 'before', generation: 0 });
    const mark = { windowMs: 1e9, timeoutMs: 1000, payloadHash: new Uint8Array(32), parked: false };
    await store.markDead({
      ...partition,
      ...mark,
      epoch,
      offset: 1n,
      key: `${event.name} ${JSON.stringify(['a', 2])}`,
    });
    runtime.cluster.createTopic(topic, 1);
    for (const record of [placed('a', 1), placed('a', 2), placed('a', 3)]) runtime.cluster.publish(record);
    const seen: string[] = [];
    runtime.consume(batchesOnce({ event, batch }), (all) => {
      seen.push(`${names(all)} after ${runtime.cluster.records(letters).length}`);
    });
    await runtime.start();
    await runtime.settled();
    expect(seen).toEqual(['a/1 after 0', 'a/3 after 1']);
    await runtime.stop();
  });

  test('an owner whose session expired commits nothing of its batch', async () => {
    const cluster = memoryCluster();
    const store = memoryStore();
    cluster.createTopic(topic, 1);
    for (const record of [placed('a'), placed('b'), placed('c')]) cluster.publish(record);
    const runtime = memoryRuntime({ cluster, store: store.inbox() });
    const { opened, open } = gate();
    let started = 0;
    runtime.consume(batchesOnce({ event, batch }), async (all, { tx }) => {
      started += 1;
      const who = started;
      if (who === 1) await opened;
      for (const { orderId } of all) tx.write(`picks/${orderId}`, who);
    });
    await runtime.start();
    await until(() => started === 1);
    await cluster.expireSessions(group);
    await pause(30);
    open();
    await runtime.settled();
    for (const id of ['a', 'b', 'c']) expect([store.read(`picks/${id}`), store.writes(`picks/${id}`)]).toEqual([2, 1]);
    await runtime.stop();
  });
});
