/** What keeps the contracts of a stream from being one consumer: they are one group, so they have one of each setting. */
import type { ConsumerContract } from './contract.ts';
import { at, type Refusal } from './refusals.ts';

type Setting = readonly [field: string, value: (consumer: ConsumerContract) => unknown];

const shared: readonly Setting[] = [
  ['ordering', ({ event }) => event.ordering],
  ['delivery', ({ delivery }) => delivery],
  ['concurrency', ({ concurrency }) => concurrency],
  ['batch', ({ batch }) => batch],
  ['timeout', ({ timeoutMs }) => timeoutMs],
  ['backpressure', ({ backpressure }) => backpressure],
  ['rateLimit', ({ rateLimitPerSecond }) => rateLimitPerSecond],
  ['catchUp', ({ catchUp }) => catchUp],
  ['breaker', ({ breaker }) => breaker],
  ['retry', ({ retry }) => retry],
  ['deadLetter/topic', ({ deadLetter }) => deadLetter?.topic],
  ['deadLetter/after', ({ deadLetter }) => deadLetter?.after],
  ['deadLetter/floodGuard', ({ deadLetter }) => deadLetter?.floodGuard],
  ['startFrom', ({ startFrom }) => startFrom],
  ['onOffsetLost', ({ onOffsetLost }) => onOffsetLost],
];

/** `consumers`: those of this process. */
export function streamRefusals(consumers: readonly ConsumerContract[]): readonly Refusal[] {
  return consumers.flatMap((consumer) => {
    const mates = consumers.filter(
      ({ event, name }) => event.topic.name === consumer.event.topic.name && name === consumer.name,
    );
    return [...handlerRefusals(consumer, mates), ...settingRefusals(consumer, mates[0] ?? consumer)];
  });
}

function handlerRefusals(consumer: ConsumerContract, mates: readonly ConsumerContract[]): readonly Refusal[] {
  const { event, name } = consumer;
  const refused: Refusal[] = [];
  if (event.stream?.includes(event.name) === true) {
    const text = `another version of ${event.name} has the topic ${event.topic.name}, and a record does not say which it is`;
    refused.push(`${event.name} ${name}: ${text}${at(event, name, ['topic/name', 'topic'])}`);
  }
  for (const { event: other, at: place } of consumer.stream ?? []) {
    if (mates.some((mate) => mate.event.name === other)) continue;
    const text = `${name} is a consumer of ${other} in the same stream, and this process has no handler for it`;
    refused.push(`${event.name} ${name}: ${text} (${place})`);
  }
  return refused;
}

function settingRefusals(consumer: ConsumerContract, first: ConsumerContract): readonly Refusal[] {
  if (consumer === first) return [];
  const { event, name } = consumer;
  const settings: readonly Setting[] = [['group', ({ group }) => group], ...shared];
  return settings
    .filter(([, value]) => JSON.stringify(value(consumer)) !== JSON.stringify(value(first)))
    .map(([field]) => {
      const written = field.replaceAll('/', '.');
      const parent = field.split('/')[0] ?? field;
      const text = `${written} is not that of ${first.event.name}, and in one stream both are one group`;
      return `${event.name} ${name}: ${text}${at(event, name, [field, parent])}`;
    });
}
