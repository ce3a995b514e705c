import { affected, lastingConsumers, promiseOf, stood } from '../places.ts';
import { lengthOf, textOf } from '../quantities.ts';
import type { PromiseRule } from '../rule.ts';

export const replayWindowShortened: PromiseRule = {
  id: 'promise/replay-window-shortened',
  severity: 'warning',
  summary: 'A consumer can go back as far as it could.',
  why: 'After a mistake in a handler the consumer reads again from before the mistake. A shorter window makes retention and idempotency cheaper, and mistakes that are found late cannot be mended.',
  mirror: { harmless: 'a longer window is held against retention and the idempotency window by design rules' },
  *check(pair) {
    for (const { before, after } of lastingConsumers(pair)) {
      const path = ['consumers', after.name, 'replayWindow'];
      // The default follows the topic’s retention, and is reported with that.
      if (!pair.before.source.written(path) && !pair.after.source.written(path)) continue;
      if (lengthOf(after.replayWindow) >= lengthOf(before.replayWindow)) continue;
      const was = textOf(before.replayWindow);
      yield {
        ...promiseOf(pair.after, after, ['replayWindow']),
        against: stood(pair.before, path, `was ${was}`),
        message: `${after.name} can now be replayed for ${textOf(after.replayWindow)} instead of ${was}.`,
        consumers: affected(pair.before, [before]),
        hint: 'keep the window as long as mistakes take to be found',
      };
    }
  },
};
