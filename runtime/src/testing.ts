/** Subpath `@tenet/runtime/testing`: a runtime over a broker in memory, in which an event is delivered by one call. */
import { type MemoryCluster, memoryCluster } from './broker/memory-broker.ts';
import { contract, type EventDescriptor } from './contract.ts';
import { type MemoryStore, type MemoryTransaction, memoryStore } from './inbox/memory-inbox.ts';
import { silentLog } from './incident.ts';
import { dropPolicyOf, lossTopic } from './loss/loss-topic.ts';
import { evidenceBytes } from './refusals.ts';
import { createRuntimeWithInternals, type Runtime, type RuntimeOptions } from './runtime.ts';
import type { Store } from './store.ts';

export { type Log, silentLog } from './incident.ts';
export { type MemoryTelemetry, memoryTelemetry } from './telemetry/memory-telemetry.ts';

export interface MemoryRuntimeOptions<S extends string, Tx>
  extends Partial<Omit<RuntimeOptions<S, Tx>, 'broker' | 'service' | 'store'>> {
  readonly service?: S;
  /** Shared by the runtimes that are to meet. Default: one of its own. */
  readonly cluster?: MemoryCluster;
  /** Default: a store in memory, which the runtimes of one cluster share. */
  readonly store?: Store<Tx>;
}

export interface MemoryRuntime<S extends string, Tx> extends Runtime<S, Tx> {
  readonly cluster: MemoryCluster;
  /**
   * Publishes the event, several times where asked, starts the runtime if nobody has, and resolves when every consumer
   * of it here has passed everything in the topic. Rejects after `withinMs` (default 10 s), and for an event that its
   * contract refuses.
   */
  deliver<Event, Input>(
    event: EventDescriptor<Event, string, string, Input, unknown>,
    value: Input,
    options?: { readonly times?: number; readonly withinMs?: number },
  ): Promise<void>;
  /** Resolves when every consumer here has passed everything in its topic. */
  settled(withinMs?: number): Promise<void>;
  /**
   * Ends as a kill would, in the middle of everything: the member is thrown out of its group, the store's connections
   * are torn, what was asked is never answered, nothing is committed and nobody is told. A handler that runs goes on,
   * as code in a process that lost its network does, but starts no other.
   */
  cutOff(): void;
}

/** Topics are made as the contracts say when the runtime starts. */
export function memoryRuntime<const S extends string = string, Tx = MemoryTransaction>(
  options: MemoryRuntimeOptions<S, Tx> = {},
): MemoryRuntime<S, Tx> {
  const cluster = options.cluster ?? memoryCluster();
  const broker = cluster.broker();
  // Without a store the type of `tx` is the default one, which is the transaction of the store made here.
  const store = options.store ?? (storeOf(cluster).inbox() as unknown as Store<Tx>);
  const { runtime, internals } = createRuntimeWithInternals<S, Tx>({
    log: silentLog,
    ...options,
    service: options.service ?? ('test' as S),
    broker,
    store,
    timing: { commitEveryMs: 10, ...options.timing },
  });
  let started: ReturnType<typeof runtime.start> | undefined;

  const start = () => {
    for (const { contract: consumer, topic } of internals.consumers()) {
      const { partitions, maxMessageBytes } = internals.topicOf(consumer.event);
      createTopics(cluster, topic, partitions, maxMessageBytes, consumer.deadLetter?.topic);
      if (dropPolicyOf(consumer) !== undefined) cluster.createTopic(lossTopic(topic, consumer.name), partitions);
    }
    started ??= runtime.start();
    return started;
  };
  const settled = async (withinMs = 10_000) => {
    const until = performance.now() + withinMs;
    for (;;) {
      const behind = internals
        .consumers()
        .filter(({ topic, hasPassed }) => cluster.ends(topic).some((end, partition) => !hasPassed(partition, end)));
      if (behind.length === 0) return;
      if (performance.now() > until) {
        const names = behind.map(({ contract: consumer }) => consumer.name).join(', ');
        throw new Error(`not settled within ${withinMs} ms: ${names}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  };

  return {
    ...runtime,
    producer: (event) => {
      const topic = internals.topicOf(event[contract]);
      createTopics(cluster, topic.name, topic.partitions, topic.maxMessageBytes);
      return runtime.producer(event);
    },
    cluster,
    start,
    settled,
    async deliver(event, value, { times = 1, withinMs = 10_000 } = {}) {
      const plain = event[contract];
      const topic = internals.topicOf(plain);
      createTopics(cluster, topic.name, topic.partitions, topic.maxMessageBytes);
      await start();
      const producer = internals.sendAs(plain, runtime.service);
      for (let time = 0; time < times; time++) await producer.send(value);
      await settled(withinMs);
    },
    cutOff() {
      broker.sever();
      store.sever?.();
      internals.halt();
    },
  };
}

const stores = new WeakMap<MemoryCluster, MemoryStore>();

function storeOf(cluster: MemoryCluster): MemoryStore {
  const store = stores.get(cluster) ?? memoryStore();
  stores.set(cluster, store);
  return store;
}

function createTopics(
  cluster: MemoryCluster,
  topic: string,
  partitions: number,
  largest: number,
  letters?: string,
): void {
  cluster.createTopic(topic, partitions, { 'max.message.bytes': String(largest) });
  if (letters === undefined) return;
  cluster.createTopic(letters, partitions, {
    'message.timestamp.type': 'LogAppendTime',
    'max.message.bytes': String(largest + evidenceBytes),
  });
}
