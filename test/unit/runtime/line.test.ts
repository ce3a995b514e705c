/** The line under `after: wait`: one test for each sentence of its protocol, under its name. */
import { memoryTelemetry } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { decision, lineWorld } from './line-world.ts';
import { anOrder } from './orders.ts';
import { letters, pause, raw, text, topic, until } from './support.ts';

describe.each([
  ['at-least-once', false],
  ['effectively-once', true],
] as const)('after: wait, %s', (_name, once) => {
  test('successors of a dead letter are parked, the others go on, and the frontier moves over all of them', async () => {
    const { failing, join, publish, handled, rows, committed } = lineWorld({ once });
    failing.add('a/1');
    const runtime = await join();
    publish('a', 1, 2, 3);
    publish('b', 1, 2);
    await until(() => committed() === 5n);
    expect(handled).toEqual(['b/1', 'b/2']);
    expect(rows()).toEqual(['0 dead', '1 waiting', '2 waiting']);
    await runtime.stop();
  });

  test('replay turns dead into ready at its old offset: it runs before its successors', async () => {
    const { failing, join, publish, handled, rows, line, place, committed } = lineWorld({ once });
    failing.add('a/1');
    const runtime = await join();
    publish('a', 1, 2, 3);
    await until(() => committed() === 3n);
    failing.clear();
    expect(await line.replay(place(0))).toBe(true);
    await until(() => handled.length === 3);
    expect(handled).toEqual(['a/1', 'a/2', 'a/3']);
    await until(() => rows().length === 0);
    await runtime.stop();
  });

  test('discard settles it with name and reason: its successors go on without it', async () => {
    const { failing, join, publish, handled, line, place, committed, store } = lineWorld({ once });
    failing.add('a/1');
    const telemetry = memoryTelemetry();
    const runtime = await join({ telemetry });
    publish('a', 1, 2, 3);
    await until(() => committed() === 3n);
    expect(await line.discard(place(0), decision)).toBe(true);
    await until(() => handled.length === 2 && store.parked().length === 1);
    expect(handled).toEqual(['a/2', 'a/3']);
    expect(store.parked()).toMatchObject([{ offset: 0n, state: 'discarded', decision }]);
    expect(telemetry.value('recordsDiscarded')).toBe(1);
    await runtime.stop();
  });

  test('what is replayed may die again: its evidence is told again, and its successors go on waiting', async () => {
    const { failing, join, publish, handled, line, place, committed, cluster, rows } = lineWorld({ once });
    failing.add('a/1');
    const runtime = await join();
    publish('a', 1, 2);
    await until(() => committed() === 2n);
    await line.replay(place(0));
    await until(() => cluster.records(letters).length === 2);
    expect(cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-deaths'))).toEqual(['1', '2']);
    await until(() => rows()[0] === '0 dead');
    await pause(20);
    expect(handled).toEqual([]);
    expect(rows()).toEqual(['0 dead', '1 waiting']);
    await runtime.stop();
  });

  test('order holds over a kill at any moment: the next owner finds the line as it was left', async () => {
    const { failing, join, publish, handled, line, place, committed, rows } = lineWorld({ once });
    failing.add('a/1');
    const first = await join();
    publish('a', 1, 2);
    await until(() => committed() === 2n);
    first.cutOff();
    publish('a', 3);
    publish('b', 1);
    const second = await join();
    await until(() => committed() === 4n);
    expect(handled).toEqual(['b/1']);
    expect(rows()).toEqual(['0 dead', '1 waiting', '2 waiting']);
    failing.clear();
    await line.replay(place(0));
    await until(() => handled.length === 4);
    expect(handled).toEqual(['b/1', 'a/1', 'a/2', 'a/3']);
    await second.stop();
  });

  test('owners see a decision at the assignment', async () => {
    const { failing, join, publish, handled, line, place, committed } = lineWorld({ once });
    failing.add('a/1');
    const first = await join();
    publish('a', 1, 2);
    await until(() => committed() === 2n);
    await first.stop();
    failing.clear();
    await line.replay(place(0));
    const second = await join({ timing: { watchEveryMs: 600_000 } });
    await until(() => handled.length === 2);
    expect(handled).toEqual(['a/1', 'a/2']);
    await second.stop();
  });

  test('a refetched record that has a row is recognised, not doubled', async () => {
    const { failing, join, publish, handled, committed, rows, cluster } = lineWorld({ once });
    failing.add('a/1');
    // Nothing is ever committed: whoever comes next meets everything again.
    const first = await join({ timing: { commitEveryMs: 600_000, commitEveryRecords: 1_000_000 } });
    publish('a', 1, 2, 3);
    publish('b', 1);
    await until(() => handled.length === 1 && rows().length === 3 && cluster.records(letters).length === 1);
    await pause(10);
    first.cutOff();
    expect(committed() ?? 0n).toBe(0n);
    const second = await join();
    await until(() => committed() === 4n);
    expect(rows()).toEqual(['0 dead', '1 waiting', '2 waiting']);
    expect(handled).toEqual(once ? ['b/1'] : ['b/1', 'b/1']);
    expect(cluster.records(letters)).toHaveLength(1);
    await second.stop();
  });

  test('what was discarded before the commit moved over it stays discarded', async () => {
    const { failing, join, publish, handled, line, place, rows, committed } = lineWorld({ once });
    failing.add('a/1');
    const first = await join({ timing: { commitEveryMs: 600_000, commitEveryRecords: 1_000_000 } });
    publish('a', 1, 2);
    await until(() => rows().length === 2);
    await until(() => rows()[0] === '0 dead');
    await until(() => handled.length === 0);
    while (!(await line.discard(place(0), decision))) await pause(1);
    first.cutOff();
    failing.clear();
    const second = await join();
    await until(() => committed() === 2n);
    await until(() => rows().length === 1);
    expect(handled.filter((name) => name === 'a/1')).toEqual([]);
    await second.stop();
  });

  test('first the row, then the evidence, then the commit', async () => {
    const { failing, join, publish, committed, cluster, rows } = lineWorld({ once });
    failing.add('a/1');
    cluster.createTopic(letters, 1);
    cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1000 });
    const buried: number[] = [];
    const runtime = await join({}, (line) => ({
      bury: async (...call) => {
        buried.push(cluster.records(letters).length);
        await line.bury(...call);
      },
    }));
    publish('a', 1, 2);
    await until(() => rows().length === 2);
    await pause(30);
    expect([buried[0], committed() ?? 0n]).toEqual([0, 0n]);
    cluster.heal();
    await until(() => committed() === 2n);
    expect(cluster.records(letters)).toHaveLength(1);
    await runtime.stop();
  });

  test('a crash between the row and the evidence loses no dead letter, nor why it died', async () => {
    const { failing, join, publish, committed, cluster, rows, handled } = lineWorld({ once });
    failing.add('a/1');
    cluster.createTopic(letters, 1);
    cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1000 });
    const first = await join();
    publish('a', 1, 2);
    await until(() => rows().length === 2);
    first.cutOff();
    cluster.heal();
    failing.clear();
    const second = await join();
    await until(() => committed() === 2n);
    expect(cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-error-message'))).toEqual([
      'no shelf for a/1',
    ]);
    expect(cluster.records(letters).map((letter) => text(letter, 'tenet-dlq-disposition'))).toEqual(['MAX_ATTEMPTS']);
    expect([rows(), handled]).toEqual([['0 dead', '1 waiting'], []]);
    await second.stop();
  });

  test('a crash between row and evidence loses none that the frontier has passed long ago, either', async () => {
    const { failing, join, publish, committed, cluster, line, place, rows } = lineWorld({ once });
    failing.add('a/1');
    const first = await join();
    publish('a', 1);
    await until(() => committed() === 1n);
    cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1000 });
    await line.replay(place(0));
    await until(() => rows()[0] === '0 ready');
    await until(() => rows()[0] === '0 dead');
    first.cutOff();
    cluster.heal();
    expect(cluster.records(letters)).toHaveLength(1);
    const second = await join();
    await until(() => cluster.records(letters).length === 2);
    while (!(await line.replay(place(0)))) await pause(1);
    await second.stop();
  });

  test('nobody decides about a dead letter that has no evidence yet', async () => {
    const { failing, join, publish, line, place, cluster, rows } = lineWorld({ once });
    failing.add('a/1');
    cluster.createTopic(letters, 1);
    cluster.fail({ operation: 'produce', topic: letters, reason: 'unreachable', times: 1000 });
    const runtime = await join();
    publish('a', 1);
    await until(() => rows()[0] === '0 dead');
    expect([await line.replay(place(0)), await line.discard(place(0), decision)]).toEqual([false, false]);
    cluster.heal();
    await runtime.stop();
  });

  test('the row lives until it is settled, whatever the retention of the topic', async () => {
    const { failing, join, publish, handled, line, place, committed, cluster } = lineWorld({ once });
    failing.add('a/1');
    const first = await join();
    publish('a', 1, 2, 3);
    await until(() => committed() === 3n);
    await first.stop();
    cluster.deleteBefore(topic, 0, 3n);
    failing.clear();
    await line.replay(place(0));
    const second = await join();
    await until(() => handled.length === 3);
    expect(handled).toEqual(['a/1', 'a/2', 'a/3']);
    await second.stop();
  });

  test('a row goes before a successor starts: not even an away store lets one overtake', async () => {
    const { failing, join, publish, handled, line, place, committed, rows } = lineWorld({ once });
    failing.add('a/1');
    let away = true;
    const runtime = await join({ random: () => 0 }, (inner) => ({
      settle: async (...call) => {
        if (away) throw new InboxError('unavailable', 'away');
        await inner.settle(...call);
      },
    }));
    publish('a', 1, 2);
    await until(() => committed() === 2n);
    failing.clear();
    await line.replay(place(0));
    await until(() => handled.length >= 1);
    await pause(30);
    // Effectively-once takes it away in the transaction of the handler, and asks for nothing.
    if (!once) expect([handled, rows()]).toEqual([['a/1'], ['0 ready', '1 waiting']]);
    away = false;
    await until(() => rows().length === 0);
    expect(handled).toEqual(['a/1', 'a/2']);
    await runtime.stop();
  });

  test('a key is live again when it has no rows: what comes then waits for no store', async () => {
    const { failing, join, publish, handled, line, place, committed, rows } = lineWorld({ once });
    failing.add('a/1');
    let parks = 0;
    const runtime = await join({}, (inner) => ({
      park: (...call) => {
        parks += 1;
        return inner.park(...call);
      },
    }));
    publish('a', 1, 2);
    await until(() => committed() === 2n);
    failing.clear();
    await line.replay(place(0));
    await until(() => rows().length === 0);
    const before = parks;
    publish('a', 3);
    await until(() => handled.length === 3);
    expect([handled, parks]).toEqual([['a/1', 'a/2', 'a/3'], before]);
    await runtime.stop();
  });

  test('poison holds its key as any dead letter does', async () => {
    const { join, handled, line, place, committed, cluster, publish } = lineWorld({ once });
    const runtime = await join();
    cluster.publish(raw('a', '{"broken'));
    publish('a', 2);
    await until(() => committed() === 2n);
    expect(handled).toEqual([]);
    await line.discard(place(0), decision);
    await until(() => handled.length === 1);
    await runtime.stop();
  });

  test('a record without a place in any order holds nobody', async () => {
    const { join, handled, committed, cluster, publish, rows } = lineWorld({ once });
    const runtime = await join();
    cluster.publish({ ...raw(null, JSON.stringify(anOrder('a'))), partition: 0 });
    publish('a', 2);
    await until(() => committed() === 2n);
    expect([handled, rows()]).toEqual([['a/2'], ['0 dead']]);
    await runtime.stop();
  });
});
