/**
 * I6, counted from the outside: over distinct (partition, offset), what was emitted is what was handled, recognised as
 * duplicate, or dead-lettered. Members are cut off and started again while poison, duplicates and failures go through.
 */
import { type MemoryCluster, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { anOrder, atLeastOnce, effectivelyOnce } from './orders.ts';
import { randomOf } from './random.ts';
import { committedTotal, letters, pause, raw, text, topic, until } from './support.ts';

const keys = 20;

/** 400 orders, some of them twice, and 6 records that no handler can take; spread over a while. */
async function publish(cluster: MemoryCluster, next: () => number): Promise<void> {
  const revisions = new Map<string, number>();
  for (let i = 0; i < 400; i++) {
    const id = `o-${Math.floor(next() * keys)}`;
    const revision = (revisions.get(id) ?? 0) + 1;
    revisions.set(id, revision);
    const record = raw(id, JSON.stringify(anOrder(id, revision)));
    cluster.publish(record);
    if (next() < 0.05) cluster.publish(record);
    if (i % 70 === 69) cluster.publish(raw(id, '{"broken'));
    if (i % 20 === 0) await pause(2);
  }
}

const places = (cluster: MemoryCluster, name: string) =>
  cluster.records(name).map(({ partition, offset }) => `${partition}:${offset}`);
const deadPlaces = (cluster: MemoryCluster) =>
  cluster
    .records(letters)
    .map((letter) => `${text(letter, 'tenet-dlq-original-partition')}:${text(letter, 'tenet-dlq-original-offset')}`);

function rises(revisions: readonly number[]): boolean {
  return revisions.every((revision, i) => i === 0 || revision > (revisions[i - 1] ?? 0));
}

test.each([1, 2, 3, 4, 5])('effectively-once, seed %i: every effect once, in order, nothing lost', async (seed) => {
  const next = randomOf(seed);
  const cluster = memoryCluster();
  const store = memoryStore();
  const applied = new Map<string, number[]>();
  const open = () => {
    const runtime = memoryRuntime({ cluster, store: store.inbox(), random: next });
    runtime.consume(effectivelyOnce({ concurrency: 8 }), async (order, { tx, attempt, partition, offset }) => {
      await pause(next() * 3);
      if (attempt === 1 && next() < 0.05) throw new Error('not yet');
      const last = tx.read(`last/${order.orderId}`);
      tx.write(`last/${order.orderId}`, order.revision);
      tx.write(`order/${order.orderId}/${order.revision}`, { after: last, at: `${partition}:${offset}` });
    });
    return runtime;
  };
  const members = [open(), open()];
  await Promise.all(members.map((member) => member.start()));
  const publishing = publish(cluster, next);
  for (let cut = 0; cut < 4; cut++) {
    await pause(15);
    const victim = members.shift();
    victim?.cutOff();
    const successor = open();
    members.push(successor);
    await successor.start();
  }
  await publishing;
  const emitted = places(cluster, topic);
  await until(() => committedTotal(cluster) === BigInt(emitted.length), 'everything committed', 15_000);
  await Promise.all(members.map((member) => member.stop()));

  const effects = store.places().filter((place) => place.startsWith('order/'));
  expect(effects.map((place) => store.writes(place)).filter((writes) => writes !== 1)).toEqual([]);
  for (const place of effects) {
    const [, id = '', revision] = place.split('/');
    const effect = store.read(place);
    applied.set(id, [...(applied.get(id) ?? []), Number(revision)]);
    // The handler saw what its predecessor had written: no successor was applied before it.
    expect(effect).toMatchObject(revision === '1' ? { after: undefined } : { after: Number(revision) - 1 });
  }
  const dead = new Set(deadPlaces(cluster));
  expect(dead.size).toBe(5);
  const handled = effects.length;
  const duplicates = emitted.length - handled - dead.size;
  expect(handled).toBe(400);
  expect(duplicates).toBe(emitted.length - 405);
});

test.each([11, 12, 13])('at-least-once, seed %i: nothing lost, first occurrences in order', async (seed) => {
  const next = randomOf(seed);
  const cluster = memoryCluster();
  const handled = new Set<string>();
  const first = new Map<string, number[]>();
  const open = () => {
    const runtime = memoryRuntime({ cluster, random: next });
    runtime.consume(atLeastOnce({ concurrency: 8 }), async (order, { attempt, partition, offset }) => {
      await pause(next() * 3);
      if (attempt === 1 && next() < 0.05) throw new Error('not yet');
      handled.add(`${partition}:${offset}`);
      const seen = first.get(order.orderId) ?? [];
      if (!seen.includes(order.revision)) first.set(order.orderId, [...seen, order.revision]);
    });
    return runtime;
  };
  const members = [open(), open()];
  await Promise.all(members.map((member) => member.start()));
  const publishing = publish(cluster, next);
  for (let cut = 0; cut < 3; cut++) {
    await pause(15);
    const victim = members.shift();
    if (cut === 1) await victim?.stop();
    else victim?.cutOff();
    const successor = open();
    members.push(successor);
    await successor.start();
  }
  await publishing;
  const emitted = places(cluster, topic);
  await until(() => committedTotal(cluster) === BigInt(emitted.length), 'everything committed', 15_000);
  await Promise.all(members.map((member) => member.stop()));

  const dead = new Set(deadPlaces(cluster));
  expect(dead.size).toBe(5);
  expect([...new Set([...handled, ...dead])].sort()).toEqual([...emitted].sort());
  expect(handled.size + dead.size).toBe(emitted.length);
  for (const revisions of first.values()) expect(rises(revisions)).toBe(true);
});
