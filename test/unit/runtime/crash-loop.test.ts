// What becomes of a record that kills the process which handles it.
import { type MemoryCluster, memoryCluster } from '@tenet/runtime/memory';
import { type MemoryRuntime, memoryRuntime } from '@tenet/runtime/testing';
import { expect, test } from 'vitest';
import { readMetadata } from '../../../runtime/src/consumer/commit-metadata.ts';
import { CrashWatch } from '../../../runtime/src/consumer/crash-watch.ts';
import { Entry, Share } from '../../../runtime/src/consumer/entry.ts';
import { Isolation } from '../../../runtime/src/consumer/isolation.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { Suspects } from '../../../runtime/src/consumer/suspects.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, atLeastOnce, orders } from './orders.ts';
import { collecting, gate, group, letters, pause, raw, text, topic, until } from './support.ts';

const event = orders({ topic: { ...orders().topic, partitions: 1 } });
const placed = (id: string, revision = 1) => ({ ...raw(id, JSON.stringify(anOrder(id, revision))), partition: 0 });
const said = (cluster: MemoryCluster) => {
  const { offset, metadata } = cluster.committed(group, topic, 0);
  return readMetadata(offset ?? 0n, metadata);
};

/** Processes one after another; each handles until the killer kills it. */
function lives(cluster: MemoryCluster, killer: (id: string) => boolean) {
  const handled: string[][] = [];
  const log = collecting();
  const live = async (): Promise<MemoryRuntime<string, never>> => {
    const life: string[] = [];
    handled.push(life);
    const runtime = memoryRuntime<string, never>({ service: `life-${handled.length}`, cluster, log });
    runtime.consume(atLeastOnce({ event }), async ({ orderId }) => {
      life.push(orderId);
      if (killer(orderId)) {
        runtime.cutOff();
        await new Promise(() => undefined);
      }
      await pause(5);
    });
    await runtime.start();
    return runtime;
  };
  return { live, handled, log };
}

test('after two deaths in a row suspects run alone, and after three of those it is a dead letter that no handler sees', async () => {
  const cluster = memoryCluster();
  const { live, handled, log } = lives(cluster, (id) => id === 'killer');
  cluster.createTopic(topic, 1);
  for (const id of ['a', 'killer', 'b']) cluster.publish(placed(id));
  for (let life = 1; life <= 5; life++) {
    await live();
    await until(() => handled[life - 1]?.includes('killer') === true);
  }
  const last = await live();
  await last.settled();
  await last.stop();
  // Side by side in the first two lives; then one after another. What passed in a life stays passed.
  expect(handled.map((life) => life.join(' '))).toEqual(['a killer', 'a killer', 'a killer', 'killer', 'killer', 'b']);
  const [letter] = cluster.records(letters);
  expect(letter && text(letter, 'tenet-dlq-disposition')).toBe('CRASH_LOOP');
  expect(cluster.committed(group, topic, 0).offset).toBe(3n);
  expect(log.incidents.filter(({ code }) => code === 'crash-suspected')).toHaveLength(4);
  expect(said(cluster)).toMatchObject({ leaving: true, crashes: 0, suspects: [] });
});

test('one death changes nothing, and is forgotten when the records of its time are passed', async () => {
  const cluster = memoryCluster();
  let kills = 1;
  const { live, handled } = lives(cluster, (id) => id === 'b' && kills-- > 0);
  cluster.createTopic(topic, 1);
  for (const id of ['a', 'b', 'c']) cluster.publish(placed(id));
  await live();
  await until(() => handled[0]?.includes('b') === true);
  const second = await live();
  await until(() => said(cluster)?.owner.startsWith('life-2-') === true);
  expect(said(cluster)).toMatchObject({ leaving: false, crashes: 1 });
  await second.settled();
  expect(handled[1]).toEqual(['a', 'b', 'c']);
  await until(() => said(cluster)?.crashes === 0);
  await second.stop();
});

test('an owner that let go in good order did not die, whatever ran when its time was over', async () => {
  const cluster = memoryCluster();
  cluster.createTopic(topic, 1);
  for (const id of ['a', 'b']) cluster.publish(placed(id));
  for (let life = 1; life <= 4; life++) {
    const runtime = memoryRuntime({ cluster, timing: { stopMs: 30 } });
    let running = 0;
    runtime.consume(atLeastOnce({ event }), () => {
      running += 1;
      return new Promise(() => undefined);
    });
    await runtime.start();
    // Side by side, in every life: nobody is suspected.
    await until(() => running === 2);
    await runtime.stop();
    expect(said(cluster)).toMatchObject({ leaving: true, crashes: 0 });
  }
});

test('an owner that is still in the group did not die', async () => {
  const cluster = memoryCluster();
  const { live } = lives(cluster, () => false);
  cluster.createTopic(topic, 1);
  const first = await live();
  for (let time = 0; time < 3; time++) await cluster.expireSessions(group);
  await until(() => first.readiness().ready);
  expect(said(cluster)?.crashes).toBe(0);
  await first.stop();
});

test('a suspect does not start before its mark is read back', async () => {
  const cluster = memoryCluster();
  const { live, handled } = lives(cluster, (id) => id === 'killer');
  cluster.createTopic(topic, 1);
  cluster.publish(placed('killer'));
  for (let life = 1; life <= 2; life++) {
    await live();
    await until(() => handled[life - 1]?.length === 1);
  }
  const { opened, open } = gate();
  let reads = 0;
  const slow = () => {
    const broker = cluster.broker();
    const consumer: typeof broker.consumer = (options, listener) => {
      const inner = broker.consumer(options, listener);
      const committed: typeof inner.committed = async (refs) => {
        reads += 1;
        // The first one is the take-over's.
        if (reads > 1) await opened;
        return inner.committed(refs);
      };
      return { ...inner, committed };
    };
    return { ...broker, consumer };
  };
  const third = memoryRuntime({ cluster: { ...cluster, broker: slow } });
  let started = 0;
  third.consume(atLeastOnce({ event }), () => {
    started += 1;
  });
  await third.start();
  await until(() => said(cluster)?.suspects.length === 1);
  await pause(20);
  expect([started, said(cluster)?.suspects]).toEqual([0, [{ offset: 0n, deaths: 0, isRunning: true }]]);
  open();
  await third.settled();
  expect(started).toBe(1);
  await third.stop();
  expect(said(cluster)?.suspects).toEqual([]);
});

test('a mark is cleared, and that acknowledged, before anything else starts', async () => {
  const isolation = new Isolation();
  const { opened, open } = gate();
  const done: string[] = [];
  const suspects = new Suspects({
    isolation,
    clock: manualClock(),
    patienceMs: 1000,
    mark: async () => done.push('mark') > 0,
    unmark: async () => {
      done.push('clear');
      await opened;
    },
    wanted: () => true,
    run: async () => {
      done.push('run');
    },
    again: () => undefined,
  });
  const share = new Share(0, 1, new Lanes());
  for (const offset of [0n, 1n]) {
    suspects.add(new Entry({ topic, partition: 0, offset, timestamp: 0, key: null, value: null, headers: [] }, share));
  }
  await pause(5);
  expect([done, isolation.isWanted]).toEqual([['mark', 'run', 'clear'], true]);
  open();
  await pause(5);
  expect([done.slice(3), isolation.isWanted]).toEqual([['mark', 'run', 'clear'], false]);
});

test('suspects become twice as many with every death that none of them explains', () => {
  const suspected = (crashes: number) => {
    const watch = new CrashWatch(crashes, [], 100n, 3);
    return Array.from({ length: 20 }, (_, i) => watch.deathsOf(BigInt(i))).filter((one) => one !== undefined).length;
  };
  expect([0, 1, 2, 3, 4].map(suspected)).toEqual([0, 0, 3, 6, 12]);
});

test('alone is alone in the process: no handler of another consumer runs beside a suspect', async () => {
  const isolation = new Isolation();
  const pumped: string[] = [];
  const guest = (name: string, isIdle: boolean) => ({ isIdle, pump: () => pumped.push(name) });
  const [one, two] = [guest('one', true), guest('two', false)];
  isolation.add(one);
  isolation.add(two);
  const clock = manualClock();
  const entered: string[] = [];
  isolation.enter(clock, 1000).then((alone) => entered.push(`first ${alone}`));
  isolation.enter(clock, 1000).then((alone) => entered.push(`second ${alone}`));
  await clock.pass(500);
  expect([entered, isolation.isWanted]).toEqual([[], true]);
  two.isIdle = true;
  isolation.quiet();
  await clock.pass(0);
  expect(entered).toEqual(['first true']);
  isolation.leave();
  await clock.pass(0);
  expect([entered, pumped]).toEqual([['first true', 'second true'], []]);
  isolation.leave();
  expect([isolation.isWanted, pumped]).toEqual([false, ['one', 'two']]);
});

test('a handler that never ends keeps no suspect waiting for ever', async () => {
  const isolation = new Isolation();
  let pumps = 0;
  isolation.add({ isIdle: false, pump: () => (pumps += 1) });
  const clock = manualClock();
  const entered = isolation.enter(clock, 1000);
  await clock.pass(1000);
  expect([await entered, isolation.isWanted, pumps]).toEqual([false, false, 1]);
});

test('a suspect that is wedged alone keeps the others from nothing any more', async () => {
  const isolation = new Isolation();
  let pumps = 0;
  isolation.add({ isIdle: true, pump: () => (pumps += 1) });
  const clock = manualClock();
  const suspects = new Suspects({
    isolation,
    clock,
    patienceMs: 1000,
    mark: async () => true,
    unmark: async () => undefined,
    wanted: () => true,
    run: () => new Promise(() => undefined),
    again: () => undefined,
  });
  const record = { topic, partition: 0, offset: 0n, timestamp: 0, key: null, value: null, headers: [] };
  const [stuck, other] = [0, 1].map(() => new Entry(record, new Share(0, 1, new Lanes<Entry>())));
  if (stuck === undefined || other === undefined) throw new Error('no entries');
  suspects.add(stuck);
  await clock.pass(10_000);
  suspects.wedged(other);
  await clock.pass(0);
  expect([isolation.isWanted, pumps]).toEqual([true, 0]);
  suspects.wedged(stuck);
  await clock.pass(0);
  expect([isolation.isWanted, pumps]).toEqual([false, 1]);
});
