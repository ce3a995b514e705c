/** What the tests of the consumer share: waiting for facts, reading topics, collecting incidents. */
import type { Incident, Log } from '@tenet/runtime';
import type { MemoryCluster } from '@tenet/runtime/memory';
import type { BrokerRecord, OutgoingRecord } from '../../../runtime/src/broker/broker.ts';

export const topic = 'orders.order-placed.v1';
export const group = `${topic}.fulfillment`;
export const letters = `${group}.dlq`;

/** Resolves when the fact holds; throws with its name after a while. */
export async function until(fact: () => boolean, name = fact.toString(), withinMs = 5000): Promise<void> {
  const end = performance.now() + withinMs;
  while (!fact()) {
    if (performance.now() > end) throw new Error(`never came true: ${name}`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** A promise that a test opens. */
export function gate(): { readonly opened: Promise<void>; open(): void } {
  let open: () => void = () => undefined;
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

export function collecting(): Log & { readonly incidents: Incident[]; readonly lines: string[] } {
  const incidents: Incident[] = [];
  const lines: string[] = [];
  return { incidents, lines, info: (line) => lines.push(line), incident: (one) => incidents.push(one) };
}

/** Past every producer of ours. */
export function raw(
  key: string | null,
  value: string | Uint8Array | null,
  more: Partial<OutgoingRecord> = {},
): OutgoingRecord {
  return {
    topic,
    key: key === null ? null : Buffer.from(key),
    value: typeof value === 'string' ? Buffer.from(value) : value,
    headers: [],
    ...more,
  };
}

export function text(record: BrokerRecord, header: string): string | undefined {
  const found = record.headers.findLast(([name]) => name === header);
  return found === undefined ? undefined : Buffer.from(found[1]).toString();
}

export function committedTotal(cluster: MemoryCluster, partitions = 3): bigint {
  let total = 0n;
  for (let p = 0; p < partitions; p++) total += cluster.committed(group, topic, p).offset ?? 0n;
  return total;
}
