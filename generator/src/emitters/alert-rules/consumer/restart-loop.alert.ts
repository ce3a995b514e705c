import { metrics } from '@tenet/runtime/metric-names';
import { code, markdown } from '../../../diagnostics/markdown.ts';
import { type ConsumerAlert, perConsumer, standstill } from '../alert.ts';
import { above, changes, maxBy, select } from '../promql.ts';
import { asCount, sentence } from '../sentence.ts';
import { growing, series, steady } from '../test-series.ts';

/** Starts of one member in 15 minutes that a deployment does not explain. */
const usual = 3;

/** By member, not in sum: a deployment restarts every member once. */
export const restartLoop: ConsumerAlert = ({ contract, consumer, where, labels }) => {
  const member = (instance: string, values: string) => series(metrics.startTime, { ...labels, instance }, values);
  return {
    name: 'TenetRestartLoop',
    severity: standstill(contract),
    team: consumer.owner,
    expression: above(maxBy(perConsumer, changes(select(metrics.startTime, where), '15m')), usual),
    forMinutes: 0,
    summary: `${consumer.name} starts again and again.`,
    description: sentence`One member of ${consumer.name} was restarted ${asCount} times in 15 minutes while it read ${contract.name}.`,
    runbook: {
      when: markdown`one member was restarted more than ${usual} times in 15 minutes`,
      means: markdown`The process of ${code(consumer.name)} dies: an error outside the handler, memory, a failing probe, or one record that kills it each time it is read.`,
      look: [
        markdown`Its last words in the log, and the exit code: 137 is the memory limit or a probe.`,
        markdown`Does it die at the same offset each time? ${code(`kafka-consumer-groups.sh --describe --group ${consumer.group}`)} shows where it stands.`,
      ],
      act: [
        markdown`Deployed shortly before? Roll back.`,
        markdown`One record kills it? Keep a copy of that record, then let the handler refuse it, so that it goes to the dead letter instead of killing the process.`,
      ],
    },
    tests: [
      {
        name: 'every three minutes',
        input: [member('a', [0, 1, 2, 3, 4, 5, 6].map((i) => steady(1000 + i * 180, 2)).join(' '))],
        checks: [{ at: 11 }, { at: 12, fires: { shows: ['4'] } }],
      },
      {
        name: 'a deployment restarts every member',
        input: ['a', 'b', 'c', 'd', 'e'].map((instance) => member(instance, `${steady(1000, 4)} ${steady(2000, 40)}`)),
        checks: [{ at: 6 }, { at: 15 }],
      },
      {
        name: 'three restarts',
        input: [member('a', `${steady(1, 1)} ${growing(100, 100, 2)} ${steady(300, 30)}`)],
        checks: [{ at: 5 }, { at: 10 }],
      },
    ],
  };
};
