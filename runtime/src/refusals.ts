/**
 * What a contract asks for and this runtime cannot give: refused at start, every reason at once, each with the line of
 * the contract that asks for it. Nothing that is written is ever ignored.
 */
import type { BrokerFeatures, TopicDescription } from './broker/broker.ts';
import type { ConsumerContract, EventContract, TopicSettings } from './contract.ts';
import type { Store } from './store.ts';

/** `orders.order-placed fulfillment: batch is not built yet (contracts/orders/order-placed/v1.yaml:31)` */
export type Refusal = string;

/** Bytes that a dead letter may be larger than its record. */
export const evidenceBytes = 64 * 1024;

export function consumerRefusals(
  consumer: ConsumerContract,
  features: BrokerFeatures,
  store: Store | undefined,
): readonly Refusal[] {
  const { event } = consumer;
  const refused: Refusal[] = eventRefusals(event).map((text) => `${event.name} ${consumer.name}: ${text}`);
  const because = (fields: readonly string[], text: string) =>
    refused.push(`${event.name} ${consumer.name}: ${text}${at(event, consumer.name, fields)}`);
  const { backpressure, batch, deadLetter, retry } = consumer;
  if (deadLetter?.after === 'wait' && store?.line === undefined) {
    const given = store === undefined ? 'createRuntime got none' : `${store.name} cannot park`;
    because(['deadLetter/after', 'deadLetter'], `deadLetter.after wait needs a store that can park; ${given}`);
  }
  if (deadLetter?.after === 'wait' && backpressure.policy !== 'block' && backpressure.policy !== 'scale') {
    const text = `deadLetter.after wait together with ${backpressure.policy} is not built yet`;
    because(['deadLetter/after', 'deadLetter'], text);
  }
  if (batch !== undefined && batch.size > backpressure.maxInFlight) {
    because(
      ['batch'],
      `batch.size ${batch.size} is never reached with backpressure.maxInFlight ${backpressure.maxInFlight}`,
    );
  }
  if (batch !== undefined && consumer.delivery === 'at-most-once') {
    because(['batch'], 'batch with delivery at-most-once is not built yet');
  }
  if (consumer.delivery !== 'at-most-once' && (deadLetter === undefined || retry === undefined)) {
    because(['delivery'], `delivery ${consumer.delivery} needs retry and deadLetter`);
  }
  if (consumer.delivery === 'effectively-once') {
    if (consumer.idempotency === undefined) because(['delivery'], 'delivery effectively-once needs an idempotency key');
    if (store === undefined) because(['delivery'], 'delivery effectively-once needs a store; createRuntime got none');
    else if (!store.transactional)
      because(['delivery'], `delivery effectively-once needs a transactional store; ${store.name} is not`);
  }
  if (!features.drainOnRevoke && event.ordering !== 'none') {
    because(
      ['ordering'],
      `ordering ${event.ordering} needs a broker that drains a partition before it moves; this one does not`,
    );
  }
  return refused;
}

export function producerRefusals(event: EventContract, service: string): readonly Refusal[] {
  const promises = Object.hasOwn(event.producers, service) ? event.producers[service] : undefined;
  if (promises === undefined) {
    const known = Object.keys(event.producers).join(', ') || 'nobody';
    return [
      `${event.name}: ${service} is not a producer of this contract; its producers are ${known}${line(event, ['producers'])}`,
    ];
  }
  const refused: Refusal[] = eventRefusals(event).map((text) => `${event.name}: ${text}`);
  const because = (field: string, text: string) =>
    refused.push(
      `${event.name} ${service}: ${text}${line(event, [`producers/${service}/${field}`, `producers/${service}`])}`,
    );
  if (promises.outbox) because('outbox', 'outbox is not built yet');
  return refused;
}

/** What the broker's topics say against the contract. `actual` is `undefined` when the topic does not exist. */
export function topicRefusals(
  event: EventContract,
  wanted: TopicSettings,
  actual: TopicDescription | undefined,
): readonly Refusal[] {
  const where = line(event, ['topic']);
  if (actual === undefined) return [`${event.name}: topic ${wanted.name} does not exist${where}`];
  if (actual.partitions === wanted.partitions) return [];
  return [
    `${event.name}: topic ${wanted.name} has ${actual.partitions} partitions, the contract says ${wanted.partitions}${where}`,
  ];
}

export function deadLetterRefusals(
  consumer: ConsumerContract,
  topic: TopicSettings,
  actual: TopicDescription | undefined,
): readonly Refusal[] {
  const { deadLetter, event } = consumer;
  if (deadLetter === undefined) return [];
  const name = `${event.name} ${consumer.name}: dead-letter topic ${deadLetter.topic}`;
  const where = at(event, consumer.name, ['deadLetter']);
  if (actual === undefined) return [`${name} does not exist${where}`];
  const refused: Refusal[] = [];
  const stamp = actual.config['message.timestamp.type'];
  if (stamp !== undefined && stamp !== 'LogAppendTime') {
    refused.push(
      `${name} must have message.timestamp.type LogAppendTime (is ${stamp}): retention would take old records at once${where}`,
    );
  }
  const limit = Number(actual.config['max.message.bytes'] ?? Number.NaN);
  const needed = topic.maxMessageBytes + evidenceBytes;
  if (limit < needed) {
    refused.push(`${name} takes messages of ${limit} bytes, a record with its evidence may have ${needed}${where}`);
  }
  return refused;
}

export function lossTopicRefusals(
  consumer: ConsumerContract,
  topic: TopicSettings,
  ledger: string,
  actual: TopicDescription | undefined,
): readonly Refusal[] {
  const { event } = consumer;
  const name = `${event.name} ${consumer.name}: loss ledger ${ledger}`;
  const where = at(event, consumer.name, ['backpressure/policy', 'backpressure']);
  if (actual === undefined) return [`${name} does not exist${where}`];
  const refused: Refusal[] = [];
  if (actual.partitions < topic.partitions) {
    refused.push(`${name} has ${actual.partitions} partitions, its topic has ${topic.partitions}${where}`);
  }
  const cleanup = actual.config['cleanup.policy'];
  if (cleanup?.includes('compact')) {
    refused.push(
      `${name} must have cleanup.policy delete (is ${cleanup}): compaction would forget what was lost${where}`,
    );
  }
  return refused;
}

function eventRefusals(event: EventContract): readonly string[] {
  const refused: string[] = [];
  if (event.encoding !== 'json')
    refused.push(`encoding ${event.encoding} is not built yet${line(event, ['encoding', 'schema'])}`);
  return refused;
}

/** The consumer's own entry first, else the promise that it inherits. */
function writtenAt(event: EventContract, consumer: string, fields: readonly string[]): string | undefined {
  for (const field of fields) {
    const own = event.written[`/consumers/${consumer}/${field}`] ?? event.written[`/${field}`];
    if (own !== undefined) return own;
  }
  return undefined;
}

/** ` (contracts/orders/order-placed/v1.yaml:31)` of the first of these fields that is written. */
export function at(event: EventContract, consumer: string, fields: readonly string[]): string {
  return ` (${writtenAt(event, consumer, fields) ?? event.written[`/consumers/${consumer}`] ?? event.source})`;
}

function line(event: EventContract, fields: readonly string[]): string {
  for (const field of fields) {
    const written = event.written[`/${field}`];
    if (written !== undefined) return ` (${written})`;
  }
  return ` (${event.source})`;
}
