/** What a contract says about pace, kept by a whole consumer: `rateLimit`, `catchUp`, `breaker`, `floodGuard`. */
import { describe, expect, test } from 'vitest';
import { consumer } from '../orders.ts';
import { gate } from '../support.ts';
import { ids, pacedWorld } from './paced-world.ts';

const retry = consumer().retry;
const deadLetter = consumer().deadLetter;
if (retry === undefined || deadLetter === undefined) throw new Error('no retry, no dead letter');
const failing = (name: string) => Object.assign(new Error('no'), { name });

describe('rateLimit', () => {
  test('starts that many in a second and no more, the first after an empty bucket', async () => {
    const { publish, start, stop, clock, calls } = await pacedWorld({ rateLimitPerSecond: 5 });
    publish(ids('o', 100));
    await start();
    await clock.pass(3000);
    expect(calls.map(({ at }) => at)).toEqual(Array.from({ length: 15 }, (_, i) => (i + 1) * 200));
    await stop();
  });

  test('retries count as well', async () => {
    const { publish, start, stop, clock, calls } = await pacedWorld(
      { rateLimitPerSecond: 5, retry: { ...retry, attempts: 3 } },
      {
        handle: () => {
          throw failing('Error');
        },
      },
    );
    publish(['a', 'b']);
    await start();
    await clock.pass(10_000);
    expect(calls.map(({ at, attempt }) => [at, attempt])).toEqual([
      [200, 1],
      [400, 2],
      [600, 3],
      [800, 1],
      [1000, 2],
      [1200, 3],
    ]);
    await stop();
  });

  test('is the rate of the group: members share it as they share the partitions', async () => {
    const { publish, start, stop, clock, calls, runtimes } = await pacedWorld(
      { rateLimitPerSecond: 30 },
      { partitions: 3, members: 2 },
    );
    publish(ids('o', 2000));
    await start();
    await clock.pass(10_000);
    expect(calls.length).toBeLessThanOrEqual(300);
    expect(calls.length).toBeGreaterThan(290);
    // One member alone has the whole rate again.
    const left = runtimes[1]?.stop();
    await clock.pass(1000);
    await left;
    const before = calls.length;
    await clock.pass(10_000);
    expect(calls.length - before).toBeLessThanOrEqual(303);
    expect(calls.length - before).toBeGreaterThan(290);
    await stop();
  });
});

describe('catchUp', () => {
  const catchUp = { ratePerSecond: 10, whenOlderThanMs: 60_000 };

  test('old records start at its rate, and younger ones go past them', async () => {
    const { publish, start, stop, clock, calls, between } = await pacedWorld({ catchUp });
    publish(ids('old', 100), clock.now() - 120_000);
    publish(ids('new', 50), clock.now());
    await start();
    await clock.pass(2000);
    expect(between(0, 1).map(({ id }) => id)).toEqual(ids('new', 50));
    expect(calls.slice(50).map(({ at, id }) => [at, id])).toEqual(ids('old', 20).map((id, i) => [(i + 1) * 100, id]));
    await stop();
  });

  test('a younger record of an old key keeps its place behind the old one', async () => {
    const { publish, start, stop, clock, calls } = await pacedWorld({ catchUp });
    publish(['a', 'a'], clock.now() - 120_000);
    publish(['a', 'b'], clock.now());
    await start();
    await clock.pass(1000);
    expect(calls.map(({ at, id }) => [at, id])).toEqual([
      [0, 'b'],
      [100, 'a'],
      [200, 'a'],
      [200, 'a'],
    ]);
    await stop();
  });

  test('a retry of an old record does not wait, and the next old record waits for it', async () => {
    const { publish, start, stop, clock, calls } = await pacedWorld(
      { catchUp },
      {
        handle: (_order, attempt) => {
          if (attempt < 3) throw failing('Error');
        },
      },
    );
    publish(['a', 'b'], clock.now() - 120_000);
    await start();
    await clock.pass(1000);
    expect(calls.filter(({ id }) => id === 'a').map(({ at }) => at)).toEqual([100, 100, 101]);
    expect(calls.filter(({ id }) => id === 'b')[0]?.at).toBe(400);
    await stop();
  });
});

describe('breaker', () => {
  const breaker = { failures: 0.5, overMs: 60_000, probeEveryMs: 10_000 };
  const patient = { ...retry, attempts: 1000, withinMs: 600_000, initialMs: 1, maxMs: 1, ratio: 1 };
  /** A dependency that is down until the test says so. */
  function dependency() {
    const state = { down: true };
    return {
      state,
      handle: () => {
        if (state.down) throw failing('Error');
      },
    };
  }

  test('opens when too many attempts fail, then only one probe in its time starts', async () => {
    const { state, handle } = dependency();
    const world = await pacedWorld({ breaker, retry: patient, concurrency: 1 }, { handle });
    const { publish, start, stop, clock, calls, between, log, runtimes, telemetry } = world;
    publish(ids('o', 200));
    await start();
    await clock.pass(9000);
    expect(calls.length).toBe(10);
    expect(log.incidents.map(({ code, message }) => [code, message])).toEqual([
      [
        'breaker-open',
        'more than 50 % of the attempts within 1m failed; nothing starts but one probe every 10s, until one is handled',
      ],
    ]);
    expect(runtimes[0]?.readiness().reasons).toEqual([
      'orders.order-placed fulfillment: the breaker is open, only probes are handled',
    ]);
    expect([telemetry.value('breakerOpen'), telemetry.value('pausedPartitions')]).toEqual([1, 1]);
    await clock.pass(50_000);
    expect(between(9000, 59_000).length).toBe(5);
    state.down = false;
    await clock.pass(20_000);
    expect(new Set(calls.map(({ id }) => id)).size).toBe(200);
    expect(runtimes[0]?.readiness()).toEqual({ ready: true, reasons: [] });
    expect([telemetry.value('breakerOpen'), telemetry.value('pausedPartitions')]).toEqual([0, 0]);
    await stop();
  });

  test('the time of a retry budget stands still while it is open', async () => {
    const { state, handle } = dependency();
    const budget = { ...patient, withinMs: 5000 };
    const world = await pacedWorld({ breaker, retry: budget, concurrency: 1 }, { handle });
    const { publish, start, stop, clock, letters } = world;
    publish(ids('o', 50));
    await start();
    await clock.pass(300_000);
    state.down = false;
    await clock.pass(30_000);
    expect(letters()).toBe(0);
    await stop();
  });

  test('and is not made up for afterwards', async () => {
    const { state, handle } = dependency();
    let after = 0;
    const budget = { ...patient, withinMs: 5000 };
    const world = await pacedWorld(
      { breaker, retry: budget, concurrency: 1 },
      {
        handle: (order) => {
          handle();
          if (order.orderId !== 'o-0') return;
          if (telemetry.value('breakerOpen') === 0) after += 1;
          if (after < 2) throw failing('Error');
        },
      },
    );
    const { publish, start, stop, clock, letters, telemetry } = world;
    publish(ids('o', 50));
    await start();
    await clock.pass(300_000);
    state.down = false;
    await clock.pass(30_000);
    expect([after, letters()]).toEqual([2, 0]);
    await stop();
  });

  test('says nothing after a kill, however many handlers fail then', async () => {
    const held = gate();
    const world = await pacedWorld(
      { breaker, retry: patient },
      {
        handle: async () => {
          await held.opened;
          throw failing('Error');
        },
      },
    );
    const { publish, start, clock, calls, log, runtimes } = world;
    publish(ids('o', 16));
    await start();
    await clock.pass(10);
    expect(calls.length).toBe(16);
    runtimes[0]?.cutOff();
    held.open();
    await clock.pass(10);
    expect(log.incidents).toEqual([]);
  });

  test('the attempts of a probe are attempts of its record', async () => {
    const { handle } = dependency();
    const budget = { ...patient, attempts: 3 };
    const world = await pacedWorld({ breaker, retry: budget, concurrency: 1 }, { handle });
    const { publish, start, stop, clock, calls, letters } = world;
    publish(ids('o', 4));
    await start();
    await clock.pass(100_000);
    expect(letters()).toBe(4);
    expect(calls.length).toBe(12);
    await stop();
  });

  test('neither poison nor an error that no retry helps opens it', async () => {
    const world = await pacedWorld(
      { breaker },
      {
        handle: () => {
          throw failing('OutOfStock');
        },
      },
    );
    const { publish, poison, start, stop, clock, telemetry, letters } = world;
    publish(ids('o', 50));
    poison(ids('p', 50));
    await start();
    await clock.pass(1000);
    expect([letters(), telemetry.value('breakerOpen')]).toEqual([100, 0]);
    await stop();
  });

  test('fetches again when nothing is left that could be a probe', async () => {
    const { state, handle } = dependency();
    const once = { ...patient, attempts: 1 };
    const world = await pacedWorld({ breaker, retry: once, concurrency: 1 }, { handle });
    const { publish, start, stop, clock, calls } = world;
    publish(ids('o', 10));
    await start();
    await clock.pass(1000);
    expect(calls.length).toBe(10);
    state.down = false;
    publish(ids('later', 600));
    await clock.pass(20_000);
    expect(calls.length).toBe(610);
    await stop();
  });

  test('holds across a rebalance: the dependency is down for the next assignment as well', async () => {
    const { handle } = dependency();
    const world = await pacedWorld({ breaker, retry: patient, concurrency: 1 }, { handle });
    const { publish, start, stop, clock, calls, cluster } = world;
    publish(ids('o', 200));
    await start();
    await clock.pass(1000);
    const before = calls.length;
    const again = cluster.expireSessions('orders.order-placed.v1.fulfillment');
    await clock.pass(30_000);
    await again;
    expect(calls.length - before).toBe(3);
    await stop();
  });
});

describe('floodGuard', () => {
  const guarded = { ...deadLetter, floodGuard: { share: 0.5, overMs: 60_000 } };

  test('a topic full of poison does not drain into its dead letters', async () => {
    const world = await pacedWorld({ deadLetter: guarded, concurrency: 1 });
    const { poison, start, stop, clock, log, runtimes, telemetry, letters } = world;
    poison(ids('p', 400));
    await start();
    await clock.pass(59_000);
    const after = letters();
    expect(after).toBeGreaterThanOrEqual(10);
    expect(after).toBeLessThanOrEqual(12);
    expect(log.incidents.map(({ code, message }) => [code, message])).toEqual([
      [
        'dead-letter-flood',
        'more than 50 % of the records that ended within 1m are dead letters; nothing starts but one probe every 1m, until one is handled',
      ],
    ]);
    expect(runtimes[0]?.readiness().reasons).toEqual([
      'orders.order-placed fulfillment: too much goes to the dead letter, only probes are handled',
    ]);
    expect([telemetry.value('deadLetterFlood'), telemetry.value('pausedPartitions')]).toEqual([1, 1]);
    // One probe in a minute.
    await clock.pass(300_000);
    expect(letters()).toBe(after + 5);
    await stop();
  });

  test('goes on when a probe is handled', async () => {
    const world = await pacedWorld({ deadLetter: guarded, concurrency: 1 });
    const { poison, publish, start, stop, clock, calls, telemetry } = world;
    poison(ids('p', 12));
    publish(ids('o', 300));
    await start();
    await clock.pass(600_000);
    expect([calls.length, telemetry.value('deadLetterFlood')]).toEqual([300, 0]);
    await stop();
  });

  test('records that use up their budget count as poison does', async () => {
    const world = await pacedWorld(
      { deadLetter: guarded, concurrency: 1, retry: { ...retry, attempts: 2, ratio: 1 } },
      {
        handle: () => {
          throw failing('Error');
        },
      },
    );
    const { publish, start, stop, clock, letters, telemetry } = world;
    publish(ids('o', 400));
    await start();
    await clock.pass(30_000);
    expect(letters()).toBeLessThan(40);
    expect(telemetry.value('deadLetterFlood')).toBe(1);
    await stop();
  });

  test('half of the records may die', async () => {
    const world = await pacedWorld(
      { deadLetter: guarded, concurrency: 1 },
      {
        handle: (order) => {
          if (Number(order.orderId.split('-')[1]) % 2 === 1) throw failing('OutOfStock');
        },
      },
    );
    const { publish, start, stop, clock, letters, telemetry } = world;
    publish(ids('o', 400));
    await start();
    await clock.pass(30_000);
    expect([letters(), telemetry.value('deadLetterFlood')]).toEqual([200, 0]);
    await stop();
  });
});
