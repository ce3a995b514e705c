/**
 * The composition root of a service: contracts in, promises kept. Everything is bound once at start; what cannot be kept
 * is refused there with all reasons at once.
 */
import { randomUUID } from 'node:crypto';
import type { Broker, BrokerProducer } from './broker/broker.ts';
import { type CancelTimer, type Clock, systemClock, within } from './clock.ts';
import { onlyOnce, withoutRepeats } from './consumer/at-most-once.ts';
import { compileAttempts } from './consumer/attempts.ts';
import { compileBatchAttempts } from './consumer/batch-attempts.ts';
import { Consumer } from './consumer/consumer.ts';
import type { BatchHandler, EventHandler, Handler } from './consumer/context.ts';
import { Isolation } from './consumer/isolation.ts';
import { laneKeys } from './consumer/lane-keys.ts';
import { withLine } from './consumer/line-attempts.ts';
import type { ConsumerTiming } from './consumer/options.ts';
import { Subscription } from './consumer/subscription.ts';
import {
  type ConsumerContract,
  type ConsumerDescriptor,
  contract,
  type Delivery,
  type EventContract,
  type EventDescriptor,
  type TopicSettings,
  type Unit,
} from './contract.ts';
import { DeadLetters, deadLettersOf } from './dead-letter/dead-letters.ts';
import { consumerIn, topicIn } from './environment.ts';
import { TenetError } from './errors.ts';
import { consoleLog, guardedLog, type Log } from './incident.ts';
import { LossLedger } from './loss/loss-ledger.ts';
import { dropPolicyOf, lossTopic } from './loss/loss-topic.ts';
import { createProducer, type ProducerOf } from './producer/producer.ts';
import {
  consumerRefusals,
  deadLetterRefusals,
  lossTopicRefusals,
  producerRefusals,
  topicRefusals,
} from './refusals.ts';
import { RecordSender } from './retry/record-sender.ts';
import { type StartReport, startReport } from './start-report.ts';
import type { Store } from './store.ts';
import { streamRefusals } from './stream-refusals.ts';
import { memoryTelemetry } from './telemetry/memory-telemetry.ts';
import type { Telemetry } from './telemetry/telemetry.ts';

export interface RuntimeOptions<S extends string, Tx> {
  /** The name by which contracts know this service. */
  readonly service: S;
  readonly broker: Broker;
  /**
   * Where effectively-once keeps its keys, and where records are parked: needed by contracts that promise the one or say
   * `after: wait`. With a store, every consumer's partitions are fenced by it.
   */
  readonly store?: Store<Tx>;
  /** Of the workspace. Default: the base contract. */
  readonly environment?: string;
  /** Default: in memory. */
  readonly telemetry?: Telemetry;
  /** Where the start report and incidents go. Default: the console. */
  readonly log?: Log;
  readonly clock?: Clock;
  /** In [0, 1): for jitter. */
  readonly random?: () => number;
  readonly timing?: Partial<RuntimeTiming>;
}

export interface RuntimeTiming extends ConsumerTiming {
  /** How long `stop` waits for handlers and the last commit. Default: 25 s. */
  readonly stopMs: number;
  /** How long `send` waits for a broker that is away. Default: 2 m. */
  readonly sendMs: number;
}

const defaultTiming: RuntimeTiming = {
  sessionTimeoutMs: 30_000,
  rebalanceTimeoutMs: 60_000,
  commitEveryMs: 200,
  commitEveryRecords: 2000,
  watchEveryMs: 1000,
  stopMs: 25_000,
  sendMs: 120_000,
};

const expireEveryMs = 600_000;

/** What stands where an event descriptor was wanted, when the service is no producer of the contract. */
export interface NotAProducer<S extends string, Producers extends string> {
  readonly 'this service is not a producer of the contract': { readonly service: S; readonly producers: Producers };
}

export interface Readiness {
  readonly ready: boolean;
  /** Why not; empty when ready. */
  readonly reasons: readonly string[];
}

export interface Liveness {
  readonly alive: boolean;
  /** Why not; empty when alive. */
  readonly reasons: readonly string[];
}

export interface Runtime<S extends string, Tx> {
  readonly service: S;
  /** Before `start`. One handler per consumer. */
  consume<Event, D extends Delivery, U extends Unit = 'event'>(
    consumer: ConsumerDescriptor<Event, D, U>,
    handler: Handler<Event, D, Tx, U>,
  ): void;
  /** Throws TenetError `not-a-producer` or `refused-at-start`. Sends after `start`. */
  producer<Event, Producers extends string, Outbox extends string, Input, Key>(
    event: EventDescriptor<Event, Producers, Outbox, Input, Key> &
      ([S] extends [Producers] ? unknown : NotAProducer<S, Producers>),
  ): ProducerOf<Input, Key>;
  /** Throws TenetError `refused-at-start` with every reason. */
  start(): Promise<StartReport>;
  /**
   * Drains, commits, verifies, leaves, closes broker and store. Waits for a `start` that is under way; a repeated call
   * waits for the first one.
   */
  stop(): Promise<void>;
  /** For a service's readiness probe. */
  readiness(): Readiness;
  /** For a service's liveness probe: whether a restart of the process would help. */
  liveness(): Liveness;
}

/** What tests need beyond a service's view; see testing.ts. */
export interface RuntimeInternals {
  /** Ends as a kill would: nothing is started, committed, sent or said any more. */
  halt(): void;
  /** Registered consumers, with a view of what they have passed. */
  consumers(): readonly {
    readonly contract: ConsumerContract;
    readonly topic: string;
    hasPassed(partition: number, end: bigint): boolean;
  }[];
  sendAs(event: EventContract, service: string): ProducerOf<unknown, unknown>;
  /** Under the environment of the runtime. */
  topicOf(event: EventContract): TopicSettings;
}

interface Produced {
  readonly event: EventContract;
  readonly topic: TopicSettings;
}

type State = 'new' | 'starting' | 'started' | 'stopping' | 'stopped';

export function createRuntime<const S extends string, Tx = never>(options: RuntimeOptions<S, Tx>): Runtime<S, Tx> {
  return createRuntimeWithInternals(options).runtime;
}

export function createRuntimeWithInternals<const S extends string, Tx = never>(
  options: RuntimeOptions<S, Tx>,
): { readonly runtime: Runtime<S, Tx>; readonly internals: RuntimeInternals } {
  const { service, broker, store, environment } = options;
  const clock = options.clock ?? systemClock;
  const random = options.random ?? Math.random;
  const log = guardedLog(options.log ?? consoleLog);
  const telemetry = options.telemetry ?? memoryTelemetry();
  const timing = { ...defaultTiming, ...options.timing };
  const clientId = `${service}-${randomUUID().slice(0, 8)}`;
  const subscriptions: Subscription[] = [];
  const produced: Produced[] = [];
  const isolation = new Isolation();
  const senders = new Map<string, RecordSender>();
  let brokerProducer: BrokerProducer | undefined;
  let state: State = 'new';
  let cancelExpiry: CancelTimer = () => undefined;
  let starting: Promise<StartReport> | undefined;
  let stopping: Promise<void> | undefined;

  const topicOf = (event: EventContract): TopicSettings => {
    const topic = topicIn(event, environment);
    if (topic !== undefined) return topic;
    const known = Object.keys(event.environments).join(', ') || 'none';
    const text = `${event.name}: the workspace has no environment ${environment} (it has ${known})`;
    throw new TenetError('refused-at-start', text, { contract: event.name });
  };

  const senderOf = (name: string, acks: 'all' | 'leader' | 'none', repeatForMs: number): RecordSender => {
    if (state === 'new' || state === 'stopped') {
      throw new TenetError('wrong-state', `the runtime of ${service} is ${state}: start() comes before send`);
    }
    brokerProducer ??= broker.producer({ clientId });
    const backoff = { initialMs: 100, factor: 2, maxMs: 5000, jitter: 'full' } as const;
    const known = senders.get(name) ?? new RecordSender(brokerProducer, { acks, clock, random, backoff, repeatForMs });
    senders.set(name, known);
    return known;
  };

  const producerOf = (event: EventContract, as: string): ProducerOf<unknown, unknown> => {
    const topic = topicOf(event);
    const promises = event.producers[as] ?? { acks: 'all', onOverload: 'block' };
    const { acks, onOverload } = promises;
    // Whoever need not wait for the broker has all the time.
    const repeatForMs = onOverload === 'block' ? timing.sendMs : Number.POSITIVE_INFINITY;
    const sender = () => senderOf(`send-${acks}-${onOverload}`, acks, repeatForMs);
    return createProducer({ contract: event, service: as, promises, topic, sender, telemetry, clock });
  };

  const openLossLedger = (of: ConsumerContract, topic: string): LossLedger =>
    new LossLedger({
      group: of.group,
      topic,
      approvedBy: of.backpressure.approvedBy,
      ledger: lossTopic(topic, of.name),
      admin: broker.admin(),
      sender: senderOf(`loss-${of.group}`, 'all', 0),
      clock,
    });

  const consumers = (): readonly ConsumerContract[] => subscriptions.flatMap(({ contracts }) => contracts);
  const storeOf = (of: ConsumerContract) => (of.delivery === 'effectively-once' ? store : undefined);

  const openConsumer = (one: Subscription): Consumer => {
    const { contracts, contract: of, topic } = one;
    const letters = contracts.flatMap((each) =>
      each.deadLetter === undefined
        ? []
        : [new DeadLetters(each, each.deadLetter, senderOf(`dead-${of.group}`, 'all', 0))],
    );
    const known = [...consumers().map(({ event }) => event), ...produced.map(({ event }) => event)];
    const composed = one.compose(known, storeOf(of));
    // At-most-once repeats nothing, so nothing of it can be parked.
    const line = of.delivery === 'at-most-once' ? undefined : store?.line;
    return new Consumer({
      contracts,
      ...composed,
      attempts: withLine(composed.attempts, {
        line,
        group: of.group,
        after: of.deadLetter?.after ?? 'follow',
        transactional: of.delivery === 'effectively-once',
        keyOf: laneKeys(of.event.ordering),
      }),
      topic: topic.name,
      partitions: topic.partitions,
      clientId,
      broker,
      deadLetters: deadLettersOf(letters),
      lossLedger: dropPolicyOf(of) === undefined ? undefined : openLossLedger(of, topic.name),
      store,
      line,
      telemetry,
      log,
      clock,
      random,
      timing,
      isolation,
    });
  };

  // Any member may, at any time, and one that fails leaves it to the next one.
  const expireStore = () => {
    cancelExpiry = clock.timer(expireEveryMs, () => {
      store?.expire().catch(() => undefined);
      expireStore();
    });
  };

  const reasonsOf = (why: (consumer: Consumer) => string | undefined) =>
    subscriptions.flatMap(({ contract: of, running }) => {
      const reason = running === undefined ? undefined : why(running);
      return reason === undefined ? [] : [`${of.event.name} ${of.name}: ${reason}`];
    });

  const runtime: Runtime<S, Tx> = {
    service,
    consume(descriptor, handler) {
      if (state !== 'new') throw new TenetError('wrong-state', `consume comes before start; the runtime is ${state}`);
      const plain = descriptor[contract];
      const topic = topicOf(plain.event);
      const of = withoutRepeats(consumerIn(plain, topic));
      const attempts =
        of.batch === undefined
          ? compileAttempts(of, handler as EventHandler<unknown, Delivery, Tx>, storeOf(of))
          : compileBatchAttempts(of, handler as BatchHandler<unknown, Delivery, Tx>, storeOf(of));
      const one = { contract: of, attempts: of.delivery === 'at-most-once' ? onlyOnce(attempts) : attempts };
      const known = subscriptions.find(({ contract: { group } }) => group === of.group);
      if (known === undefined) subscriptions.push(new Subscription(topic, one));
      else known.add(topic, one);
    },
    producer(descriptor) {
      const event = descriptor[contract];
      const refused = producerRefusals(event, service);
      if (refused.length > 0) {
        const code = Object.hasOwn(event.producers, service) ? 'refused-at-start' : 'not-a-producer';
        throw new TenetError(code, refused.join('\n'), { contract: event.name });
      }
      produced.push({ event, topic: topicOf(event) });
      return producerOf(event, service);
    },
    async start() {
      if (state !== 'new') throw new TenetError('wrong-state', `the runtime of ${service} is ${state} already`);
      state = 'starting';
      starting = open();
      return starting;
    },
    async stop() {
      if (state === 'new' || (state === 'stopped' && stopping === undefined)) return;
      stopping ??= close();
      await stopping;
    },
    readiness() {
      if (state !== 'started') return { ready: false, reasons: [`the runtime of ${service} is ${state}`] };
      const reasons = reasonsOf(({ trouble }) => trouble);
      return { ready: reasons.length === 0, reasons };
    },
    liveness() {
      const reasons = reasonsOf(({ stuck }) => stuck);
      return { alive: reasons.length === 0, reasons };
    },
  };

  // A stop does not wait for ever for a start that hangs.
  const goOn = () => {
    if (state !== 'starting')
      throw new TenetError('wrong-state', `the runtime of ${service} was stopped while it started`);
  };

  const open = async (): Promise<StartReport> => {
    try {
      refuse(service, [
        ...consumers().flatMap((one) => consumerRefusals(one, broker.features, store)),
        ...streamRefusals(consumers()),
      ]);
      await broker.connect();
      if (consumers().length > 0) await store?.connect();
      refuse(service, await topicsRefused(broker, subscriptions, produced));
      goOn();
      for (const one of subscriptions) one.running = openConsumer(one);
      await Promise.all(subscriptions.map((one) => one.running?.start()));
      goOn();
    } catch (error) {
      state = 'stopped';
      for (const one of subscriptions) one.running?.halt();
      await Promise.allSettled([broker.close(), store?.close()]);
      throw error;
    }
    state = 'started';
    if (consumers().some(({ delivery }) => delivery === 'effectively-once')) expireStore();
    const producers = produced.map(({ event, topic }) => {
      return { event: event.name, topic: topic.name, promises: event.producers[service] };
    });
    const report = startReport(service, consumers(), producers, broker.features, store?.line !== undefined);
    for (const line of report.lines) log.info(line);
    return report;
  };

  const close = async (): Promise<void> => {
    const until = clock.monotonic() + timing.stopMs;
    const left = () => Math.max(0, until - clock.monotonic());
    // Whoever waits for the stop must not lose its process before it is over.
    const release = clock.timer(2 * timing.stopMs, () => undefined, 'hold');
    await within(clock, timing.stopMs, Promise.allSettled([starting]));
    cancelExpiry();
    const failures: unknown[] = [];
    const done = async (ends: () => Promise<unknown> | undefined) => {
      await ends()?.catch((error: unknown) => failures.push(error));
    };
    if (state === 'started') {
      state = 'stopping';
      await Promise.all(subscriptions.map((one) => done(() => one.running?.stop(left()))));
      await within(clock, left(), Promise.all([...senders.values()].map((sender) => sender.flush())));
    } else {
      for (const one of subscriptions) one.running?.halt();
    }
    state = 'stopped';
    for (const sender of senders.values()) sender.giveUp();
    await done(() => brokerProducer?.close());
    await done(() => broker.close());
    await done(() => store?.close());
    release();
    if (failures.length > 0) throw failures[0];
  };

  const internals: RuntimeInternals = {
    halt() {
      state = 'stopped';
      cancelExpiry();
      for (const one of subscriptions) one.running?.halt();
      for (const sender of senders.values()) sender.halt();
    },
    consumers: () =>
      subscriptions.flatMap((one) =>
        one.contracts.map((of) => ({
          contract: of,
          topic: one.topic.name,
          hasPassed: (partition, end) => one.running?.hasPassed(partition, end) ?? false,
        })),
      ),
    sendAs: producerOf,
    topicOf,
  };
  return { runtime, internals };
}

async function topicsRefused(
  broker: Broker,
  subscriptions: readonly Subscription[],
  produced: readonly Produced[],
): Promise<readonly string[]> {
  const consumed = subscriptions.flatMap(({ contracts, topic }) => contracts.map((of) => ({ of, topic })));
  const events = [...consumed.map(({ of, topic }) => ({ event: of.event, topic })), ...produced];
  const letters = consumed.flatMap(({ of }) => (of.deadLetter === undefined ? [] : [of.deadLetter.topic]));
  const ledgers = consumed.flatMap(({ of, topic }) =>
    dropPolicyOf(of) === undefined ? [] : [{ of, topic, ledger: lossTopic(topic.name, of.name) }],
  );
  const names = [...new Set([...events.map(({ topic }) => topic.name), ...letters, ...ledgers.map((l) => l.ledger)])];
  const described = await broker.admin().describeTopics(names);
  const actual = new Map(names.map((name, i) => [name, described[i]]));
  return [
    ...new Set([
      ...events.flatMap(({ event, topic }) => topicRefusals(event, topic, actual.get(topic.name))),
      ...consumed.flatMap(({ of, topic }) => deadLetterRefusals(of, topic, actual.get(of.deadLetter?.topic ?? ''))),
      ...ledgers.flatMap(({ of, topic, ledger }) => lossTopicRefusals(of, topic, ledger, actual.get(ledger))),
    ]),
  ];
}

function refuse(service: string, reasons: readonly string[]): void {
  if (reasons.length === 0) return;
  const head = `${service} cannot start: ${reasons.length} ${reasons.length === 1 ? 'reason' : 'reasons'}`;
  throw new TenetError('refused-at-start', [head, ...reasons.map((reason) => `  ${reason}`)].join('\n'));
}
