/**
 * What is published: 2,000 orders of 800 customers' carts, each cart in revisions that must stay in order; every
 * hundredth published twice, as a producer does that never saw its acknowledgement; and three records that no generated
 * producer would let out.
 */
import type { OrderPlacedInput } from '@tenet/events/orders';

const carts = 800;

export const orderCount = 2000;
export const repeatedCount = 20;

/** The order whose handler fails twice before it succeeds. */
export const unluckyOrder = 'o-0042';

export function order(index: number): OrderPlacedInput {
  const cart = (index % carts) + 1;
  return {
    orderId: `o-${String(cart).padStart(4, '0')}` as OrderPlacedInput['orderId'],
    revision: Math.floor(index / carts) + 1,
    placedAt: new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString(),
    customer: { customerId: `c-${cart}`, email: `customer-${cart}@example.com` },
    lines: [{ sku: `sku-${(index % 7) + 1}`, quantity: (index % 5) + 1 }],
  };
}

export const isRepeated = (index: number) => index % (orderCount / repeatedCount) === 99;

/** Records by the order before which they are published. */
export const poison: ReadonlyMap<number, { readonly key: string; readonly value: string }> = new Map([
  [500, { key: 'p-1', value: '{"orderId": "p-1", "revision":' }],
  [
    1000,
    { key: 'p-2', value: JSON.stringify({ ...order(0), orderId: 'p-2', lines: [{ sku: 'sku-1', quantity: 0 }] }) },
  ],
  [1500, { key: 'p-3', value: JSON.stringify({ ...order(0), orderId: 'p-3', customer: 'Ada' }) }],
]);

export const emittedCount = orderCount + repeatedCount + poison.size;
