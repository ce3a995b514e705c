/** The cases that are searched: small ones by `npm test`, the full ones by `npm run model`. */
import type { Faults, Instance } from './state.ts';

const noFaults: Faults = { crashes: 0, expiries: 0, rebalances: 0, replacements: 0, unanswered: 0 };

interface Case extends Omit<Instance, 'faults' | 'cooperative'> {
  readonly cooperative?: boolean;
  readonly small: Partial<Faults>;
  readonly full: Partial<Faults>;
}

const cases = {
  metadata: {
    says: 'at-least-once without a store: frontier and completed offsets, in commits that may stay unanswered',
    keys: 'baa',
    tempers: 'gg?',
    store: 'none',
    after: 'follow',
    parks: false,
    fits: 1,
    small: { crashes: 1, unanswered: 1 },
    full: { crashes: 1, expiries: 1, unanswered: 1 },
  },
  'four-records': {
    says: 'the same with two keys of two records each, and room for two completed offsets',
    keys: 'abab',
    tempers: 'gggg',
    store: 'none',
    after: 'follow',
    parks: false,
    fits: 2,
    small: { crashes: 1 },
    full: { crashes: 1, expiries: 1 },
  },
  zombies: {
    says: 'at-least-once without a store: members that are thrown out and go on',
    keys: 'aa',
    tempers: 'g?',
    store: 'none',
    after: 'follow',
    parks: false,
    fits: 1,
    small: { expiries: 1, rebalances: 1, unanswered: 1 },
    full: { expiries: 2, rebalances: 1, unanswered: 1 },
  },
  inbox: {
    says: 'effectively-once: claims, fence and dead marks, with commits of the database that may stay unanswered',
    keys: 'aa',
    tempers: '?g',
    store: 'inbox',
    after: 'follow',
    parks: false,
    fits: 1,
    small: { expiries: 1, unanswered: 1 },
    full: { crashes: 1, expiries: 1, unanswered: 1 },
  },
  line: {
    says: 'at-least-once with a line, `after: wait`: parked and dead rows, an operator, and a member thrown out that goes on',
    keys: 'aa',
    tempers: '?g',
    store: 'line',
    after: 'wait',
    parks: true,
    fits: 1,
    small: { expiries: 1 },
    full: { crashes: 1, expiries: 1 },
  },
  parks: {
    says: 'one key of three records, parked and released, and nothing that goes wrong',
    keys: 'aaa',
    tempers: 'ggg',
    store: 'line',
    after: 'wait',
    parks: true,
    fits: 1,
    small: {},
    full: { crashes: 1 },
  },
  'line-of-three': {
    says: 'the same line with a second key before the first, and a process that dies',
    keys: 'baa',
    tempers: 'g?g',
    store: 'line',
    after: 'wait',
    parks: true,
    fits: 1,
    small: { crashes: 1 },
    full: { crashes: 1, unanswered: 1 },
  },
  'line-and-inbox': {
    says: 'effectively-once with a line, `after: wait`',
    keys: 'aa',
    tempers: '?g',
    store: 'inbox',
    after: 'wait',
    parks: true,
    fits: 1,
    small: { expiries: 1 },
    full: { crashes: 1, expiries: 1 },
  },
  static: {
    says: 'static membership: a process takes the place of another in the same generation, and the other goes on',
    keys: 'aa',
    tempers: '?g',
    store: 'line',
    after: 'wait',
    parks: false,
    fits: 1,
    small: { replacements: 1 },
    full: { replacements: 1, crashes: 1 },
  },
  cooperative: {
    says: 'cooperative rebalancing: a partition is kept through rebalances, unless its member missed one',
    keys: 'aa',
    tempers: '?g',
    store: 'line',
    after: 'wait',
    parks: false,
    cooperative: true,
    fits: 1,
    small: { expiries: 1 },
    full: { expiries: 1, rebalances: 1 },
  },
} as const satisfies Readonly<Record<string, Omit<Case, 'name'>>>;

export type InstanceName = keyof typeof cases;

export const instanceNames = Object.keys(cases) as readonly InstanceName[];

export function instanceOf(name: InstanceName, depth: 'small' | 'full'): Instance {
  const { small, full, ...rest } = cases[name];
  return { name, cooperative: false, ...rest, faults: { ...noFaults, ...(depth === 'small' ? small : full) } };
}
