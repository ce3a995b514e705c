/** A handler of one event or of a batch: it succeeds, names what failed of it, or throws for all. */
import { BatchError, type HandlerContext } from '@tenet/runtime';

export interface SimulatedRun {
  readonly events: readonly { readonly offset: bigint; readonly attempt: number }[];
  readonly partition: number;
  readonly signal: AbortSignal;
}

export function runOf(context: HandlerContext): SimulatedRun {
  return { events: [context], partition: context.partition, signal: context.signal };
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
