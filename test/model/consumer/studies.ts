/** Where each rule is broken, and what that costs there. */
import { search } from '../search.ts';
import type { Cost, Study } from '../study.ts';
import { type InstanceName, instanceNames, instanceOf } from './instances.ts';
import { consumerModel } from './model.ts';
import { type Rule, rules } from './rules.ts';

const costs: Readonly<Record<Rule, readonly [at: InstanceName, cost: Cost]>> = {
  'generation-in-row': ['line', ['I6', 16]],
  'equal-generation-asks': ['static', ['I6', 15]],
  'kept-without-a-gap': ['cooperative', ['I6', 19]],
  'epoch-before-lines': ['line', ['I6', 18]],
  'lines-under-epoch': ['line', 'nothing'],
  'offset-after-epoch': ['line', 'nothing'],
  'one-attempt': ['zombies', ['I2', 8]],
  'acknowledged-before-passed': ['zombies', ['I1', 8]],
  'frontier-contiguous': ['metadata', ['I1', 5]],
  'drop-highest': ['metadata', ['I3', 13]],
  'closed-per-key': ['line-of-three', ['I3', 25]],
  'lane-per-key': ['zombies', ['I3', 2]],
  'lane-outlives-epoch': ['zombies', ['I3', 7]],
  'result-under-epoch': ['zombies', ['I3', 11]],
  'fetched-before-start': ['line-of-three', ['I3', 15]],
  'dead-holds-key': ['line', ['I3', 11]],
  'row-before-evidence': ['line-of-three', ['I6', 18]],
  'evidence-before-dead': ['line', ['I5', 8]],
  'row-before-passed': ['line', ['I1', 10]],
  'count-before-row': ['parks', ['I3', 10]],
  'row-recognised': ['line-of-three', ['I3', 37]],
  'deleted-before-successor': ['line-of-three', ['I3', 29]],
  'replay-guarded': ['line', ['I6', 14]],
  'discard-guarded': ['line', ['I6', 14]],
  'discard-remembered': ['line-of-three', ['I6', 21]],
  polled: ['line', ['progress', 6]],
  'line-fenced': ['line', ['I6', 16]],
  'take-over-waits': ['line', ['I6', 16]],
  'claim-first': ['inbox', ['I4', 14]],
  'fence-last': ['inbox', ['I2', 9]],
  'unknown-read-back': ['inbox', ['I3', 8]],
  'one-transaction': ['inbox', ['I6', 12]],
  'dead-before-evidence': ['inbox', ['I6', 14]],
  'deleted-with-effect': ['line-and-inbox', 'nothing'],
};

export const consumerStudies: readonly Study[] = instanceNames.map((name) => ({
  name,
  says: instanceOf(name, 'small').says,
  rules: Object.entries(costs).flatMap(([rule, [at, cost]]) =>
    at === name ? [{ name: rule, rule: rules[rule as Rule], cost }] : [],
  ),
  run: (size, broken) => search(consumerModel(instanceOf(name, size), broken as Rule | undefined)),
}));
