import { orderPlaced } from '@tenet/events/orders';
import { contract } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';

/** Topics of the bench; each is written once and read by every contender. */
export const partitions = 12;

/** About 1 KiB: ten lines. */
export function order(number: number): string {
  return JSON.stringify({
    orderId: `order-${number % 10_000}`,
    revision: 1 + Math.floor(number / 10_000),
    placedAt: '2026-11-28T09:30:00Z',
    channel: 'web',
    customer: { customerId: `customer-${number % 997}`, email: `someone-${number % 997}@shop.example` },
    lines: Array.from({ length: 10 }, (_, line) => ({
      sku: `sku-${(number + line) % 5000}-a-longer-name-of-a-thing`,
      quantity: 1 + line,
      giftWrap: line % 2 === 0,
    })),
  });
}

/** Creates the topic and the dead-letter topic of the contender's group, and writes the records. */
export async function writeOrders(brokers: readonly string[], topic: string, records: number): Promise<void> {
  const broker = kafka({ brokers: [...brokers] });
  await broker.connect();
  await broker.admin().createTopics([{ topic, partitions, replication: 1, config: {} }]);
  const producer = broker.producer({ clientId: 'bench-writer' });
  const batch = 2_000;
  for (let first = 0; first < records; first += batch) {
    const numbers = Array.from({ length: Math.min(batch, records - first) }, (_, i) => first + i);
    await producer.send(
      numbers.map((number) => ({
        topic,
        key: Buffer.from(`order-${number % 10_000}`),
        value: Buffer.from(order(number)),
        headers: [],
      })),
      'all',
    );
  }
  await broker.close();
}

export const accepts = orderPlaced[contract].validators.accepts;
