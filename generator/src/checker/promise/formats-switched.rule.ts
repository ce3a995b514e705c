import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const formatsSwitched: PromiseRule = {
  id: 'promise/formats-switched',
  severity: 'error',
  summary: 'Whether `format` is checked does not change under running consumers.',
  why: 'Under `assert` an event whose date is no date is refused; under `annotate` it passes. Switched on, events of yesterday are dead-lettered tomorrow; switched off, consumers meet values that they were promised never to see.',
  mirror: { rule: 'promise/formats-switched' },
  *check({ before, after }) {
    if (before.formats === after.formats) return;
    yield {
      ...field(after, ['formats']),
      against: stood(before, ['formats'], `was ${before.formats}`),
      message: `\`format\` is now ${after.formats === 'assert' ? 'asserted: events of yesterday can be refused' : 'a remark: consumers can meet values that were refused so far'}.`,
      consumers: affected(before),
      hint: 'make a new major, or say what must hold in the schema itself (`pattern`, `enum`)',
    };
  },
};
