/**
 * One random history of a consumer group over the broker and the store in memory, driven by a seed: members that come,
 * go, freeze and are cut off; handlers of every temper; commits, dead letters and store calls that fail or whose
 * answer is lost. What the outside sees is judged by the invariants I1 to I6 after every step and at every event.
 */
import { type MemoryCluster, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry, silentLog } from '@tenet/runtime/testing';
import type { BrokerRecord } from '../../../runtime/src/broker/broker.ts';
import { sleep } from '../../../runtime/src/clock.ts';
import { InboxError } from '../../../runtime/src/inbox/inbox.ts';
import { manualClock } from './manual-clock.ts';
import { anOrder, consumer, type Order, orders } from './orders.ts';
import { randomOf } from './random.ts';
import { effectOf, SimulatedAccount } from './simulated-account.ts';
import { type BrokerWorld, simulatedBroker } from './simulated-broker.ts';
import { consumeAs, handleParts, type Part, type SimulatedDelivery, type SimulatedRun } from './simulated-handler.ts';
import { moodyInbox } from './simulated-inbox.ts';
import { ledger, lossless, placeOf, policies, SimulatedLosses } from './simulated-losses.ts';
import type { Member, Running } from './simulated-member.ts';
import { decideSome } from './simulated-operator.ts';
import { type SimulatedPace, simulatedPace } from './simulated-pace.ts';
import { headersOf, isForeign, streamOf } from './simulated-stream.ts';
import { temper } from './simulated-temper.ts';
import { group, letters, raw, topic } from './support.ts';

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

/** A quantity that no process survives. */
const deadly = 13;

class Broken extends Error {
  override readonly name = 'Broken';
}

export class World {
  readonly trace: string[] = [];
  readonly #random: () => number;
  readonly #ordering: 'per-key' | 'global' | 'none';
  readonly #pace: SimulatedPace;
  readonly #delivery: SimulatedDelivery;
  readonly #after: 'follow' | 'wait';
  readonly #stream: boolean;
  readonly #batch: { readonly size: number; readonly withinMs: number } | undefined;
  readonly #clock = manualClock();
  readonly #cluster: MemoryCluster = memoryCluster({ clock: this.#clock });
  readonly #store = memoryStore({ clock: this.#clock });
  readonly #telemetry = memoryTelemetry();
  readonly #account: SimulatedAccount;
  readonly #losses: SimulatedLosses;
  readonly #members: Member[] = [];
  readonly #running = new Map<string, Set<Running>>();
  readonly #revisions = new Map<string, number>();
  /** Records that must be settled one after another. */
  readonly #lanes = new Map<string, BrokerRecord[]>();
  #calm = false;
  #broken: Broken | undefined;
  #names = 0;
  #stores: 'well' | 'away' = 'well';
  /** Records of that kind still to be published. */
  #deadlyLeft: number;

  readonly #brokers: BrokerWorld = {
    cluster: this.#cluster,
    clock: this.#clock,
    isCalm: () => this.#calm,
    chance: (share) => this.#chance(share),
    pick: (of) => this.#pick(of),
    say: (line) => this.#say(line),
    fail: (message) => this.#fail(message),
    disown: (member, kept) => this.#disown(member, kept),
  };

  constructor(seed: number, delivery: SimulatedDelivery) {
    this.#random = randomOf(seed);
    this.#delivery = delivery;
    this.#after = this.#pick(['follow', 'wait']);
    // Together with `wait` a policy that loses events is refused.
    const policy = this.#after === 'wait' ? lossless : this.#pick(policies);
    this.#losses = new SimulatedLosses(policy, this.#cluster, this.#clock);
    const transactional = delivery === 'effectively-once';
    this.#account = new SimulatedAccount(this.#cluster, this.#store, transactional, this.#after, this.#losses);
    this.#deadlyLeft = this.#pick([0, 0, 1, 2]);
    this.#ordering = this.#pick(['per-key', 'per-key', 'per-key', 'global', 'none']);
    this.#pace = simulatedPace((of) => this.#pick(of));
    this.#batch = this.#chance(0.4) ? { size: this.#pick([1, 3, 10]), withinMs: this.#pick([1, 30]) } : undefined;
    this.#stream = this.#chance(0.3);
    this.#cluster.createTopic(topic, partitions);
  }

  /** `without`: steps that are left out. */
  async live(steps: number, without: readonly number[]): Promise<void> {
    this.#join();
    if (this.#chance(0.6)) this.#join();
    for (let step = 0; step < steps; step++) {
      if (without.includes(step)) continue;
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
    const parked = () => this.#store.parked().filter(({ state }) => state !== 'discarded');
    for (let i = 0; i < 120 && !(done() && parked().length === 0); i++) {
      decideSome(this.#store, parked().length, this.#random, (line) => this.#say(line));
      await this.#pass(1000);
    }
    if (!done()) this.#fail(`liveness: not everything is committed after two minutes of calm: ${this.#standing()}`);
    if (parked().length > 0)
      this.#fail(`liveness: the line is not empty after two minutes of calm: ${this.#standing()}`);
    // The gauges are taken every second.
    await this.#pass(1500);
    this.#judge(this.#account.closing());
    for (const gauge of ['inFlight', 'waiting', 'parked'] as const) {
      if (this.#telemetry.value(gauge) !== 0) this.#fail(`I6 account: ${gauge} is ${this.#telemetry.value(gauge)}`);
    }
    // A process that died while it stopped never answers.
    const staying = this.#members.filter(({ state }) => state !== 'gone');
    const stopped = Promise.all(staying.map(({ runtime }) => runtime.stop()));
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
      this.#say(`fail produce applied=${applied}`);
      this.#cluster.fail({
        operation: 'produce',
        topic: this.#losses.lossy ? this.#pick([letters, ledger, ledger]) : letters,
        reason: 'unknown',
        applied,
        times: this.#pick([1, 2]),
      });
    } else if (what < 0.64) {
      if (this.#losses.lossy && this.#chance(0.5))
        this.#say(this.#losses.delete(this.#pick([0, 1]), this.#pick([0, 2, 5, 20])));
      else this.#cluster.fail({ operation: 'committed', reason: 'unreachable', times: this.#pick([1, 3]) });
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
      const kills = this.#deadlyLeft > 0 && this.#chance(0.05);
      if (kills) this.#deadlyLeft -= 1;
      order = what < 0.2 && old !== undefined ? old : anOrder(key, revision, kills ? { quantity: deadly } : {});
      if (order.revision === revision) this.#revisions.set(key, revision);
      value = JSON.stringify(order);
    }
    // A record without a key has no place in any order: it is poison.
    const keyless = order !== undefined && order !== old && this.#chance(0.02);
    const headers = this.#stream ? headersOf(order, this.#random()) : [];
    const outgoing = keyless ? { ...raw(null, value), partition: 0 } : raw(key, value);
    const record = this.#cluster.publish({ ...outgoing, headers });
    this.#say(`publish ${key} ${placeOf(record)} ${value}`);
    if (isForeign(headers)) return;
    this.#account.publish(record, keyless || (this.#stream && headers.length === 0) ? undefined : order);
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
      cluster: { ...this.#cluster, broker: () => simulatedBroker(this.#brokers, () => member) },
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
      ...this.#pace,
      deadLetter: { ...this.#pace.deadLetter, after: this.#after },
      concurrency: this.#pick([1, 2, 8]),
      ...this.#losses.settings(this.#pick(this.#batch === undefined ? [2, 50] : [10, 50]), this.#pick([4, 100])),
      retry: { ...retry, attempts: 3, withinMs: 5000, initialMs: 10, maxMs: 200, ratio: this.#pick([0.05, 1]) },
    } as const;
    const handle = (orders: readonly Order[], run: SimulatedRun) => this.#handle(member, orders, run);
    for (const event of this.#stream ? streamOf(more.event) : [more.event]) {
      consumeAs(
        runtime,
        this.#delivery,
        { ...more, event, ...(this.#batch === undefined ? {} : { batch: this.#batch }) },
        handle,
      );
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

  async #mood(late: boolean): Promise<void> {
    if (this.#chance(0.1)) await sleep(this.#clock, this.#pick([1, 30, 150]));
    if (this.#calm) return;
    if (this.#stores === 'away' || (!late && this.#chance(0.02))) throw new InboxError('unavailable', 'away');
  }

  #handle(member: Member, orders: readonly Order[], { events, partition, signal, tx }: SimulatedRun) {
    const owned = member.owned.has(partition) && member.deaf === undefined;
    const together = new Set(events.map(({ offset }) => `${partition}:${offset}`));
    const parts = events.map(({ offset, attempt }, i): Part => {
      const order = orders[i] ?? anOrder('', 0);
      const place = `${partition}:${offset}`;
      this.#say(`${member.name} starts ${order.orderId} ${place} attempt ${attempt}`);
      const lane = this.#laneOf(order.orderId, partition);
      const running = this.#running.get(lane) ?? new Set();
      this.#running.set(lane, running);
      this.#mayStart(member, lane, { offset, place }, running, owned, together);
      if (owned) this.#losses.started(partition, place);
      const one: Running = { member, place, owned };
      return {
        lane: this.#ordering === 'none' ? place : lane,
        fails: events.length > 1 && !this.#calm && this.#chance(0.1),
        start: () => running.add(one),
        effect: () => (tx === undefined ? this.#account.handle(place) : tx.write(effectOf(order), place)),
        end: () => running.delete(one),
      };
    });
    const handler = async () => {
      // Owners say of the log's records what they may have died of, not of those that stand in the line.
      const kills = (place: string, i: number) =>
        orders[i]?.quantity === deadly && this.#account.rowOf(place) === undefined;
      if ([...together].some(kills)) this.#kill(member);
      if (!this.#calm) await temper(this.#clock, this.#random, timeoutMs, signal);
    };
    return handleParts(parts, handler).then(
      () => this.#say(`${member.name} ends ${[...together].join(' ')}`),
      (error: unknown) => {
        this.#say(`${member.name} fails ${[...together].join(' ')}: ${error}`);
        throw error;
      },
    );
  }

  /** The process dies of the record: its transaction is rolled back, and whoever comes next meets the record again. */
  #kill(member: Member): never {
    this.#cutOff(member);
    if (!this.#members.some(({ state }) => state === 'live')) this.#join();
    throw new Error('killed');
  }

  #mayStart(
    member: Member,
    lane: string,
    { offset, place }: { readonly offset: bigint; readonly place: string },
    running: ReadonlySet<Running>,
    owned: boolean,
    together: ReadonlySet<string> = new Set(),
  ): void {
    if (member.state === 'gone') this.#fail(`${member.name} is gone and starts ${place}`);
    const state = this.#account.rowOf(place)?.state;
    if (owned && (state === 'dead' || state === 'discarded')) {
      this.#fail(`I3 order: ${place} starts on ${member.name} while it is ${state}`);
    }
    if (this.#ordering === 'none') return;
    for (const other of running) {
      if (other.member === member || (other.owned && owned)) {
        this.#fail(
          `I3 order: ${lane} ${place} starts on ${member.name} while ${other.place} runs on ${other.member.name}`,
        );
      }
    }
    for (const record of this.#lanes.get(lane) ?? []) {
      if (record.offset >= offset) break;
      const before = together.has(placeOf(record)) || this.#account.settled(record) || this.#losses.givenUp(record);
      if (!before) this.#fail(`I3 order: ${lane} ${place} starts before ${placeOf(record)} is settled`);
    }
    const ahead = owned ? this.#losses.overtaking(this.#lanes.get(lane) ?? [], place) : undefined;
    if (ahead !== undefined) this.#fail(`I3 order: ${lane} ${place} starts first after ${placeOf(ahead)}`);
  }

  #laneOf(key: string, partition: number): string {
    return this.#ordering === 'global' ? `partition ${partition}` : key;
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

  #fail(message: string): never {
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
