/** A topic of several events: two that the consumer declares, one that it does not, and records that do not say. */
import type { EventContract } from '@tenet/runtime';
import { type HeaderList, textHeader } from '../../../runtime/src/envelope/headers.ts';
import type { Order } from './orders.ts';

const declared = ['orders.order-cancelled', 'orders.order-placed'] as const;
const foreign = textHeader('ce_type', 'orders.order-shipped');

export function streamOf(event: EventContract<Order>): readonly EventContract<Order>[] {
  return declared.map((name) => ({ ...event, name, stream: [...declared.filter((other) => other !== name)] }));
}

/** The same event has the same type however often it is sent. */
export function headersOf(order: Order | undefined, chance: number): HeaderList {
  if (chance < 0.1) return [foreign];
  if (chance < 0.13) return [];
  return [textHeader('ce_type', eventOf(order?.revision ?? 0))];
}

export function isForeign(headers: HeaderList): boolean {
  return headers[0] === foreign;
}

function eventOf(revision: number): string {
  return declared[revision % 2] ?? declared[0];
}
