import { memoryStore } from '@tenet/runtime/memory';
import { expect, test } from 'vitest';
import { type Entry, Share } from '../../../runtime/src/consumer/entry.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { LineWatch } from '../../../runtime/src/consumer/line-watch.ts';
import { ShareLine } from '../../../runtime/src/consumer/share-line.ts';
import type { Line, LineNews } from '../../../runtime/src/line/line.ts';
import { manualClock } from './manual-clock.ts';

function rig(deaths: number) {
  const clock = manualClock();
  const answers: ((news: LineNews) => void)[] = [];
  const line: Line = {
    ...memoryStore().inbox().line,
    watch: () => new Promise((resolve) => answers.push(resolve)),
  };
  const share = new Share(0, 1, new Lanes<Entry>());
  share.open = true;
  share.line = new ShareLine<Entry>({
    keys: [{ keyHash: 7n, rows: 2, first: 1n }],
    dead: [{ keyHash: 7n, offset: 1n, deaths }],
    marks: [],
    owed: [],
  });
  const said: string[] = [];
  const watch = new LineWatch({
    line,
    group: 'g',
    topic: 't',
    clock,
    everyMs: 1000,
    shares: () => [share],
    decided: () => said.push('decided'),
    discarded: () => said.push('discarded'),
  });
  return { clock, answers, share, line: share.line, watch, said };
}

test('one look at a time, and the next one after its answer', async () => {
  const { clock, answers, watch } = rig(1);
  watch.arm();
  watch.arm();
  await clock.pass(5000);
  expect(answers).toHaveLength(1);
  answers[0]?.({ decided: [], oldest: 3 });
  await clock.pass(1000);
  expect(answers).toHaveLength(2);
});

test('a look that speaks of an earlier death releases nothing', async () => {
  const { clock, answers, line, watch } = rig(2);
  watch.arm();
  await clock.pass(1000);
  answers[0]?.({ decided: [{ offset: 1n, deaths: 1, state: 'ready' }], oldest: 3 });
  await clock.pass(0);
  expect([line.dead.size, line.key(7n).blocked, line.oldest]).toEqual([1, true, 3]);
  await clock.pass(1000);
  answers[1]?.({ decided: [{ offset: 1n, deaths: 2, state: 'ready' }], oldest: 3 });
  await clock.pass(0);
  expect([line.dead.size, line.key(7n).blocked]).toEqual([0, false]);
});

test('an answer that comes after its epoch decides nothing', async () => {
  const { clock, answers, share, line, watch, said } = rig(1);
  watch.arm();
  await clock.pass(1000);
  share.live = false;
  answers[0]?.({ decided: [{ offset: 1n, deaths: 1, state: 'discarded' }], oldest: 3 });
  await clock.pass(5000);
  expect([line.dead.size, line.rows, said, answers.length, clock.timers]).toEqual([1, 2, [], 1, 0]);
});

test('what was discarded counts once and is gone', async () => {
  const { clock, answers, line, watch, said } = rig(1);
  watch.arm();
  await clock.pass(1000);
  answers[0]?.({ decided: [{ offset: 1n, deaths: 1, state: 'discarded' }], oldest: 3 });
  await clock.pass(1000);
  answers[1]?.({ decided: [{ offset: 1n, deaths: 1, state: 'discarded' }], oldest: 3 });
  await clock.pass(0);
  expect([line.dead.size, line.rows, said]).toEqual([0, 1, ['discarded', 'decided', 'decided']]);
});

test('nobody looks at an empty line, and a stop ends it', async () => {
  const { clock, line, watch } = rig(1);
  line.count(line.key(7n), -2);
  watch.arm();
  expect(clock.timers).toBe(0);
  line.count(line.key(7n), 1);
  watch.arm();
  expect(clock.timers).toBe(1);
  watch.stop();
  expect(clock.timers).toBe(0);
});
