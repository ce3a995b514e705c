import { affected, field } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const deprecatedPastDate: DesignRule = {
  id: 'design/deprecated-past-date',
  severity: 'warning',
  summary: 'A deprecated contract has no consumers left when its date has come.',
  why: '`removeAfter` is a promise to the owner that the topic can go. Consumers that are still there either move to `replacedBy` or get a later date.',
  *check(contract, _set, { now }) {
    const { status, removeAfter, replacedBy, consumers } = contract;
    if (status !== 'deprecated' || removeAfter === undefined || consumers.length === 0) return;
    // The day itself is the last one.
    if (now.toISOString().slice(0, 10) <= removeAfter) return;
    yield {
      ...field(contract, ['removeAfter']),
      message: `Deprecated and to be removed after ${removeAfter}, but still read.`,
      whoPays: `${contract.owner}, who keeps a topic alive that was to be gone`,
      consumers: affected(contract),
      hint:
        replacedBy === undefined
          ? 'move the consumers, or set a later date'
          : `move the consumers to ${replacedBy}, or set a later date`,
    };
  },
};
