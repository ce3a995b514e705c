import type { Consumer, Contract, Producer } from '../../model/contract.ts';
import { listed, textOf } from '../quantities.ts';
import { counted } from './field-words.ts';
import { sayDeadLetter } from './promise-words.ts';

/** A producer that comes, in one line: `checkout-api (checkout) publishes, through an outbox`. */
export function sayProducer({ service, owner, outbox }: Producer): string {
  return `${service} (${owner}) publishes${outbox ? ', through an outbox' : ''}`;
}

/** A consumer that comes, in one line below its name. */
export function sayConsumer({ delivery, reads, deadLetter }: Consumer): string {
  const what = reads.length === 0 ? 'events' : listed([...reads]);
  const failures = deadLetter ? `; ${sayDeadLetter(deadLetter)}` : '';
  return `reads ${what}, ${delivery}${failures}`;
}

/** What a contract is, for somebody who meets it for the first time: one thing a line. */
export function outline(contract: Contract): readonly string[] {
  const { topic, description, producers, consumers } = contract;
  return [
    description,
    `topic \`${topic.name}\`: ${counted(topic.partitions, 'partition')}, kept for ${textOf(topic.retention)}; ${order(contract)}`,
    ...producers.map(sayProducer),
    ...consumers.map((consumer) => `${consumer.name} (${consumer.owner}) ${sayConsumer(consumer)}`),
    ...(consumers.length === 0 ? ['nobody reads it yet'] : []),
  ];
}

function order({ ordering, partitionKey }: Contract): string {
  const key = partitionKey ? listed([...partitionKey.fields]) : undefined;
  if (ordering === 'global') return 'all events in order';
  if (ordering === 'per-key' && key !== undefined) return `in order per ${key}`;
  return key === undefined ? 'in no order' : `partitioned by ${key}, in no order`;
}
