/** A contract's names under the environment that the service runs in. */
import type { ConsumerContract, EventContract, TopicSettings } from './contract.ts';

/** `undefined`: the contract's workspace knows no such environment. */
export function topicIn(event: EventContract, environment: string | undefined): TopicSettings | undefined {
  if (environment === undefined) return event.topic;
  return Object.hasOwn(event.environments, environment) ? event.environments[environment] : undefined;
}

/** The consumer with its group and dead-letter topic under the prefix that the environment gives the topic. */
export function consumerIn(consumer: ConsumerContract, topic: TopicSettings): ConsumerContract {
  const prefix = prefixOf(consumer.event.topic.name, topic.name);
  if (prefix === '') return consumer;
  const group = prefix + consumer.group;
  if (consumer.deadLetter === undefined) return { ...consumer, group };
  return { ...consumer, group, deadLetter: { ...consumer.deadLetter, topic: prefix + consumer.deadLetter.topic } };
}

function prefixOf(base: string, overlaid: string): string {
  return overlaid.endsWith(base) ? overlaid.slice(0, overlaid.length - base.length) : '';
}
