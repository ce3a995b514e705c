/** The broker is killed under load and comes back with its data: everybody goes on without being told. */
import { createRuntime } from '@tenet/runtime';
import { kafka } from '@tenet/runtime/kafkajs';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { eventually } from '../conformance/suite.ts';
import { type OwnKafka, startMortalKafka } from '../support/kafka.ts';
import { anOrder, orderPlaced, orders } from '../unit/runtime/orders.ts';
import { type Ground, ground } from './ground.ts';

let broker: OwnKafka;
let on: Ground;

beforeEach(async () => {
  broker = await startMortalKafka();
  on = await ground(broker.brokers, inject('postgresUrl'));
});
afterEach(async () => {
  await on.close();
  await broker.stop();
});

test('a broker that is killed and started again loses nothing, and nobody needs help', async () => {
  const service = on.picking();
  const event = { name: on.topic, topic: { ...orders().topic, name: on.topic } };
  const checkout = createRuntime({
    service: 'checkout-api',
    broker: kafka({ brokers: broker.brokers }),
    log: on.log,
  });
  const producer = checkout.producer(orderPlaced(event));
  await Promise.all([service.start(), checkout.start()]);

  const [customers, revisions] = [40, 25];
  let acknowledged = 0;
  let restarted: Promise<void> | undefined;
  for (let revision = 1; revision <= revisions; revision += 1) {
    const sent = Array.from({ length: customers }, async (_, customer) => {
      await producer.send(anOrder(`o-${customer}`, revision));
      acknowledged += 1;
    });
    if (revision === 8) restarted = broker.restart();
    // The next revision does not wait for this one: order is the producer's to keep.
    Promise.all(sent).catch(() => {});
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  await restarted;
  await eventually(() => acknowledged === customers * revisions, 'every acknowledgement', 30_000);
  await eventually(async () => (await on.picks()).length >= customers * revisions, 'every pick', 30_000);
  const picks = await on.picks();
  for (let customer = 0; customer < customers; customer += 1) {
    const own = picks.filter(({ orderId }) => orderId === `o-${customer}`).map(({ revision }) => revision);
    expect(own).toEqual(Array.from({ length: revisions }, (_, i) => i + 1));
  }
  await eventually(() => service.readiness().ready, 'readiness');
  // The first half was committed before the kill, the end after it.
  const admin = on.kafka.admin();
  await admin.connect();
  const committed = async () => {
    const [topic] = await admin.fetchOffsets({ groupId: on.group, topics: [on.topic] });
    return (topic?.partitions ?? []).reduce((sum, { offset }) => sum + Number(offset), 0);
  };
  await eventually(async () => (await committed()) >= customers * revisions, 'the last commit');
  await admin.disconnect();
  await checkout.stop();
}, 120_000);
