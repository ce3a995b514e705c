/** Random histories of arrivals, outcomes and lost epochs, with every invariant looked at after every step. */
import type { ConsumerContract, Telemetry } from '@tenet/runtime';
import { memoryTelemetry } from '@tenet/runtime/testing';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Clock } from '../../../runtime/src/clock.ts';
import type { Attempts, Verdict } from '../../../runtime/src/consumer/attempts.ts';
import { Dispatcher } from '../../../runtime/src/consumer/dispatcher.ts';
import { Entry, Share } from '../../../runtime/src/consumer/entry.ts';
import { bindInstruments } from '../../../runtime/src/consumer/instruments.ts';
import { Isolation } from '../../../runtime/src/consumer/isolation.ts';
import { Lanes } from '../../../runtime/src/consumer/lanes.ts';
import { Pace } from '../../../runtime/src/consumer/pace/pace.ts';
import { Unparked } from '../../../runtime/src/consumer/unparked.ts';
import { RetryRatio } from '../../../runtime/src/retry/retry-ratio.ts';
import { manualClock } from './manual-clock.ts';
import { consumer } from './orders.ts';

const keys = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'] as const;

type Step =
  | { readonly arrive: string }
  | { readonly end: number; readonly verdict: Verdict }
  | { readonly wait: number }
  | 'lose';

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ arrive: fc.constantFrom(...keys) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      end: fc.nat(20),
      verdict: fc.constantFrom<Verdict>('handled', 'handled', 'duplicate', 'failed', 'unavailable', 'fenced'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ wait: fc.constantFrom(1, 5, 20_000) }) },
  { weight: 1, arbitrary: fc.constant('lose' as const) },
);

/** A consumer in which nothing happens but what a test says. */
function around(of: ConsumerContract, clock: Clock, telemetry: Telemetry) {
  const instruments = bindInstruments(telemetry, [of], 't');
  const nothing = () => undefined;
  return {
    consumer: of,
    instruments,
    clock,
    random: () => 0.5,
    redact: (text: string) => text,
    lanes: new Unparked({ crowded: () => false, say: nothing }),
    remembers: true,
    isolation: new Isolation(),
    mark: async () => true,
    unmark: async () => undefined,
    pace: new Pace({
      contract: of,
      partitions: 1,
      clock,
      instruments,
      pump: nothing,
      stopped: nothing,
      resumed: nothing,
    }),
    wedgedAfterMs: Number.POSITIVE_INFINITY,
    wedged: nothing,
    outdated: undefined,
    passed: nothing,
    buried: nothing,
    started: nothing,
    fenced: nothing,
    incident: nothing,
  };
}

function world() {
  const clock = manualClock();
  const running: { readonly entry: Entry; end(verdict: Verdict): void }[] = [];
  const started: { readonly key: string; readonly offset: bigint; readonly share: Share }[] = [];
  const passed = new Map<Share, Set<bigint>>();
  const arrived = new Map<Share, { readonly offset: bigint; readonly key: string }[]>();
  const buried: bigint[] = [];
  const lanes = new Lanes<Entry>();
  let generation = 1;
  let share = opened();
  function opened(): Share {
    const fresh = new Share(0, generation, lanes);
    fresh.open = true;
    passed.set(fresh, new Set());
    arrived.set(fresh, []);
    return fresh;
  }
  const keyOf = (entry: Entry) => Buffer.from(entry.record.key ?? []).toString();
  const lose = () => {
    dispatcher.abandon(share);
    generation += 1;
    share = opened();
  };
  const attempts: Attempts = {
    run(entry) {
      // I3: whatever epoch the other one belongs to.
      expect(running.some((one) => keyOf(one.entry) === keyOf(entry))).toBe(false);
      started.push({ key: keyOf(entry), offset: entry.record.offset, share: entry.share });
      return new Promise((resolve) => running.push({ entry, end: resolve }));
    },
    markDead: async () => 'dead',
    evidenced: async () => 'buried',
    payload: () => undefined,
  };
  const of = consumer({ concurrency: 3, backpressure: { policy: 'block', maxInFlight: 5, maxWaiting: 100 } });
  const dispatcher = new Dispatcher({
    ...around(of, clock, memoryTelemetry()),
    attempts,
    deadLetters: Object.assign(Object.create(null), {
      bury: async (place: { readonly record: { readonly offset: bigint } }) => {
        buried.push(place.record.offset);
      },
    }),
    ratio: new RetryRatio(1),
    passed: (entry) => passed.get(entry.share)?.add(entry.record.offset),
    fenced: () => lose(),
  });
  const arrive = (key: string) => {
    const offset = share.ledger.next;
    const record = { topic: 't', partition: 0, offset, timestamp: 0, key: Buffer.from(key), value: null, headers: [] };
    const entry = new Entry(record, share);
    share.ledger.add(entry);
    arrived.get(share)?.push({ offset, key });
    dispatcher.add(entry, key);
    dispatcher.pump();
  };
  const end = async (index: number, verdict: Verdict) => {
    const [one] = running.splice(index % Math.max(1, running.length), 1);
    if (one === undefined) return;
    one.entry.error = new Error('as the test wants it');
    one.end(verdict);
    await clock.pass(0);
  };
  const check = () => {
    const all = arrived.get(share) ?? [];
    const done = passed.get(share) ?? new Set();
    const lowest = all.find(({ offset }) => !done.has(offset));
    // I1, exactly: neither beyond nor behind.
    expect(share.ledger.frontier).toBe(lowest?.offset ?? share.ledger.next);
    expect(share.unpassed).toBe(all.length - done.size);
    expect(dispatcher.inFlight + dispatcher.waiting).toBe(share.unpassed);
    expect(dispatcher.inFlight).toBeGreaterThanOrEqual(0);
    expect(dispatcher.inFlight).toBeLessThanOrEqual(5);
    expect(dispatcher.waiting).toBeGreaterThanOrEqual(0);
    expect(running.length).toBeLessThanOrEqual(3);
    // I3: within an epoch a key starts in order, retries aside.
    for (const key of keys) {
      const offsets = started.filter((one) => one.share === share && one.key === key).map((one) => one.offset);
      for (let i = 1; i < offsets.length; i++) expect((offsets[i] ?? 0n) >= (offsets[i - 1] ?? 0n)).toBe(true);
    }
  };
  return { clock, dispatcher, arrive, end, lose, check, running, frontier: () => share.ledger };
}

test('I1, I2 and I3 hold after every step of every history, and everything ends', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 80, size: 'max' }), async (history) => {
      const { clock, dispatcher, arrive, end, lose, check, running, frontier } = world();
      dispatcher.go();
      for (const one of history) {
        if (one === 'lose') lose();
        else if ('arrive' in one) arrive(one.arrive);
        else if ('end' in one) await end(one.end, one.verdict);
        else await clock.pass(one.wait);
        check();
      }
      for (let i = 0; i < 500 && (running.length > 0 || dispatcher.inFlight + dispatcher.waiting > 0); i++) {
        if (running.length > 0) await end(0, 'handled');
        else await clock.pass(20_000);
      }
      check();
      expect([running.length, dispatcher.inFlight, dispatcher.waiting]).toEqual([0, 0, 0]);
      expect(frontier().frontier).toBe(frontier().next);
    }),
    { numRuns: 150 },
  );
}, 60_000);

test.each([
  ['with its share: no timer, no count, no evidence', true],
  ['with its budget, in the dead letter', false],
])('a retry that the ratio holds back ends %s', async (_name, goes) => {
  const clock = manualClock();
  const telemetry = memoryTelemetry();
  const ratio = new RetryRatio(0);
  for (let i = 0; i < 20; i++) ratio.count(0, true);
  let attempts = 0;
  const buried: string[] = [];
  const dispatcher = new Dispatcher({
    ...around(consumer(), clock, telemetry),
    attempts: {
      run: async (entry) => {
        attempts += 1;
        entry.error = new Error('no');
        return 'failed';
      },
      markDead: async () => 'dead',
      evidenced: async () => 'buried',
      payload: () => undefined,
    },
    deadLetters: Object.assign(Object.create(null), {
      bury: async (_place: unknown, death: { readonly disposition: string }) => {
        buried.push(death.disposition);
      },
    }),
    ratio,
  });
  const share = new Share(0, 1, new Lanes());
  share.open = true;
  const record = { topic: 't', partition: 0, offset: 0n, timestamp: 0, key: null, value: null, headers: [] };
  const entry = new Entry(record, share);
  share.ledger.add(entry);
  dispatcher.add(entry, 'a');
  dispatcher.go();
  await clock.pass(1000);
  // The other timer is the deadlines' own.
  expect([attempts, clock.timers]).toEqual([1, 2]);
  if (goes) dispatcher.abandon(share);
  await clock.pass(1000);
  expect(clock.timers).toBe(goes ? 1 : 2);
  // The ratio has forgotten the minute by then, but the budget of the record is over before.
  for (let i = 0; i < 20; i++) ratio.count(30_000, true);
  await clock.pass(200_000);
  const exhausted = telemetry.value('retriesExhausted');
  expect([attempts, buried, exhausted]).toEqual(goes ? [1, [], 0] : [1, ['BUDGET_EXHAUSTED'], 1]);
});
