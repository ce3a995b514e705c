/**
 * One random history of a consumer group over the broker and the store in memory, driven by a seed: members that come,
 * go, freeze and are cut off; handlers of every temper; commits, dead letters and store calls that fail or whose
 * answer is lost. What the outside sees is judged by the invariants I1 to I6 after every step and at every event.
 */
import { type MemoryCluster, type MemoryTransaction, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry, silentLog } from '@tenet/runtime/testing';
import {
  type BrokerConsumer,
  BrokerError,
  type BrokerRecord,
  type ConsumerListener,
  type OffsetCommit,
} from '../../../runtime/src/broker/broker.ts';
import { sleep } from '../../../runtime/src/clock.ts';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, atLeastOnce, consumer, effectivelyOnce, type Order, orders } from './orders.ts';
import { randomOf } from './random.ts';
import { effectOf, placeOf, SimulatedAccount } from './simulated-account.ts';
import { moodyInbox } from './simulated-inbox.ts';
import type { Member, Running } from './simulated-member.ts';
import { decideSome } from './simulated-operator.ts';
import { group, letters, raw, topic } from './support.ts';

export type SimulatedDelivery = 'at-least-once' | 'effectively-once';

const keys = ['a', 'b', 'c', 'd'] as const;
const partitions = 2;
const timeoutMs = 300;
const timing = {
  sessionTimeoutMs: 3000,
  rebalanceTimeoutMs: 2000,
  commitEveryMs: 50,
  commitEveryRecords: 7,
  stopMs: 1000,
};

class Broken extends Error {
  override readonly name = 'Broken';
}

/** Runs the history of that seed; throws with its trace when an invariant breaks. */
export async function simulate(seed: number, delivery: SimulatedDelivery, steps: number): Promise<void> {
  const world = new World(seed, delivery);
  try {
    await world.live(steps);
    await world.end();
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    const again = `SEED=${seed} SCHEDULES=1`;
    throw new Error(`${delivery}: ${what}\n${again}\n${world.trace.slice(-60).join('\n')}`, { cause: error });
  }
}

class World {
  readonly trace: string[] = [];
  readonly #random: () => number;
  readonly #ordering: 'per-key' | 'global' | 'none';
  readonly #delivery: SimulatedDelivery;
  readonly #after: 'follow' | 'wait';
  readonly #clock = manualClock();
  readonly #cluster: MemoryCluster = memoryCluster({ clock: this.#clock });
  readonly #store = memoryStore({ clock: this.#clock });
  readonly #telemetry = memoryTelemetry();
  readonly #account: SimulatedAccount;
  readonly #members: Member[] = [];
  readonly #running = new Map<string, Set<Running>>();
  readonly #revisions = new Map<string, number>();
  /** Records that must be settled one after another. */
  readonly #lanes = new Map<string, BrokerRecord[]>();
  #calm = false;
  #broken: Broken | undefined;
  #names = 0;
  #stores: 'well' | 'away' = 'well';

  constructor(seed: number, delivery: SimulatedDelivery) {
    this.#random = randomOf(seed);
    this.#delivery = delivery;
    this.#after = this.#pick(['follow', 'wait']);
    this.#account = new SimulatedAccount(this.#cluster, this.#store, delivery === 'effectively-once', this.#after);
    this.#ordering = this.#pick(['per-key', 'per-key', 'per-key', 'global', 'none']);
    this.#cluster.createTopic(topic, partitions);
  }

  async live(steps: number): Promise<void> {
    this.#join();
    if (this.#chance(0.6)) this.#join();
    for (let step = 0; step < steps; step++) {
      this.#step();
      await this.#pass(this.#pick([0, 1, 5, 20, 60, 200, 700]));
    }
  }

  /** Everything heals; then everything must be passed, committed and accounted for. */
  async end(): Promise<void> {
    this.#say('heal');
    this.#calm = true;
    this.#stores = 'well';
    this.#cluster.heal();
    for (const member of this.#members) this.#thaw(member);
    if (!this.#members.some(({ state }) => state === 'live')) this.#join();
    await this.#pass(1000);
    // A commit that arrived late has moved an offset back: the next one writes over it.
    for (let partition = 0; partition < partitions; partition++) {
      this.#account.publish(this.#cluster.publish({ ...raw('last', '{'), partition }), undefined);
    }
    const done = () =>
      this.#cluster.ends(topic).every((end, p) => (this.#cluster.committed(group, topic, p).offset ?? 0n) === end);
    const left = () => this.#store.parked().filter(({ state }) => state !== 'discarded');
    for (let i = 0; i < 120 && !(done() && left().length === 0); i++) {
      decideSome(this.#store, left().length, this.#random, (line) => this.#say(line));
      await this.#pass(1000);
    }
    if (!done()) this.#fail(`liveness: not everything is committed after two minutes of calm: ${this.#standing()}`);
    if (left().length > 0) this.#fail(`liveness: the line is not empty after two minutes of calm: ${this.#standing()}`);
    // The gauges are taken every second.
    await this.#pass(1500);
    this.#judge(this.#account.closing());
    for (const gauge of ['inFlight', 'waiting', 'parked'] as const) {
      if (this.#telemetry.value(gauge) !== 0) this.#fail(`I6 account: ${gauge} is ${this.#telemetry.value(gauge)}`);
    }
    const stopped = Promise.all(this.#members.map(({ runtime }) => runtime.stop()));
    await this.#pass(10_000);
    await stopped;
    await this.#pass(60_000);
    if (this.#clock.timers > 0) this.#fail(`${this.#clock.timers} timers are left after the last stop`);
    this.#check();
  }

  #step(): void {
    const live = this.#members.filter(({ state }) => state === 'live');
    const member = live[Math.floor(this.#random() * live.length)];
    const what = this.#random();
    if (this.#after === 'wait' && this.#chance(0.3)) {
      decideSome(this.#store, this.#pick([1, 2, 3]), this.#random, (line) => this.#say(line));
    }
    if (what < 0.45) {
      const count = 1 + Math.floor(this.#random() * 8);
      for (let i = 0; i < count; i++) this.#publish();
    } else if (what < 0.53) {
      const applied = this.#chance(0.5);
      const reason = applied ? 'unknown' : this.#pick(['unknown', 'unreachable'] as const);
      this.#say(`fail commit ${reason} applied=${applied}`);
      this.#cluster.fail({ operation: 'commit', reason, applied, times: this.#pick([1, 1, 2, 4]) });
    } else if (what < 0.6) {
      const applied = this.#chance(0.5);
      this.#say(`fail letters applied=${applied}`);
      this.#cluster.fail({
        operation: 'produce',
        topic: letters,
        reason: 'unknown',
        applied,
        times: this.#pick([1, 2]),
      });
    } else if (what < 0.64) {
      this.#say('fail committed');
      this.#cluster.fail({ operation: 'committed', reason: 'unreachable', times: this.#pick([1, 3]) });
    } else if (what < 0.7) {
      this.#stores = this.#stores === 'well' ? 'away' : 'well';
      this.#say(`store ${this.#stores}`);
    } else if (what < 0.75) {
      this.#say('expire sessions');
      this.#expire(live);
    } else if (what < 0.8 && member !== undefined) {
      this.#say(`${member.name} freezes`);
      member.deaf ??= [];
      const others = this.#chance(0.5);
      if (others && live.length < 4) this.#join();
      this.#expire(live);
    } else if (what < 0.85) {
      for (const frozen of this.#members) this.#thaw(frozen);
    } else if (what < 0.9 && live.length < 3) {
      this.#join();
    } else if (what < 0.95 && member !== undefined) {
      this.#cutOff(member);
      if (this.#chance(0.7)) this.#join();
    } else if (member !== undefined) {
      this.#say(`${member.name} stops`);
      member.state = 'stopping';
      this.#thaw(member);
      member.runtime.stop().then(() => {
        member.state = 'gone';
        this.#disown(member, new Set());
      });
      if (this.#chance(0.7)) this.#join();
    }
  }

  #expire(live: readonly Member[]): void {
    for (const one of live) this.#disown(one, new Set());
    this.#cluster.expireSessions(group);
  }

  #publish(): void {
    const key = this.#pick(keys);
    const what = this.#random();
    const before = this.#account.ordersOf(key);
    const old = before[Math.floor(this.#random() * before.length)];
    let order: Order | undefined;
    let value: string | null;
    if (what < 0.04) value = '{"broken';
    else if (what < 0.06) value = null;
    else if (what < 0.08) value = JSON.stringify(anOrder(key, -1, { quantity: 0 }));
    else {
      const revision = (this.#revisions.get(key) ?? 0) + 1;
      order = what < 0.2 && old !== undefined ? old : anOrder(key, revision);
      if (order.revision === revision) this.#revisions.set(key, revision);
      value = JSON.stringify(order);
    }
    // A record without a key has no place in any order: it is poison.
    const keyless = order !== undefined && order !== old && this.#chance(0.02);
    const record = this.#cluster.publish(keyless ? { ...raw(null, value), partition: 0 } : raw(key, value));
    this.#say(`publish ${key} ${placeOf(record)} ${value}`);
    this.#account.publish(record, keyless ? undefined : order);
    if (this.#chance(0.03)) this.#cluster.skipOffset(topic, record.partition);
    if (keyless && this.#ordering !== 'global') return;
    const lane = this.#laneOf(key, record.partition);
    this.#lanes.set(lane, [...(this.#lanes.get(lane) ?? []), record]);
  }

  #join(): void {
    this.#names += 1;
    const name = `m${this.#names}`;
    this.#say(`${name} joins`);
    const inbox = this.#store.inbox();
    const runtime = memoryRuntime({
      service: name,
      cluster: { ...this.#cluster, broker: () => this.#broker(() => member) },
      store: moodyInbox(
        inbox,
        (late) => this.#mood(late),
        (record) => this.#account.mark(record),
      ),
      clock: this.#clock,
      random: this.#random,
      telemetry: this.#telemetry,
      timing,
      log: silentLog,
    });
    const member: Member = { name, runtime, owned: new Set(), generation: 0, deaf: undefined, state: 'live' };
    const { retry, deadLetter } = consumer();
    if (retry === undefined || deadLetter === undefined) throw new Error('no retry');
    const more = {
      event: orders({ topic: { ...orders().topic, partitions }, ordering: this.#ordering }),
      timeoutMs,
      deadLetter: { ...deadLetter, after: this.#after },
      concurrency: this.#pick([1, 2, 8]),
      backpressure: { policy: 'block', maxInFlight: this.#pick([2, 50]), maxWaiting: this.#pick([4, 100]) },
      retry: { ...retry, attempts: 3, withinMs: 5000, initialMs: 10, maxMs: 200, ratio: this.#pick([0.05, 1]) },
    } as const;
    if (this.#delivery === 'at-least-once') {
      runtime.consume(atLeastOnce(more), (order, context) => this.#handle(member, order, context, undefined));
    } else {
      runtime.consume(effectivelyOnce(more), (order, context) => this.#handle(member, order, context, context.tx));
    }
    this.#members.push(member);
    runtime.start().catch((error: unknown) => {
      if (member.state === 'live') this.#fail(`${name} could not start: ${error}`);
    });
  }

  #cutOff(member: Member): void {
    this.#say(`${member.name} is cut off`);
    member.state = 'gone';
    member.deaf = undefined;
    this.#disown(member, new Set());
    member.runtime.cutOff();
  }

  #thaw(member: Member): void {
    const told = member.deaf;
    member.deaf = undefined;
    if (told === undefined) return;
    this.#say(`${member.name} thaws`);
    for (const call of told) call();
  }

  // The partitions that the group took away: what runs there cannot be stopped from outside.
  #disown(member: Member, kept: ReadonlySet<number>): void {
    member.owned = kept;
    for (const set of this.#running.values()) {
      for (const one of set) if (one.member === member) one.owned = false;
    }
  }

  #broker(memberOf: () => Member) {
    const broker = this.#cluster.broker();
    return {
      ...broker,
      consumer: (options: Parameters<typeof broker.consumer>[0], listener: ConsumerListener): BrokerConsumer => {
        const tell = (call: () => void) => {
          const member = memberOf();
          if (member.deaf === undefined) call();
          else member.deaf.push(call);
        };
        const inner = broker.consumer(options, {
          ...listener,
          assigned: (assignment) => {
            const member = memberOf();
            if (member.state === 'gone') return;
            this.#disown(member, new Set(assignment.partitions.map(({ partition }) => partition)));
            member.generation = assignment.generation;
            this.#say(`${member.name} has ${[...member.owned].join(',')} in ${assignment.generation}`);
            tell(() => {
              // What is older than the last assignment is not told any more.
              if (member.generation === assignment.generation) listener.assigned(assignment);
            });
          },
          revoking: () =>
            new Promise((resolve) => {
              tell(() => listener.revoking().then(resolve));
            }),
          lost: () => tell(() => listener.lost()),
          records: (...call) => tell(() => listener.records(...call)),
        });
        return {
          ...inner,
          commit: async (offsets) => {
            const member = memberOf();
            const { generation } = member;
            this.#ownership(member, offsets);
            if (this.#chance(0.3)) await sleep(this.#clock, this.#pick([1, 20, 120]));
            if (member.deaf !== undefined || member.generation !== generation) {
              throw new BrokerError('fenced', 'the generation of the commit is over');
            }
            if (!this.#calm && this.#chance(0.05)) {
              // Nobody waits any longer, and then it arrives all the same.
              sleep(this.#clock, this.#pick([1, 60, 200])).then(() => {
                const stands = member.state === 'live' && member.generation === generation;
                if (stands) inner.commit(offsets).catch(() => undefined);
              });
              throw new BrokerError('unknown', 'no answer in time');
            }
            await inner.commit(offsets);
            if (this.#chance(0.2)) await sleep(this.#clock, this.#pick([1, 20, 120]));
          },
        };
      },
    };
  }

  // I2: told or not told of its loss, a member may ask; but never for what it was told that it does not own.
  #ownership(member: Member, offsets: readonly OffsetCommit[]): void {
    this.#say(`${member.name} commits ${offsets.map(({ partition, offset }) => `${partition}:${offset}`).join(' ')}`);
    if (member.state === 'gone') this.#fail(`I2 ownership: ${member.name} is gone and commits`);
    if (member.deaf !== undefined) return;
    for (const { partition } of offsets) {
      if (!member.owned.has(partition)) this.#fail(`I2 ownership: ${member.name} commits ${partition}, not its own`);
    }
  }

  async #mood(late: boolean): Promise<void> {
    if (this.#chance(0.1)) await sleep(this.#clock, this.#pick([1, 30, 150]));
    if (this.#calm) return;
    if (this.#stores === 'away' || (!late && this.#chance(0.02))) throw new InboxError('unavailable', 'away');
  }

  async #handle(
    member: Member,
    order: Order,
    context: {
      readonly partition: number;
      readonly offset: bigint;
      readonly attempt: number;
      readonly signal: AbortSignal;
    },
    tx: MemoryTransaction | undefined,
  ): Promise<void> {
    const { partition, offset, attempt, signal } = context;
    const place = `${partition}:${offset}`;
    this.#say(`${member.name} starts ${order.orderId} ${place} attempt ${attempt}`);
    const lane = this.#laneOf(order.orderId, partition);
    const running = this.#running.get(lane) ?? new Set();
    this.#running.set(lane, running);
    const owned = member.owned.has(partition) && member.deaf === undefined;
    this.#mayStart(member, lane, partition, offset, running, owned);
    const one: Running = { member, place, owned };
    running.add(one);
    try {
      await this.#temper(signal);
      tx?.write(effectOf(order), place);
      if (tx === undefined) this.#account.handle(place);
      this.#say(`${member.name} ends ${order.orderId} ${place}`);
    } catch (error) {
      this.#say(`${member.name} fails ${order.orderId} ${place}: ${error}`);
      throw error;
    } finally {
      running.delete(one);
    }
  }

  #mayStart(
    member: Member,
    lane: string,
    partition: number,
    offset: bigint,
    running: ReadonlySet<Running>,
    owned: boolean,
  ): void {
    if (member.state === 'gone') this.#fail(`${member.name} is gone and starts ${partition}:${offset}`);
    const state = this.#account.rowOf(`${partition}:${offset}`)?.state;
    if (owned && (state === 'dead' || state === 'discarded')) {
      this.#fail(`I3 order: ${partition}:${offset} starts on ${member.name} while it is ${state}`);
    }
    if (this.#ordering === 'none') return;
    for (const other of running) {
      if (other.member === member || (other.owned && owned)) {
        this.#fail(
          `I3 order: ${lane} ${partition}:${offset} starts on ${member.name} while ${other.place} runs on ${other.member.name}`,
        );
      }
    }
    for (const record of this.#lanes.get(lane) ?? []) {
      if (record.offset >= offset) break;
      if (!this.#account.settled(record))
        this.#fail(`I3 order: ${lane} ${partition}:${offset} starts before ${placeOf(record)} is settled`);
    }
  }

  #laneOf(key: string, partition: number): string {
    return this.#ordering === 'global' ? `partition ${partition}` : key;
  }

  async #temper(signal: AbortSignal): Promise<void> {
    const what = this.#random();
    const ms = this.#pick([0, 1, 10, 60]);
    if (this.#calm || what < 0.3) return;
    if (what < 0.6) return sleep(this.#clock, ms);
    if (what < 0.7) throw new Error('at once');
    if (what < 0.8) {
      await sleep(this.#clock, ms);
      throw Object.assign(new Error('later'), { name: this.#pick(['Error', 'OutOfStock']) });
    }
    if (what < 0.9) {
      await sleep(this.#clock, 10 * timeoutMs, signal);
      signal.throwIfAborted();
      return;
    }
    await sleep(this.#clock, timeoutMs + this.#pick([10, 500, 2500, 9000]));
    if (this.#chance(0.5)) throw new Error('much too late');
  }

  async #pass(ms: number): Promise<void> {
    await this.#clock.pass(ms);
    this.#check();
  }

  #check(): void {
    if (this.#broken !== undefined) throw this.#broken;
    this.#judge(this.#account.frontier());
  }

  #standing(): string {
    const committed = Array.from({ length: partitions }, (_, p) => this.#cluster.committed(group, topic, p).offset);
    const reasons = this.#members.map(({ name, state, runtime }) => `${name} ${state} ${runtime.readiness().reasons}`);
    return `${committed.join(' ')} of ${this.#cluster.ends(topic).join(' ')}; ${reasons.join('; ')}`;
  }

  #judge(broken: string | undefined): void {
    if (broken !== undefined) this.#fail(broken);
  }

  #fail(message: string): void {
    if (this.#broken === undefined) {
      this.#say(`BROKEN ${message}`);
      this.#broken = new Broken(message);
    }
    throw this.#broken;
  }

  #say(line: string): void {
    this.trace.push(`${this.#clock.monotonic()} ${line}`);
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #pick<T>(of: readonly T[]): T {
    return of[Math.floor(this.#random() * of.length)] as T;
  }
}
