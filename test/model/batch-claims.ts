/**
 * Locks that transactions of a store wait for: claims of a batch (the unique index makes a claim wait for the open
 * transaction that holds the key), fences (shared) and take-overs (alone). Locks are granted in the order in which they
 * were asked for. A circle of waiting transactions is what the database ends by killing one of them.
 */
import { Choices } from './choices.ts';
import type { Model } from './search.ts';
import { type Study, studyOf } from './study.ts';

const rules = {
  'claims-sorted': ['A batch claims its keys in sorted order.', ['progress', 2]],
  'batch-fence-last': ['The fence is the last lock that any transaction asks for.', ['progress', 4]],
  'one-take-over': ['A transaction takes over one partition.', ['progress', 5]],
} as const;

type Rule = keyof typeof rules;

/** `claim 3`: a key, alone · `fence p`: a partition, shared · `raise p`: a partition, alone · `commit`: lets go of all. */
type Operation = `claim ${number}` | `fence ${string}` | `raise ${string}` | 'commit';

interface Transaction {
  readonly name: string;
  readonly operations: readonly Operation[];
}

interface State {
  /** Per transaction: operations that are done since the last commit begin at `from` and end before `at`. */
  places: readonly { readonly from: number; readonly at: number }[];
  /** Transactions that wait for their next lock, first come first. */
  queue: readonly number[];
  readonly faults: Readonly<Record<string, number>>;
  blame: undefined;
}

/** Two members redo the same three records of two partitions in a batch while both partitions are taken over. */
function transactions(broken: Rule | undefined): readonly Transaction[] {
  const claims: Operation[] = ['claim 1', 'claim 2', 'claim 3'];
  const fences: Operation[] = ['fence p', 'fence q'];
  const fencesFirst = broken === 'batch-fence-last';
  const takeOver: Operation[] =
    broken === 'one-take-over' ? ['raise q', 'raise p', 'commit'] : ['raise q', 'commit', 'raise p', 'commit'];
  return [
    { name: "A's batch", operations: [...(fencesFirst ? [...fences, ...claims] : [...claims, ...fences]), 'commit'] },
    {
      name: "B's batch",
      operations: [...(broken === 'claims-sorted' ? claims.toReversed() : claims), ...fences, 'commit'],
    },
    { name: 'the take-over', operations: takeOver },
  ];
}

function batchModel(broken: Rule | undefined): Model<State> {
  const all = transactions(broken);
  return {
    initial: { places: all.map(() => ({ from: 0, at: 0 })), queue: [], faults: {}, blame: undefined },
    steps(state) {
      const choices = new Choices<State, Rule>(state, (one) => ({ ...one }), broken);
      all.forEach((_, who) => {
        stepOf(choices, all, who);
      });
      return choices.steps;
    },
    broken: () => undefined,
    atRest: ({ places }) => places.every(({ at }, who) => at === all[who]?.operations.length),
  };
}

function stepOf(choices: Choices<State, Rule>, all: readonly Transaction[], who: number): void {
  const { places, queue } = choices.state;
  const operation = operationOf(choices.state, all, who);
  const place = places[who];
  if (operation === undefined || place === undefined) return;
  const go = (next: State) => {
    const at = place.at + 1;
    next.places = places.with(who, { from: operation === 'commit' ? at : place.from, at });
    next.queue = queue.filter((one) => one !== who);
  };
  const name = all[who]?.name;
  if (operation === 'commit') choices.add(`${name} commits`, go);
  else if (isFree(choices.state, all, who, operation)) choices.add(`${name} gets ${operation}`, go);
  else if (!queue.includes(who)) {
    choices.add(`${name} waits for ${operation}`, (next) => {
      next.queue = [...queue, who];
    });
  }
}

function operationOf({ places }: State, all: readonly Transaction[], who: number): Operation | undefined {
  return all[who]?.operations[places[who]?.at ?? 0];
}

/** Neither held by another transaction nor asked for by one that came first. */
function isFree(state: State, all: readonly Transaction[], who: number, operation: Operation): boolean {
  const first = state.queue.includes(who) ? state.queue.slice(0, state.queue.indexOf(who)) : state.queue;
  return all.every(({ operations }, one) => {
    if (one === who) return true;
    const { from = 0, at = 0 } = state.places[one] ?? {};
    if (operations.slice(from, at).some((held) => excludes(held, operation))) return false;
    const asked = operationOf(state, all, one);
    return !first.includes(one) || asked === undefined || !excludes(asked, operation);
  });
}

function excludes(one: Operation, other: Operation): boolean {
  const [act, lock] = one.split(' ');
  const [otherAct, otherLock] = other.split(' ');
  return lock !== undefined && lock === otherLock && !(act === 'fence' && otherAct === 'fence');
}

export const batchClaims: Study = studyOf(
  'batch-claims',
  'batches that claim many keys at once, fences and take-overs: nobody waits in a circle',
  rules,
  batchModel,
);
