/** A handler of one event or of a batch: it succeeds, names what failed of it, or throws for all. */
import { BatchError, type ConsumerContract, type HandlerContext } from '@tenet/runtime';
import type { MemoryTransaction } from '@tenet/runtime/memory';
import type { MemoryRuntime } from '@tenet/runtime/testing';
import { atLeastOnce, batches, batchesOnce, effectivelyOnce, type Order } from './orders.ts';

export type SimulatedDelivery = 'at-least-once' | 'effectively-once';

export interface SimulatedRun {
  readonly events: readonly { readonly offset: bigint; readonly attempt: number }[];
  readonly partition: number;
  readonly signal: AbortSignal;
  readonly tx: MemoryTransaction | undefined;
}

/** In batches where the contract says so. */
export function consumeAs(
  runtime: MemoryRuntime<string, MemoryTransaction>,
  delivery: SimulatedDelivery,
  contract: Partial<ConsumerContract<Order>>,
  handle: (orders: readonly Order[], run: SimulatedRun) => Promise<void>,
): void {
  const single = (order: Order, context: HandlerContext, tx: MemoryTransaction | undefined) =>
    handle([order], { events: [context], partition: context.partition, signal: context.signal, tx });
  if (contract.batch !== undefined && delivery === 'at-least-once') {
    runtime.consume(batches(contract), (all, { events, partition, signal }) =>
      handle(all, { events, partition, signal, tx: undefined }),
    );
  } else if (contract.batch !== undefined) {
    runtime.consume(batchesOnce(contract), handle);
  } else if (delivery === 'at-least-once') {
    runtime.consume(atLeastOnce(contract), (order, context) => single(order, context, undefined));
  } else {
    runtime.consume(effectivelyOnce(contract), (order, context) => single(order, context, context.tx));
  }
}

/** One event of it. */
export interface Part {
  /** What it is in order with. */
  readonly lane: string;
  readonly fails: boolean;
  start(): void;
  effect(): void;
  end(): void;
}

export async function handleParts(parts: readonly Part[], temper: () => Promise<void>): Promise<void> {
  for (const part of parts) part.start();
  try {
    await temper();
    const stuck = new Set<string>();
    for (const { lane, fails, effect } of parts) {
      if (fails) stuck.add(lane);
      else if (!stuck.has(lane)) effect();
    }
    const failed = parts.flatMap(({ fails }, i) => (fails ? [[i, new Error('this one')] as const] : []));
    if (failed.length > 0) throw new BatchError(failed);
  } finally {
    for (const part of parts) part.end();
  }
}
