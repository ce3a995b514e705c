import { mayComeBackFor } from '../come-back.ts';
import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import type { PromiseRule } from '../rule.ts';

export const idempotencyWindowShortened: PromiseRule = {
  id: 'promise/idempotency-window-shortened',
  severity: 'error',
  summary: 'Duplicates are recognised for as long as events published under either version can come back.',
  why: 'An event outlives the change of its contract: what was published under the longer retention comes back by it. A window that is shorter than that lets a replay take effect twice. A window that is shortened and still outlives everything is not reported.',
  mirror: { harmless: 'a longer window recognises more' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      const was = before.idempotency?.window;
      const is = after.idempotency?.window;
      if (!was || !is || is.ms >= was.ms) continue;
      const [old, now] = [mayComeBackFor(pair.before, before), mayComeBackFor(pair.after, after)];
      const longest = old.ms > now.ms ? old : now;
      if (is.ms > longest.ms) continue;
      yield {
        ...promiseOf(pair.after, after, ['idempotency', 'window']),
        against: stood(pair.before, ['consumers', before.name, 'idempotency', 'window'], `was ${was.text}`),
        message: `Events can come back for ${longest.text}, but duplicates are now recognised for ${is.text} only: a replayed event takes effect twice.`,
        consumers: affected(pair.before, [before]),
        hint: `keep the window above ${longest.total}`,
      };
    }
  },
};
