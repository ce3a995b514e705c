/**
 * Who may raise the epoch of a partition. Generations are not enough: a group that was forgotten counts from 1 again, and
 * under static membership another process takes over in the same generation. A member that asks the group after it has
 * read the epoch, and raises exactly that one, needs no generations at all.
 */
import { blame, Choices } from './choices.ts';
import { everyone, nameOf, other, type Who } from './members.ts';
import type { Model } from './search.ts';
import { type Size, type Study, studyOf } from './study.ts';

const rules = {
  'asked-every-time': [
    'A raise over any generation is confirmed by the group, a lower or equal one included.',
    ['I2', 5],
  ],
  'asked-after-read': ['The group is asked after the epoch was read.', ['I2', 7]],
  'raises-what-was-read': ['Only the epoch that was read before the group was asked is raised.', ['I2', 7]],
} as const;

type Rule = keyof typeof rules;

interface Share {
  /** Number of the assignment: the group knows it, whatever it calls its generation. */
  readonly assignment: number;
  readonly generation: number;
  /** The epoch that was read; -1: not yet. */
  seen: number;
  asked: boolean;
  raised: boolean;
}

interface State {
  assignment: number;
  generation: number;
  owner: Who;
  /** `by`: the assignment under which it was raised. */
  row: { readonly epoch: number; readonly generation: number; readonly by: number };
  shares: readonly [Share | undefined, Share | undefined];
  readonly faults: { readonly changes: number };
  blame: readonly [invariant: string, why: string] | undefined;
}

function epochsModel(broken: Rule | undefined, size: Size): Model<State> {
  return {
    initial: {
      assignment: 1,
      generation: 1,
      owner: 0,
      row: { epoch: 0, generation: 0, by: 0 },
      shares: [newShare(1, 1), undefined],
      faults: { changes: size === 'small' ? 3 : 6 },
      blame: undefined,
    },
    steps(state) {
      const choices = new Choices<State, Rule>(state, copyOf, broken);
      for (const who of everyone) takeOverSteps(choices, who);
      groupSteps(choices);
      return choices.steps;
    },
    broken: ({ blame: blamed }) => blamed && { invariant: blamed[0], why: blamed[1] },
    atRest: ({ owner, row, assignment, shares }) => row.by === assignment && shares[owner]?.raised === true,
  };
}

function newShare(assignment: number, generation: number): Share {
  return { assignment, generation, seen: -1, asked: false, raised: false };
}

function copyOf(state: State): State {
  const [one, two] = state.shares;
  return { ...state, shares: [one && { ...one }, two && { ...two }] };
}

/** The other member gets the partition; the old one goes on until it hears of that. */
function groupSteps(choices: Choices<State, Rule>): void {
  const { owner, generation } = choices.state;
  const heir = other(owner);
  const give = (name: string, next: number) => {
    choices.addFault('changes', name, (state) => {
      state.assignment += 1;
      state.generation = next;
      state.owner = heir;
      setShare(state, heir, newShare(state.assignment, next));
    });
  };
  give(`the group gives the partition to ${nameOf(heir)} in the next generation`, generation + 1);
  give(`${nameOf(heir)} takes the place of ${nameOf(owner)} in the same generation`, generation);
  give(`the group is forgotten; ${nameOf(heir)} gets the partition in generation 1`, 1);
}

function takeOverSteps(choices: Choices<State, Rule>, who: Who): void {
  const { state } = choices;
  const share = state.shares[who];
  if (share === undefined) return;
  const name = nameOf(who);
  const owns = share.assignment === state.assignment;
  if (!owns) choices.add(`${name} hears that the partition is not its own`, (next) => setShare(next, who, undefined));
  if (share.raised) {
    // A store that refuses its work tells it; what it does then is what it did at first.
    if (state.row.by !== share.assignment) {
      choices.add(`${name} is fenced by the store`, (next) =>
        setShare(next, who, newShare(share.assignment, share.generation)),
      );
    }
    return;
  }
  const readFirst = choices.holds('asked-after-read');
  const mayRead = share.seen === -1 && (readFirst || share.asked);
  const mayAsk = !share.asked && owns && (share.seen !== -1 || !readFirst);
  if (mayRead) {
    choices.add(`${name} reads epoch ${state.row.epoch}`, (next) =>
      setShare(next, who, { ...share, seen: next.row.epoch }),
    );
  }
  if (mayAsk)
    choices.add(`${name} asks the group, which agrees`, (next) => setShare(next, who, { ...share, asked: true }));
  const unasked = !choices.holds('asked-every-time') && share.generation >= state.row.generation;
  if (share.seen !== -1 && (share.asked || unasked)) raiseStep(choices, who, share);
}

function raiseStep(choices: Choices<State, Rule>, who: Who, share: Share): void {
  const { state } = choices;
  const name = nameOf(who);
  // Whoever compares generations raises whatever is there.
  const compares = choices.holds('raises-what-was-read') && choices.holds('asked-every-time');
  if (compares && share.seen !== state.row.epoch) {
    choices.add(`${name} finds another epoch than it read`, (next) =>
      setShare(next, who, newShare(share.assignment, share.generation)),
    );
    return;
  }
  choices.add(`${name} raises the epoch to ${state.row.epoch + 1}`, (next) => {
    if (next.row.by === next.assignment && share.assignment !== next.assignment) {
      blame(next, 'I2', `${name}, which does not own the partition, raises over its owner`);
    }
    next.row = { epoch: next.row.epoch + 1, generation: share.generation, by: share.assignment };
    setShare(next, who, { ...share, raised: true });
  });
}

function setShare(next: State, who: Who, share: Share | undefined): void {
  next.shares = who === 0 ? [share, next.shares[1]] : [next.shares[0], share];
}

export const epochs: Study = studyOf(
  'epochs',
  'who may raise the epoch, where generations restart and processes replace each other',
  rules,
  epochsModel,
);
