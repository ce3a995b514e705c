import { affected, field, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const tombstonesAllowed: PromiseRule = {
  id: 'promise/tombstones-allowed',
  severity: 'error',
  summary: 'Consumers that were promised a value are not handed null.',
  why: 'A tombstone is a record without a value. A handler of yesterday reads a field of it and fails, or its validator sends it to the dead letter.',
  mirror: { harmless: 'a consumer that is ready for null is ready for its absence' },
  *check({ before, after }) {
    if (before.tombstones === after.tombstones || after.tombstones !== 'allow') return;
    yield {
      ...field(after, ['tombstones']),
      against: stood(before, ['tombstones'], 'was refuse'),
      message: 'Records without a value are now allowed: consumers of today dead-letter them.',
      consumers: affected(before),
      hint: 'make the consumers ready first; their teams sign an exception each',
    };
  },
};
