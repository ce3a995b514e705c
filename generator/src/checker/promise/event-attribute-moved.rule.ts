import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const eventAttributeMoved: PromiseRule = {
  id: 'promise/event-attribute-moved',
  severity: 'error',
  summary: 'Id, time and sequence of an event stay where they are.',
  why: 'Consumers compare sequences to recognise what is old, and ids to recognise what they know. Read from another field, a number that means something else decides which event wins.',
  mirror: { rule: 'promise/event-attribute-moved' },
  *check({ before, after }) {
    for (const name of ['id', 'time', 'sequence'] as const) {
      const was = before.attributes[name];
      const is = after.attributes[name];
      if (was === is) continue;
      const [old, now] = [was, is].map((pointer) => (pointer === undefined ? 'the header' : `\`${pointer}\``));
      yield {
        ...field(after, ['event', name]),
        against: stood(before, ['event', name], `was ${old}`),
        message: `The event’s ${name} is now read from ${now} instead of ${old}: old and new events are no longer comparable.`,
        consumers: affected(before),
        hint: 'keep the field and its meaning; a new meaning is a new major',
      };
    }
  },
};
