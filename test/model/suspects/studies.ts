/** Where each rule of crash loops is broken, and what that costs there. */
import { search } from '../search.ts';
import type { Cost, Size, Study } from '../study.ts';
import { suspectsModel } from './model.ts';
import { type Rule, rules } from './rules.ts';
import type { Faults, Instance } from './state.ts';

const noFaults: Faults = { crashes: 0, expiries: 0, unanswered: 0, stops: 0 };

const cases = {
  suspects: {
    says: 'two innocent records and one that kills, and a process that is killed from outside',
    tempers: 'ggk',
    small: { crashes: 1 },
    full: { crashes: 1, unanswered: 1 },
  },
  'suspects-lost-commits': {
    says: 'a record that kills before an innocent one, and a commit that arrives late',
    tempers: 'kg',
    small: { unanswered: 1 },
    full: { unanswered: 2 },
  },
  'suspects-handed-over': {
    says: 'an innocent record before one that kills, while members stop, are thrown out and go on',
    tempers: 'gk',
    small: { stops: 1 },
    full: { expiries: 1, stops: 1 },
  },
} as const satisfies Readonly<
  Record<string, { says: string; tempers: string; small: Partial<Faults>; full: Partial<Faults> }>
>;

type CaseName = keyof typeof cases;

const costs: Readonly<Record<Rule, readonly [at: CaseName, cost: Cost]>> = {
  'named-before-start': ['suspects-lost-commits', ['progress', 22]],
  'gone-members-only': ['suspects-handed-over', 'nothing'],
  'released-is-no-death': ['suspects-handed-over', 'nothing'],
  'alone-in-process': ['suspects', ['progress', 26]],
  'marked-before-start': ['suspects-lost-commits', ['progress', 27]],
  'mark-read-back': ['suspects-lost-commits', 'nothing'],
  'cleared-before-others': ['suspects', ['I6', 36]],
  'lowest-first': ['suspects', ['progress', 42]],
  'commit-keeps-up': ['suspects', ['progress', 46]],
  'suspects-in-flight': ['suspects', ['progress', 43]],
};

function instanceOf(name: CaseName, size: Size): Instance {
  const { tempers, small, full } = cases[name];
  return { tempers, maxInFlight: 1, faults: { ...noFaults, ...(size === 'small' ? small : full) } };
}

export const suspectsStudies: readonly Study[] = (Object.keys(cases) as CaseName[]).map((name) => ({
  name,
  says: cases[name].says,
  rules: Object.entries(costs).flatMap(([rule, [at, cost]]) =>
    at === name ? [{ name: rule, rule: rules[rule as Rule], cost }] : [],
  ),
  run: (size, broken) => search(suspectsModel(instanceOf(name, size), broken as Rule | undefined)),
}));
