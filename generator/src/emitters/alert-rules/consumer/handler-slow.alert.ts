import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, and, buckets, quantile, rate, sumBy, times } from '../promql.ts';
import { asDuration, durationShown, sentence } from '../sentence.ts';
import { bucketSeries, growing, stairs, type TestSeries } from '../test-series.ts';

/** Under this share of the handler's time-out a long tail harms nobody. */
const harmless = 0.1;

/** The slowest handlers take more than twice what half of them take, and come near their time-out. */
export const handlerSlow: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const floor = Number(((consumer.timeout.ms / 1000) * harmless).toPrecision(12));
  const perBucket = sumBy([...perConsumer, 'le'], rate(buckets(metrics.handlerSeconds, where), '10m'));
  const slowest = quantile<(typeof perConsumer)[number]>(0.99, perBucket);
  const half = quantile<(typeof perConsumer)[number]>(0.5, perBucket);
  /** Handlers up to each bound, of a hundred in all. */
  const handlers = (
    upTo: readonly (readonly [bound: number, count: number])[],
    many = (perMinute: number) => growing(0, perMinute, 60),
  ): readonly TestSeries[] => [
    ...upTo.map(([bound, count]) =>
      bucketSeries(metrics.handlerSeconds, labels, Number(bound.toPrecision(12)), many(count)),
    ),
    bucketSeries(metrics.handlerSeconds, labels, '+Inf', many(100)),
  ];
  const slow = Number((floor * 2).toPrecision(12));
  /** Half of all handlers take two thirds of the floor, one in a hundred three times as long. */
  const slowTail = [
    [floor * 1.2, 90],
    [slow, 95],
  ] as const;
  return {
    name: 'TenetHandlerSlow',
    severity: 'warning',
    team: consumer.owner,
    expression: and(above(slowest, times(half, 2)), above(slowest, floor)),
    forMinutes: 10,
    summary: `Some handlers of ${consumer.name} take far longer than the others.`,
    description: sentence`One handler of ${contract.name} in a hundred takes ${asDuration} or longer: more than twice what half of them take, and the time-out is ${consumer.timeout.text}.`,
    runbook: {
      when: markdown`for 10 minutes the slowest hundredth of the handlers took more than twice as long as half of them, and more than ${code(`${floor} s`)} (a tenth of the time-out)`,
      means: markdown`A part of the work of ${code(consumer.name)} waits: for a lock, a connection, a cold cache, one slow customer. Every record behind it with the same key waits too.`,
      look: [
        markdown`Traces of slow handlers: what do they wait for?`,
        markdown`Connections of the database: ${consumer.concurrency} handlers at a time each may want one.`,
        markdown`${code(metrics.waiting.name)}: how many records wait behind them?`,
      ],
      act: [
        markdown`Remove the wait. More concurrency makes a wait for a shared resource longer.`,
        markdown`If long handlers are by nature, say so in the contract: ${code('timeout')}.`,
      ],
    },
    tests: [
      {
        name: 'a slow tail',
        input: handlers(slowTail),
        checks: [{ at: 10 }, { at: 11, fires: { shows: [durationShown(slow)] } }],
      },
      {
        name: 'a slow tail of little traffic',
        input: handlers(slowTail, (count) => stairs(count, 5)),
        checks: [{ at: 20, fires: { shows: [durationShown(slow)] } }],
      },
      {
        name: 'all equally slow',
        input: handlers([
          [floor / 10, 0],
          [slow, 100],
        ]),
        checks: [{ at: 20 }],
      },
      {
        name: 'a tail that harms nobody',
        input: handlers([
          [floor / 10, 90],
          [floor * 0.95, 95],
        ]),
        checks: [{ at: 20 }],
      },
    ],
  };
};
