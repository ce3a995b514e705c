/** At most once: committed and acknowledged first, then one attempt; in quiet, and in random histories of faults. */
import { contract } from '@tenet/runtime';
import { type MemoryCluster, memoryCluster } from '@tenet/runtime/memory';
import { type MemoryRuntime, memoryRuntime, memoryTelemetry, silentLog } from '@tenet/runtime/testing';
import { describe, expect, test } from 'vitest';
import {
  type Assignment,
  BrokerError,
  type BrokerRecord,
  type ConsumerListener,
} from '../../../runtime/src/broker/broker.ts';
import { sleep } from '../../../runtime/src/clock.ts';
import { CommitFirst } from '../../../runtime/src/consumer/at-most-once.ts';
import { Entry, Share } from '../../../runtime/src/consumer/entry.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, consumer, type Order, orderPlaced, orders } from './orders.ts';
import { randomOf } from './random.ts';
import { collecting, committedTotal, gate, group, letters, pause, raw, topic, until } from './support.ts';

const placed = (id: string, revision = 1) => raw(id, JSON.stringify(anOrder(id, revision)));
const once = (overrides: Parameters<typeof consumer>[0] = {}) => ({
  [contract]: consumer({ delivery: 'at-most-once', ...overrides }),
});

describe('in quiet', () => {
  test('a handler starts when its record is committed, and not before', async () => {
    const runtime = memoryRuntime();
    const committed: bigint[] = [];
    runtime.consume(once(), () => {
      committed.push(committedTotal(runtime.cluster));
    });
    await runtime.deliver(orderPlaced(), anOrder('o-1'));
    await runtime.deliver(orderPlaced(), anOrder('o-1', 2));
    expect(committed).toEqual([1n, 2n]);
    await runtime.stop();
  });

  test('nobody suspects a record when processes end in a row: what ran is met by nobody again', async () => {
    const cluster = memoryCluster();
    const log = collecting();
    cluster.createTopic(topic, 3);
    for (let order = 0; order < 20; order++) cluster.publish(placed('o-1', order));
    for (let life = 1; life <= 4; life++) {
      const runtime = memoryRuntime({ cluster, log, timing: { stopMs: 30 } });
      let started = 0;
      runtime.consume(once({ backpressure: { ...consumer().backpressure, maxInFlight: 1 } }), () => {
        started += 1;
        return new Promise(() => undefined);
      });
      await runtime.start();
      await until(() => started === 1);
      if (life % 2 === 0) runtime.cutOff();
      else await runtime.stop();
    }
    expect(log.incidents.filter(({ code }) => code === 'crash-suspected')).toEqual([]);
  });

  test('a failure and a poison record are lost, counted and said; nothing is retried or buried', async () => {
    const telemetry = memoryTelemetry();
    const log = collecting();
    const runtime = memoryRuntime({ telemetry, log });
    let attempts = 0;
    runtime.consume(once(), () => {
      attempts += 1;
      throw new Error('no');
    });
    await runtime.start();
    runtime.cluster.publish(placed('o-1'));
    runtime.cluster.publish(raw('o-2', '{"broken'));
    await runtime.settled();
    expect([attempts, telemetry.value('recordsLost'), telemetry.value('retries')]).toEqual([1, 2, 0]);
    expect(log.incidents.map(({ code, message }) => [code, message])).toEqual([
      ['record-lost', 'its only attempt failed; at-most-once makes no other'],
      ['record-lost', 'its only attempt failed; at-most-once makes no other'],
    ]);
    expect(runtime.cluster.ends(letters)).toEqual([]);
    expect(committedTotal(runtime.cluster)).toBe(2n);
    await runtime.stop();
  });

  test('keys keep their order, and one that is slow holds nobody else', async () => {
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    const runtime = memoryRuntime();
    runtime.cluster.createTopic(topic, 1);
    const { opened, open } = gate();
    const seen: string[] = [];
    runtime.consume(once({ event }), async (order) => {
      const { orderId, revision } = order as Order;
      if (orderId === 'slow' && revision === 1) await opened;
      seen.push(`${orderId}/${revision}`);
    });
    await runtime.start();
    for (const record of [placed('slow', 1), placed('slow', 2), placed('a', 1), placed('a', 2)]) {
      runtime.cluster.publish(record);
    }
    await until(() => seen.length === 2);
    open();
    await runtime.settled();
    expect(seen).toEqual(['a/1', 'a/2', 'slow/1', 'slow/2']);
    await runtime.stop();
  });

  test('no more is claimed than may be in flight, so that a crash loses no more', async () => {
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    const first = memoryRuntime({ cluster });
    let started = 0;
    const backpressure = { policy: 'block', maxInFlight: 5, maxWaiting: 100 } as const;
    first.consume(once({ event, backpressure, concurrency: 2 }), () => {
      started += 1;
      return new Promise(() => undefined);
    });
    for (let i = 0; i < 50; i++) cluster.publish(placed(`o-${i}`));
    await first.start();
    await until(() => started === 2);
    await pause(50);
    expect([started, cluster.committed(group, topic, 0).offset]).toEqual([2, 5n]);
    first.cutOff();
    const second = memoryRuntime({ cluster });
    const seen: string[] = [];
    second.consume(once({ event }), (order) => {
      seen.push((order as Order).orderId);
    });
    await second.start();
    await second.settled();
    expect(seen).toEqual(Array.from({ length: 45 }, (_, i) => `o-${i + 5}`));
    await second.stop();
  });

  test('a stop handles what is claimed and leaves the rest', async () => {
    const event = orders({ topic: { ...orders().topic, partitions: 1 } });
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    const backpressure = { policy: 'block', maxInFlight: 4, maxWaiting: 100 } as const;
    const seen: string[] = [];
    const runtimes = [0, 1].map(() => {
      const runtime = memoryRuntime({ cluster });
      runtime.consume(once({ event, backpressure, concurrency: 1 }), async (order) => {
        await pause(2);
        seen.push((order as Order).orderId);
      });
      return runtime;
    });
    const ids = Array.from({ length: 40 }, (_, i) => `o-${i}`);
    for (const id of ids) cluster.publish(placed(id));
    await runtimes[0]?.start();
    await until(() => seen.length > 5);
    const before = seen.length;
    await runtimes[0]?.stop();
    expect(seen.length).toBeLessThanOrEqual(before + 4);
    expect(Number(cluster.committed(group, topic, 0).offset)).toBe(seen.length);
    await runtimes[1]?.start();
    await runtimes[1]?.settled();
    expect(seen).toEqual(ids);
    await runtimes[1]?.stop();
  });

  test('retry and dead letter that it inherits count for nothing, and the start report says what it does', async () => {
    const runtime = memoryRuntime();
    runtime.consume(once(), () => undefined);
    const { consumers } = await runtime.start();
    expect(consumers).toEqual([
      'consumes orders.order-placed as fulfillment (warehouse): at-most-once, in order per key; committed first, one attempt, what fails is lost and counted; 16 at once, 5000 waiting, then block',
    ]);
    await runtime.stop();
  });
});

describe('commits that say nothing for a record', () => {
  const event = orders({ topic: { ...orders().topic, partitions: 1 } });

  test('an offset that was lost is no claim: the first record waits for a commit of its own', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    cluster.publish(placed('o-1'));
    cluster.commit(group, { topic, partition: 0, offset: 100n, metadata: 'tenet/1' });
    const runtime = memoryRuntime({ cluster });
    const committed: (bigint | undefined)[] = [];
    runtime.consume(once({ event, onOffsetLost: 'earliest' }), () => {
      committed.push(cluster.committed(group, topic, 0).offset);
    });
    await runtime.start();
    await runtime.settled();
    expect(committed).toEqual([1n]);
    await runtime.stop();
  });

  test('an unanswered commit ends the assignment: what it claimed is not started under it', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    const log = collecting();
    const runtime = memoryRuntime({ cluster, log });
    const seen: string[] = [];
    runtime.consume(once({ event }), (order) => {
      seen.push((order as Order).orderId);
    });
    await runtime.start();
    // The first position is committed as well.
    await until(() => cluster.committed(group, topic, 0).offset === 0n);
    for (const applied of [true, false]) {
      cluster.fail({ operation: 'commit', reason: 'unknown', applied });
      cluster.publish(placed(`applied-${applied}`));
      await until(() => log.incidents.length === (applied ? 1 : 2));
      await until(() => runtime.readiness().ready);
      await runtime.settled();
    }
    // The one whose claim was written is lost; the other one was never claimed.
    expect(seen).toEqual(['applied-false']);
    expect(log.incidents.map(({ code }) => code)).toEqual(['commit-unknown', 'commit-unknown']);
    await runtime.stop();
  });

  test('a member leaves for an unanswered commit when what runs has ended', async () => {
    const cluster = memoryCluster();
    cluster.createTopic(topic, 1);
    const telemetry = memoryTelemetry();
    const runtime = memoryRuntime({ cluster, telemetry });
    const { opened, open } = gate();
    const seen: number[] = [];
    runtime.consume(once({ event }), async (order) => {
      const { revision } = order as Order;
      if (revision === 1) await opened;
      seen.push(revision);
    });
    await runtime.start();
    cluster.publish(placed('a', 1));
    await until(() => telemetry.value('attempts') === 1);
    cluster.fail({ operation: 'commit', reason: 'unknown' });
    cluster.publish(placed('a', 2));
    await until(() => telemetry.value('commitFailures') === 1);
    await pause(700);
    expect(telemetry.value('rebalances')).toBe(1);
    open();
    await until(() => seen.length === 2);
    expect([seen, telemetry.value('rebalances')]).toEqual([[1, 2], 2]);
    await runtime.stop();
  });

  test('a commit that is answered after the drain starts nothing', async () => {
    const clock = manualClock();
    const cluster = memoryCluster({ clock });
    cluster.createTopic(topic, 1);
    let slow = 0;
    const connect = () => {
      const broker = cluster.broker();
      const consumer: typeof broker.consumer = (...call) => {
        const inner = broker.consumer(...call);
        const commit: typeof inner.commit = async (offsets) => {
          await sleep(clock, slow);
          await inner.commit(offsets);
        };
        return { ...inner, commit };
      };
      return { ...broker, consumer };
    };
    const runtime = memoryRuntime({ cluster: { ...cluster, broker: connect }, clock, timing: { stopMs: 1000 } });
    let started = 0;
    runtime.consume(once({ event }), () => {
      started += 1;
    });
    const start = runtime.start();
    await clock.pass(10);
    await start;
    slow = 720;
    cluster.publish(placed('o-1'));
    await clock.pass(5);
    const stopped = runtime.stop();
    await clock.pass(5000);
    await stopped;
    // It comes too late for the group as well: the record is the next owner's.
    expect([started, cluster.committed(group, topic, 0).offset]).toEqual([0, 0n]);
  });
});

test('a drain whose partitions were lost and given anew meanwhile ends at once, and stops nothing of theirs', async () => {
  const cluster = memoryCluster();
  cluster.createTopic(topic, 1);
  const told: { readonly listener: ConsumerListener; readonly assignment: Assignment }[] = [];
  const connect = () => {
    const broker = cluster.broker();
    const consumer: typeof broker.consumer = (options, listener) =>
      broker.consumer(options, {
        ...listener,
        assigned: (assignment) => {
          told.push({ listener, assignment });
          listener.assigned(assignment);
        },
      });
    return { ...broker, consumer };
  };
  const runtime = memoryRuntime({ cluster: { ...cluster, broker: connect } });
  const { opened, open } = gate();
  const seen: string[] = [];
  const event = orders({ topic: { ...orders().topic, partitions: 1 } });
  runtime.consume(once({ event }), async (order) => {
    const { orderId } = order as Order;
    seen.push(orderId);
    if (orderId === 'slow') await opened;
  });
  await runtime.start();
  cluster.publish(placed('slow'));
  await until(() => seen.length === 1);
  const [first] = told;
  if (first === undefined) throw new Error('nobody has joined');
  const drained = first.listener.revoking();
  first.listener.lost();
  first.listener.assigned({ ...first.assignment });
  await drained;
  cluster.publish(placed('next'));
  await until(() => seen.length === 2);
  expect(seen).toEqual(['slow', 'next']);
  open();
  await runtime.stop();
});

test('what a doubtful commit claimed never starts, and holds no drain up', async () => {
  const entered: Entry[] = [];
  let lost = 0;
  const commitFirst = new CommitFirst({
    contract: consumer({ delivery: 'at-most-once' }),
    partitions: 1,
    dispatcher: { count: () => undefined, enter: (entry) => entered.push(entry), pump: () => undefined },
    keyOf: () => undefined,
    commit: () => undefined,
    lost: {
      add: (count) => {
        lost += count;
      },
    },
  });
  const share = new Share(0, 1, new Lanes<Entry>());
  const add = (offset: bigint) => {
    const record = { topic, partition: 0, offset, timestamp: 0, key: null, value: null, headers: [] };
    const entry = new Entry(record, share);
    share.ledger.add(entry);
    commitFirst.add(entry);
  };
  commitFirst.divide(1);
  add(0n);
  share.committed = 1n;
  commitFirst.acknowledged();
  add(1n);
  commitFirst.doubt();
  share.committed = 2n;
  commitFirst.acknowledged();
  expect(entered.map(({ record }) => record.offset)).toEqual([0n]);
  for (const entry of entered) commitFirst.ended(entry);
  await commitFirst.drain();
  commitFirst.letGo();
  expect(lost).toBe(0);
});

/** Two partitions, members that come and go, commits that are refused, lost, or arrive when nobody waits any more. */
class World {
  readonly started = new Map<string, number>();
  readonly published: BrokerRecord[] = [];
  readonly broken: string[] = [];
  /** What may have cost records their handler, at most `inFlight` each: a drain too that handlers did not end in. */
  faults = 0;
  readonly inFlight: number;
  readonly #random: () => number;
  readonly #clock = manualClock();
  readonly #cluster: MemoryCluster = memoryCluster({ clock: this.#clock });
  readonly #members: MemoryRuntime<string, never>[] = [];
  readonly #running = new Set<string>();
  #calm = false;

  constructor(seed: number) {
    this.#random = randomOf(seed);
    this.inFlight = this.#pick([1, 3, 20]);
    this.#cluster.createTopic(topic, 2);
  }

  async live(steps: number): Promise<void> {
    this.#join();
    for (let step = 0; step < steps; step++) {
      this.#step();
      await this.#clock.pass(this.#pick([0, 1, 5, 20, 60, 200, 700]));
    }
    this.#calm = true;
    if (this.#members.length === 0) this.#join();
    for (let i = 0; i < 60 && !this.#done(); i++) await this.#clock.pass(1000);
    if (!this.#done()) this.broken.push('not everything is committed after a minute of calm');
    await this.#clock.pass(5000);
    const stopped = Promise.all(this.#members.map((member) => member.stop()));
    await this.#clock.pass(60_000);
    await stopped;
  }

  #done(): boolean {
    return this.#cluster.ends(topic).every((end, p) => (this.#cluster.committed(group, topic, p).offset ?? 0n) === end);
  }

  #step(): void {
    const what = this.#random();
    const at = Math.floor(this.#random() * this.#members.length);
    if (what < 0.6) {
      for (let i = this.#pick([1, 4, 12]); i > 0; i--) {
        this.published.push(this.#cluster.publish(placed(this.#pick(['a', 'b', 'c', 'd', 'e']))));
      }
      return;
    }
    this.faults += this.#members.length;
    if (what < 0.72) {
      if (this.#members.length < 3) this.#join();
    } else if (what < 0.82) {
      const [gone] = this.#members.splice(at, 1);
      gone?.cutOff();
    } else if (what < 0.9) {
      const [gone] = this.#members.splice(at, 1);
      gone?.stop();
    } else {
      this.#cluster.expireSessions(group);
    }
  }

  #join(): void {
    const member = memoryRuntime<string, never>({
      cluster: { ...this.#cluster, broker: () => this.#broker() },
      clock: this.#clock,
      random: this.#random,
      log: silentLog,
      timing: { rebalanceTimeoutMs: 2000, stopMs: 2000, sessionTimeoutMs: 3000 },
    });
    const event = orders({ topic: { ...orders().topic, partitions: 2 } });
    const backpressure = { policy: 'block', maxInFlight: this.inFlight, maxWaiting: 40 } as const;
    const of = once({ event, backpressure, timeoutMs: 300, concurrency: this.#pick([1, 4]) });
    member.consume(of, async (_order, { partition, offset }) => {
      const place = `${partition}:${offset}`;
      const committed = this.#cluster.committed(group, topic, partition).offset ?? 0n;
      if (committed <= offset) this.broken.push(`${place} starts, and the group is committed to ${committed}`);
      if (this.#running.has(place)) this.broken.push(`${place} runs twice at once`);
      this.#running.add(place);
      this.started.set(place, (this.started.get(place) ?? 0) + 1);
      const ms = this.#pick([0, 0, 1, 10, 100, 2500]);
      await sleep(this.#clock, this.#calm ? 1 : ms);
      this.#running.delete(place);
      if (this.#random() < 0.2) throw new Error('no');
    });
    this.#members.push(member);
    member.start().catch((error: unknown) => this.broken.push(`could not start: ${error}`));
  }

  #broker() {
    const broker = this.#cluster.broker();
    return {
      ...broker,
      consumer: (options: Parameters<typeof broker.consumer>[0], listener: ConsumerListener) => {
        let generation = 0;
        const inner = broker.consumer(options, {
          ...listener,
          assigned: (assignment) => {
            generation = assignment.generation;
            listener.assigned(assignment);
          },
        });
        const commit: typeof inner.commit = async (offsets) => {
          const begun = generation;
          await sleep(this.#clock, this.#pick([0, 1, 20]));
          if (begun !== generation) throw new BrokerError('fenced', 'another generation');
          if (!this.#calm && this.#random() < 0.1) {
            this.faults += 1;
            sleep(this.#clock, this.#pick([0, 5, 60, 400])).then(() => {
              if (begun === generation && this.#random() < 0.7) inner.commit(offsets).catch(() => undefined);
            });
            throw new BrokerError('unknown', 'no answer in time');
          }
          await inner.commit(offsets);
          await sleep(this.#clock, this.#pick([0, 1, 20]));
        };
        return { ...inner, commit };
      },
    };
  }

  #pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }
}

const first = Number(process.env.SEED ?? 1);
const schedules = Number(process.env.SCHEDULES ?? 100);

test('nothing runs twice, and no fault costs more than what was in flight, in every random history', async () => {
  for (let seed = first; seed < first + schedules; seed++) {
    const world = new World(seed);
    await world.live(30);
    const twice = [...world.started].filter(([, times]) => times > 1).map(([place]) => place);
    const never = world.published.filter(({ partition, offset }) => !world.started.has(`${partition}:${offset}`));
    const [broken] = world.broken;
    expect({ seed, broken, twice }).toEqual({ seed, broken: undefined, twice: [] });
    // Both partitions of a member, each with a place at least.
    expect([seed, never.length <= world.faults * Math.max(2, world.inFlight)]).toEqual([seed, true]);
  }
}, 3_600_000);
