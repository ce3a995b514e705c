import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const maxMessageLowered: PromiseRule = {
  id: 'promise/max-message-lowered',
  severity: 'error',
  summary: 'An event that could be published can be published tomorrow.',
  why: 'The broker refuses records above `maxMessage`. Lowered, it refuses events that producers of today are allowed to send, and the first to learn of it is the producer whose call fails.',
  mirror: { harmless: 'readers take larger records without a setting of their own' },
  *check({ before, after }) {
    const [was, is] = [before.topic.maxMessage, after.topic.maxMessage];
    if (is.bytes >= was.bytes) return;
    yield {
      ...field(after, ['topic', 'maxMessage']),
      against: stood(before, ['topic', 'maxMessage'], `was ${was.text}`),
      message: `The broker now refuses events above ${is.text} instead of ${was.text}.`,
      consumers: affected(before),
      hint: 'keep the limit, or bound the payload in the schema first',
    };
  },
};
