import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer, standstill } from '../alert.ts';
import { above, increase, select, sumBy, unless } from '../promql.ts';
import { sentence } from '../sentence.ts';
import { growing, series, stairs, steady } from '../test-series.ts';

/** However large the budget: after this time somebody looks, in minutes. */
const longest = 60;

/** Handlers run and nothing gets done: the same records over and over, the loop that a poison record makes. */
export const noProgress: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const budget = consumer.retry === undefined ? 0 : Math.ceil(consumer.retry.within.ms / 60_000);
  // A record may be tried for as long as its budget lasts, and only then is it passed.
  const forMinutes = Math.min(10 + budget, longest);
  const grew = (metric: typeof metrics.attempts | typeof metrics.recordsHandled | typeof metrics.recordsDuplicate) =>
    above(sumBy(perConsumer, increase(select(metric, where), '10m')), 0);
  const deadLettered = above(sumBy(perConsumer, increase(select(metrics.recordsDeadLettered, where), '10m')), 0);
  const attempts = series(metrics.attempts, labels, growing(0, 4, forMinutes + 10));
  const long = forMinutes + 10;
  const rare = stairs(1, 10, long);
  return {
    name: 'TenetNoProgress',
    severity: standstill(contract),
    team: consumer.owner,
    expression: unless(
      unless(unless(grew(metrics.attempts), grew(metrics.recordsHandled)), grew(metrics.recordsDuplicate)),
      deadLettered,
    ),
    forMinutes,
    summary: `${consumer.name} works on ${contract.name} and finishes nothing.`,
    description: sentence`Handlers have been running for ${forMinutes} minutes, and not one event was handled, recognised as a duplicate or dead-lettered.`,
    runbook: {
      when: markdown`handlers ran for ${forMinutes} minutes (10 and the retry budget, at most ${longest}) and no record got done`,
      means: markdown`${code(consumer.name)} repeats the same records. Their keys stand still, and with them, in time, the partition.`,
      look: [
        markdown`The error that repeats in the log, and the offset it names.`,
        markdown`${code(metrics.deadLetterFailures.name)}: a record that should be put aside cannot be, because the dead-letter topic does not take it.`,
      ],
      act: [
        markdown`If the dead-letter topic is missing or too small for the record, create it as in the desired state of the topics.`,
        markdown`If one record is the cause, let the handler refuse it as not retryable.`,
      ],
    },
    tests: [
      {
        name: 'attempts and nothing else',
        input: [attempts],
        checks: [{ at: forMinutes }, { at: forMinutes + 1, fires: { shows: [] } }],
      },
      {
        name: 'rare attempts and nothing else',
        input: [series(metrics.attempts, labels, stairs(1, 8, long))],
        checks: [{ at: forMinutes + 7 }, { at: forMinutes + 8, fires: { shows: [] } }],
      },
      {
        name: 'counters that stand still',
        input: [
          attempts,
          series(metrics.recordsHandled, labels, steady(5, long)),
          series(metrics.recordsDuplicate, labels, steady(5, long)),
          series(metrics.recordsDeadLettered, { ...labels, disposition: 'poison' }, steady(5, long)),
        ],
        checks: [{ at: forMinutes + 1, fires: { shows: [] } }],
      },
      {
        name: 'events are handled',
        input: [attempts, series(metrics.recordsHandled, labels, rare)],
        checks: [{ at: long }],
      },
      {
        name: 'only duplicates',
        input: [attempts, series(metrics.recordsDuplicate, labels, rare)],
        checks: [{ at: long }],
      },
      {
        name: 'only dead letters',
        input: [attempts, series(metrics.recordsDeadLettered, { ...labels, disposition: 'poison' }, rare)],
        checks: [{ at: long }],
      },
      { name: 'nothing to do', input: [series(metrics.attempts, labels, steady(9, long))], checks: [{ at: long }] },
    ],
  };
};
