/** A runtime whose time passes only when the test says so, and what its handler was called with, when. */
import type { ConsumerContract } from '@tenet/runtime';
import { type MemoryCluster, memoryCluster } from '@tenet/runtime/memory';
import { memoryRuntime, memoryTelemetry } from '@tenet/runtime/testing';
import { manualClock } from '../manual-clock.ts';
import { anOrder, atLeastOnce, type Order, orders } from '../orders.ts';
import { collecting, letters, raw, topic } from '../support.ts';

export interface Call {
  /** Milliseconds since the test began. */
  readonly at: number;
  readonly id: string;
  readonly attempt: number;
}

export interface PacedOptions {
  readonly partitions?: number;
  readonly members?: number;
  /** Called by the handler. */
  readonly handle?: (order: Order, attempt: number) => unknown;
}

/** Topics exist, nobody has started. */
export async function pacedWorld(contract: Partial<ConsumerContract<Order>>, options: PacedOptions = {}) {
  const { partitions = 1, members = 1, handle = () => undefined } = options;
  const clock = manualClock();
  const cluster: MemoryCluster = memoryCluster({ clock });
  const telemetry = memoryTelemetry();
  const log = collecting();
  const calls: Call[] = [];
  const event = orders({ topic: { ...orders().topic, partitions }, ...contract.event });
  const runtimes = Array.from({ length: members }, () => {
    const runtime = memoryRuntime({ cluster, clock, telemetry, log, random: () => 0.5 });
    runtime.consume(atLeastOnce({ ...contract, event }), (order, { attempt }) => {
      calls.push({ at: clock.monotonic(), id: order.orderId, attempt });
      return handle(order, attempt);
    });
    return runtime;
  });
  cluster.createTopic(topic, partitions);
  return {
    clock,
    cluster,
    telemetry,
    log,
    calls,
    runtimes,
    /** Of calls, those in that time. */
    between: (from: number, to: number) => calls.filter(({ at }) => at >= from && at < to),
    publish(ids: Iterable<string>, timestamp?: number) {
      for (const id of ids) {
        cluster.publish(raw(id, JSON.stringify(anOrder(id)), timestamp === undefined ? {} : { timestamp }));
      }
    },
    poison(ids: Iterable<string>) {
      for (const id of ids) cluster.publish(raw(id, '{"broken'));
    },
    letters: () => cluster.records(letters).length,
    async start() {
      const started = Promise.all(runtimes.map((runtime) => runtime.start()));
      await clock.pass(0);
      await started;
    },
    async stop() {
      const stopped = Promise.all(runtimes.map((runtime) => runtime.stop()));
      await clock.pass(60_000);
      await stopped;
    },
  };
}

export function ids(prefix: string, count: number): readonly string[] {
  return Array.from({ length: count }, (_, i) => `${prefix}-${i}`);
}
