/** What the tests of the line share: one partition, one store, as many processes as a test wants. */
import { type MemoryStore, memoryCluster, memoryStore } from '@tenet/runtime/memory';
import { type MemoryRuntimeOptions, memoryRuntime } from '@tenet/runtime/testing';
import type { OutgoingRecord } from '../../../runtime/src/broker/broker.ts';
import type { Line } from '../../../runtime/src/line/line.ts';
import { anOrder, atLeastOnce, consumer, effectivelyOnce, type Order, orders } from './orders.ts';
import { group, raw, topic } from './support.ts';

export const partition = { group, topic, partition: 0 };
export const placed = (id: string, revision = 1): OutgoingRecord => raw(id, JSON.stringify(anOrder(id, revision)));
export const event = orders({ topic: { ...orders().topic, partitions: 1 } });
const policies = consumer();
if (policies.deadLetter === undefined || policies.retry === undefined) throw new Error('no policy');
export const { deadLetter, retry } = { deadLetter: policies.deadLetter, retry: policies.retry };
export const waiting = { event, deadLetter: { ...deadLetter, after: 'wait' } } as const;
/** One failure is one too many, or many are not enough. */
export const impatient = { ...retry, attempts: 1 };
export const patient = { ...retry, attempts: 1000, ratio: 1 };
export const backpressure = { policy: 'block', maxInFlight: 50, maxWaiting: 5 } as const;
export const decision = { by: 'ann', reason: 'a test order' };

/** One partition, one store, as many processes as a test wants; what each of them handles, in order. */
export function lineWorld(
  parts: { readonly once?: boolean; readonly contract?: Parameters<typeof consumer>[0] } = {},
  store: MemoryStore = memoryStore(),
) {
  const cluster = memoryCluster();
  cluster.createTopic(topic, 1);
  const handled: string[] = [];
  const failing = new Set<string>();
  const { line } = store.inbox();
  const join = async (
    options: MemoryRuntimeOptions<string, never> = {},
    alter: (line: Line) => Partial<Line> = () => ({}),
  ) => {
    const inbox = store.inbox();
    const runtime = memoryRuntime({
      cluster,
      store: { ...inbox, line: { ...inbox.line, ...alter(inbox.line) } },
      ...(options as object),
      timing: { watchEveryMs: 5, commitEveryMs: 5, ...options.timing },
    });
    const handle = (order: Order) => {
      const name = `${order.orderId}/${order.revision}`;
      if (failing.has(name)) throw new Error(`no shelf for ${name}`);
      handled.push(name);
    };
    const contract = { ...waiting, retry: impatient, ...parts.contract };
    if (parts.once === true) runtime.consume(effectivelyOnce(contract), handle);
    else runtime.consume(atLeastOnce(contract), handle);
    await runtime.start();
    return runtime;
  };
  return {
    cluster,
    store,
    line,
    handled,
    failing,
    join,
    publish: (id: string, ...revisions: readonly number[]) => {
      for (const revision of revisions) cluster.publish(placed(id, revision));
    },
    committed: () => cluster.committed(group, topic, 0).offset,
    place: (offset: number) => ({ ...partition, offset: BigInt(offset) }),
    rows: () => store.parked().map(({ offset, state }) => `${offset} ${state}`),
  };
}
