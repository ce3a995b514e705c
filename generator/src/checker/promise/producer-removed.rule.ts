import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const producerRemoved: PromiseRule = {
  id: 'promise/producer-removed',
  severity: 'warning',
  summary: 'Consumers hear when a source of their events goes.',
  why: 'A service that is not among the producers is refused at its next start, and has no generated producer. What it published is missing from then on, and consumers see silence, which looks like health.',
  mirror: { harmless: 'one more producer publishes under the same promises' },
  *check({ before, after }) {
    for (const { service, owner } of before.producers) {
      if (after.producers.some((producer) => producer.service === service)) continue;
      const path = ['producers', service];
      yield {
        ...field(after, path),
        against: stood(before, path, `was owned by ${owner}`),
        message: `${service} (${owner}) no longer publishes: its events are missing from now on.`,
        consumers: affected(before),
        hint: `${owner} stops the service first; a producer under a new name stands beside the old one until then`,
      };
    }
  },
};
