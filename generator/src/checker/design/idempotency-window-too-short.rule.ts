import { mayComeBackFor } from '../come-back.ts';
import { affected, promiseOf } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const idempotencyWindowTooShort: DesignRule = {
  id: 'design/idempotency-window-too-short',
  severity: 'error',
  summary: 'Duplicates are recognised for longer than an event can come back.',
  why: 'An event can come back from the topic for as long as it is retained, then from a replay, then from a service of an older version that still runs; and from the dead letter for as long as that is kept. A window that ends earlier turns the last of these into a second effect.',
  *check(contract) {
    for (const consumer of contract.consumers) {
      const { idempotency } = consumer;
      if (!idempotency || consumer.delivery !== 'effectively-once') continue;
      const longest = mayComeBackFor(contract, consumer);
      if (idempotency.window.ms > longest.ms) continue;
      yield {
        ...promiseOf(contract, consumer, ['idempotency', 'window']),
        message: `Events can come back for ${longest.text}, but duplicates are recognised for ${idempotency.window.text} only.`,
        whoPays: 'whoever sees the effect of a late replay twice',
        consumers: affected(contract, [consumer]),
        hint: Number.isFinite(longest.ms)
          ? `set \`window\` above ${longest.total}, or shorten what it has to outlive`
          : 'no window outlives `forever`: bound `retention` and `replayWindow`, or promise at-least-once with a handler that is idempotent by itself',
      };
    }
  },
};
