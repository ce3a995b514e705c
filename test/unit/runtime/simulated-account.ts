/** What became of every record, seen from the outside only: topics, committed offsets, the store's effects. */
import type { MemoryCluster, MemoryStore } from '@tenet/runtime/memory';
import type { BrokerRecord } from '../../../runtime/src/broker/broker.ts';
import { readMetadata } from '../../../runtime/src/consumer/commit-metadata.ts';
import type { InboxRecord } from '../../../runtime/src/inbox/inbox.ts';
import type { LineItem } from '../../../runtime/src/line/line.ts';
import type { Order } from './orders.ts';
import { placeOf, type SimulatedLosses } from './simulated-losses.ts';
import { group, letters, text, topic } from './support.ts';

interface Published {
  readonly record: BrokerRecord;
  /** `undefined`: no handler may ever see it. */
  readonly order: Order | undefined;
}

export class SimulatedAccount {
  readonly #cluster: MemoryCluster;
  readonly #after: 'follow' | 'wait';
  readonly #line: MemoryStore;
  /** Where effects are; with at-least-once the handlers tell. */
  readonly #store: MemoryStore | undefined;
  readonly #losses: SimulatedLosses;
  readonly #published: Published[] = [];
  readonly #handled = new Set<string>();
  readonly #dead = new Set<string>();
  /** Places by idempotency key. */
  readonly #marked = new Map<string, string>();
  #lettersRead = 0;

  constructor(
    cluster: MemoryCluster,
    store: MemoryStore,
    transactional: boolean,
    after: 'follow' | 'wait',
    losses: SimulatedLosses,
  ) {
    this.#cluster = cluster;
    this.#line = store;
    this.#store = transactional ? store : undefined;
    this.#after = after;
    this.#losses = losses;
  }

  publish(record: BrokerRecord, order: Order | undefined): void {
    this.#published.push({ record, order });
  }

  handle(place: string): void {
    this.#handled.add(place);
  }

  /** The store remembers it as dead; its evidence is still to come. */
  mark({ key, partition, offset }: InboxRecord): void {
    // Behind the name of the event.
    this.#marked.set(key.slice(key.indexOf(' ') + 1), `${partition}:${offset}`);
  }

  ordersOf(id: string): readonly Order[] {
    return this.#published.flatMap(({ order }) => (order?.orderId === id ? [order] : []));
  }

  /** Its successors may start. */
  settled(record: BrokerRecord): boolean {
    const place = placeOf(record);
    if (this.#handled.has(place) || this.rowOf(place)?.state === 'discarded' || this.#losses.lost(record)) return true;
    const of = this.#published.find((one) => one.record === record)?.order;
    if (of !== undefined && (this.#store?.writes(effectOf(of)) ?? 0) > 0) return true;
    if (this.#after === 'wait') return false;
    if (this.#deadPlaces().has(place)) return true;
    if (of === undefined || this.#store === undefined) return false;
    const marked = this.#marked.get(JSON.stringify([of.orderId, of.revision]));
    return (marked !== undefined && marked !== place) || this.#died(of);
  }

  /** What stands at that place in the line. */
  rowOf(place: string): LineItem | undefined {
    return this.#line.parked().find(({ partition, offset }) => `${partition}:${offset}` === place);
  }

  /** I1, at any time; answers what breaks it. */
  frontier(): string | undefined {
    for (const { record } of this.#published) {
      const { offset, metadata } = this.#cluster.committed(group, topic, record.partition);
      if (offset === undefined || !isSaidPassed(record.offset, offset, metadata) || this.settled(record)) continue;
      if (record.offset < offset && this.rowOf(placeOf(record)) !== undefined) continue;
      return `I1 frontier: partition ${record.partition} is committed to ${offset} ${metadata}, and ${placeOf(record)} is not passed`;
    }
    for (const place of this.#store?.places() ?? []) {
      const writes = this.#store?.writes(place);
      if (writes !== 1) return `I4 effect: ${place} took place ${writes} times`;
    }
    return undefined;
  }

  /** I4, I5 and I6, at the end. */
  closing(): string | undefined {
    for (const { record, order } of this.#published) {
      if (!this.settled(record)) return `I6 account: ${placeOf(record)} is neither handled, dead-lettered nor lost`;
      if (order === undefined || this.#store === undefined) continue;
      const writes = this.#store.writes(effectOf(order));
      // Of copies under `wait`, each is judged on its own: all of them discarded, or one effect.
      const settled = this.#after === 'wait' ? writes : writes + (this.#died(order) ? 1 : 0);
      const effects = settled === 0 && this.#discarded(order) ? 1 : settled;
      // Its copies included; what was handled may still be lost by a later owner.
      if (effects === 0 && this.#excused(order)) continue;
      if (effects !== 1) return `I4 effect: ${effectOf(order)} and its dead letters are ${effects}`;
    }
    for (const letter of this.#cluster.records(letters)) {
      const origin = this.#published.find(({ record }) => placeOf(record) === originOf(letter))?.record;
      if (!same(origin?.key, letter.key) || !same(origin?.value, letter.value)) {
        return `I5 evidence: the letter of ${originOf(letter)} is not its record`;
      }
    }
    return this.#losses.closing(this.#published.map(({ record }) => record));
  }

  /** Every copy was lost, or the one that the store holds as dead was, before its evidence was written. */
  #excused(of: Order): boolean {
    const marked = this.#marked.get(JSON.stringify([of.orderId, of.revision]));
    const copies = this.#published.filter(({ order }) => order !== undefined && effectOf(order) === effectOf(of));
    const lost = copies.filter(({ record }) => this.#losses.lost(record));
    return lost.length === copies.length || lost.some(({ record }) => placeOf(record) === marked);
  }

  #discarded(of: Order): boolean {
    const copies = this.#published.filter(
      ({ order }) => order?.orderId === of.orderId && order.revision === of.revision,
    );
    return copies.every(({ record }) => this.rowOf(placeOf(record))?.state === 'discarded');
  }

  /** The event or a copy of it is a dead letter. */
  #died(of: Order): boolean {
    const dead = this.#deadPlaces();
    return this.#published.some(
      ({ record, order }) =>
        order?.orderId === of.orderId && order.revision === of.revision && dead.has(placeOf(record)),
    );
  }

  #deadPlaces(): ReadonlySet<string> {
    const ends = this.#cluster.ends(letters).reduce((sum, end) => sum + Number(end), 0);
    if (ends !== this.#lettersRead) {
      this.#lettersRead = ends;
      for (const letter of this.#cluster.records(letters)) this.#dead.add(originOf(letter));
    }
    return this.#dead;
  }
}

function isSaidPassed(offset: bigint, committed: bigint, metadata: string): boolean {
  const above = readMetadata(committed, metadata)?.completed ?? [];
  return offset < committed || above.some(({ from, end }) => from <= offset && offset < end);
}

export function effectOf(order: Order): string {
  return `effect/${order.orderId}/${order.revision}`;
}

function originOf(letter: BrokerRecord): string {
  return `${text(letter, 'tenet-dlq-original-partition')}:${text(letter, 'tenet-dlq-original-offset')}`;
}

function same(a: Uint8Array | null | undefined, b: Uint8Array | null): boolean {
  return a === null || b === null || a === undefined ? a === b : Buffer.from(a).equals(b);
}
