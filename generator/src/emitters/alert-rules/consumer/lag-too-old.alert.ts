import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer } from '../alert.ts';
import { above, clampMin, maxBy, select } from '../promql.ts';
import { asDuration, durationShown, sentence } from '../sentence.ts';
import { series, steady } from '../test-series.ts';

/** The promise `lag.maxAge`: nothing waits longer than this. */
export const lagTooOld: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const promised = consumer.lag?.maxAge;
  if (promised === undefined) return undefined;
  const seconds = promised.ms / 1000;
  const oldest = (partition: string, value: number) =>
    series(metrics.lagSeconds, { ...labels, partition }, steady(value, 10));
  return {
    name: 'TenetLagTooOld',
    severity: 'warning',
    team: consumer.owner,
    // A clock that runs ahead makes an age negative.
    expression: above(maxBy(perConsumer, clampMin(select(metrics.lagSeconds, where), 0)), seconds),
    forMinutes: 2,
    summary: `${consumer.name} is further behind ${contract.name} than it promises.`,
    description: sentence`The oldest event that ${consumer.name} has not finished is ${asDuration} old; the contract promises at most ${promised.text}.`,
    runbook: {
      when: markdown`the oldest unfinished event is older than ${code(promised.text)} for 2 minutes`,
      means: markdown`${code(consumer.name)} reads more slowly than events arrive, or has stopped on some partition. Nothing is lost as long as the topic keeps its events (${code(contract.topic.retention === 'forever' ? 'forever' : contract.topic.retention.text)}).`,
      look: [
        markdown`Is it one partition or all? One: a hot key, or a record that is retried; see ${code(metrics.lagSeconds.name)} by ${code('partition')}. All: the handler or what it calls.`,
        markdown`${code(metrics.handlerSeconds.name)}: did the handler become slow? ${code(metrics.retries.name)}: does it fail and repeat?`,
        markdown`${code(metrics.pausedPartitions.name)} and ${code(metrics.inFlight.name)}: is the consumer at its limit of ${consumer.backpressure.maxInFlight} records in flight?`,
        markdown`What was deployed shortly before the lag began?`,
      ],
      act: [
        markdown`If the handler waits for a database or a service, heal that first: more members only add load to it.`,
        markdown`If the handler itself is the limit, add members; beyond ${contract.topic.partitions} (the partitions of the topic) they stay idle.`,
        markdown`Tell whoever reads what this consumer writes: it is out of date by the age above.`,
      ],
    },
    tests: [
      {
        name: 'older than promised',
        input: [oldest('0', 0), oldest('1', seconds + 60)],
        checks: [{ at: 1 }, { at: 2, fires: { shows: [durationShown(seconds + 60)] } }],
      },
      { name: 'exactly as old as promised', input: [oldest('0', seconds), oldest('1', seconds)], checks: [{ at: 10 }] },
      { name: 'a negative age', input: [oldest('0', -seconds - 60)], checks: [{ at: 10 }] },
    ],
  };
};
