/**
 * Loss by policy across a change of owners. A dropped record is counted in the ledger of loss before it is passed; the
 * next owner marks its take-over there, reads what stands before the mark, and does not decide again. One key, two
 * records, an owner that dies or is thrown out and goes on, clocks that disagree on what is too old.
 */
import { blame, Choices, put } from './choices.ts';
import { everyone, nameOf, other, type Who } from './members.ts';
import type { Model, Violation } from './search.ts';
import { type Size, type Study, studyOf } from './study.ts';

const rules = {
  'counted-before-passed': ['A drop is passed when its entry is acknowledged.', ['I1', 4]],
  'settled-when-counted': ['A successor starts when the entry of its predecessor is acknowledged.', ['I3', 4]],
  'entries-honoured': ['Entries before the mark are honoured, not decided again.', ['I6', 9]],
  'marked-first': ['A new owner writes its mark before it reads the entries.', ['I6', 9]],
  'void-after-mark': ['Entries of older epochs behind the mark are void.', ['I6', 9]],
  'started-is-kept': ['A record that has started is not dropped.', ['I6', 6]],
} as const;

type Rule = keyof typeof rules;

const records = 2;

interface Entry {
  readonly record: number;
  readonly epoch: number;
}

interface Share {
  readonly epoch: number;
  phase: 'assigned' | 'marked' | 'open';
  /** Per record: `w` waits, `r` runs, `H` handled, `d` dropped and not counted yet, `P` passed otherwise. */
  slots: string;
}

interface State {
  epoch: number;
  owner: Who;
  /** Next offset that the group holds. */
  offset: number;
  /** In the order of the ledger; `record` -1: a take-over mark. */
  ledger: readonly Entry[];
  /** Entries on their way. */
  wire: readonly Entry[];
  /** Per record: `x` handled by somebody under a share that counted then. */
  handled: string;
  shares: readonly [Share | undefined, Share | undefined];
  readonly faults: { readonly changes: number };
  blame: readonly [invariant: string, why: string] | undefined;
}

function dropModel(broken: Rule | undefined, size: Size): Model<State> {
  return {
    initial: {
      epoch: 1,
      owner: 0,
      offset: 0,
      ledger: [],
      wire: [],
      handled: '..',
      shares: [{ epoch: 1, phase: 'assigned', slots: 'ww' }, undefined],
      faults: { changes: size === 'small' ? 1 : 2 },
      blame: undefined,
    },
    steps(state) {
      const choices = new Choices<State, Rule>(state, copyOf, broken);
      for (const who of everyone) {
        const share = state.shares[who];
        if (share === undefined) continue;
        if (share.phase === 'open')
          for (let record = 0; record < records; record++) recordSteps(choices, who, share, record);
        else takeOverSteps(choices, who, share);
      }
      groupSteps(choices);
      return choices.steps;
    },
    broken: (state) => brokenBy(state, broken),
    atRest: ({ owner, offset, shares, wire }) =>
      offset === records &&
      wire.length === 0 &&
      !/[wrd]/.test(shares[owner]?.slots ?? 'w') &&
      shares[other(owner)] === undefined,
  };
}

function copyOf(state: State): State {
  const [one, two] = state.shares;
  return { ...state, shares: [one && { ...one }, two && { ...two }] };
}

function shareOf(state: State, who: Who): Share {
  const share = state.shares[who];
  if (share === undefined) throw new Error('nothing is assigned');
  return share;
}

function groupSteps(choices: Choices<State, Rule>): void {
  const { owner, shares, wire } = choices.state;
  const give = (next: State) => {
    next.epoch += 1;
    next.owner = other(owner);
    const share: Share = { epoch: next.epoch, phase: 'assigned', slots: 'ww' };
    next.shares = owner === 0 ? [next.shares[0], share] : [share, next.shares[1]];
  };
  const old = other(owner);
  if (shares[old] === undefined) {
    choices.addFault('changes', `${nameOf(owner)} dies, ${nameOf(old)} gets the partition`, (next) => {
      give(next);
      next.shares = owner === 0 ? [undefined, next.shares[1]] : [next.shares[0], undefined];
    });
    choices.addFault('changes', `${nameOf(owner)} is thrown out and goes on, ${nameOf(old)} gets the partition`, give);
  } else {
    choices.add(`${nameOf(old)} hears that the partition is not its own any more`, (next) => {
      next.shares = old === 0 ? [undefined, next.shares[1]] : [next.shares[0], undefined];
    });
  }
  wire.forEach((entry, i) => {
    choices.add(`the entry of ${entry.record} is written`, (next) => {
      next.wire = wire.toSpliced(i, 1);
      next.ledger = [...next.ledger, entry];
      // Only who sent it and still works by that epoch hears of it.
      for (const who of everyone) {
        const share = next.shares[who];
        if (share?.epoch === entry.epoch && share.slots[entry.record] === 'd') pass(next, who, entry.record);
      }
    });
  });
}

function takeOverSteps(choices: Choices<State, Rule>, who: Who, share: Share): void {
  const markFirst = choices.holds('marked-first');
  const mark = (next: State) => {
    next.ledger = [...next.ledger, { record: -1, epoch: share.epoch }];
  };
  const read = (next: State) => {
    const reading = shareOf(next, who);
    for (let record = 0; record < records; record++) {
      const isLost = choices.holds('entries-honoured') && countedIn(next.ledger, record);
      if (record < next.offset || isLost) reading.slots = put(reading.slots, record, 'P');
    }
  };
  const name = nameOf(who);
  if (share.phase === 'assigned') {
    choices.add(`${name} ${markFirst ? 'writes its mark' : 'reads offset and entries'}`, (next) => {
      (markFirst ? mark : read)(next);
      shareOf(next, who).phase = 'marked';
    });
  } else {
    choices.add(`${name} ${markFirst ? 'reads offset and entries' : 'writes its mark'}, and opens`, (next) => {
      (markFirst ? read : mark)(next);
      shareOf(next, who).phase = 'open';
    });
  }
}

function recordSteps(choices: Choices<State, Rule>, who: Who, share: Share, record: number): void {
  const slot = share.slots[record];
  const before = record === 0 ? 'P' : (share.slots[record - 1] ?? '');
  const name = nameOf(who);
  const settled = 'HP'.includes(before) || (before === 'd' && !choices.holds('settled-when-counted'));
  if (slot === 'w' && settled) {
    choices.add(`${name} starts ${record}`, (next) => {
      setSlot(next, who, record, 'r');
      const earlier = record - 1;
      // What a member does that was cut off, nobody can stop.
      if (earlier < 0 || next.owner !== who || next.handled[earlier] === 'x' || countedIn(next.ledger, earlier)) return;
      blame(next, 'I3', `${record} starts before ${earlier} is settled`);
    });
  }
  if (slot === 'w' || (slot === 'r' && !choices.holds('started-is-kept') && choices.state.wire.length === 0)) {
    choices.add(`${name} finds ${record} too old and sends its entry`, (next) => {
      next.wire = [...next.wire, { record, epoch: share.epoch }];
      if (slot === 'w') setSlot(next, who, record, choices.holds('counted-before-passed') ? 'd' : 'P');
    });
  }
  if (slot === 'r') {
    choices.add(`${name} has handled ${record}`, (next) => {
      setSlot(next, who, record, 'H');
      next.handled = put(next.handled, record, 'x');
    });
  }
  const frontier = /[wrd]/.exec(share.slots)?.index ?? records;
  if (record === 0 && choices.state.owner === who && frontier > choices.state.offset) {
    choices.add(`${name} commits ${frontier}`, (next) => {
      next.offset = frontier;
    });
  }
}

function setSlot(next: State, who: Who, record: number, letter: string): void {
  const share = shareOf(next, who);
  share.slots = put(share.slots, record, letter);
}

function pass(next: State, who: Who, record: number): void {
  setSlot(next, who, record, 'P');
}

/** What a reader of the ledger takes as lost: an entry that no mark of a later epoch stands before. */
function countedIn(ledger: readonly Entry[], record: number): boolean {
  return ledger.some(
    (entry, i) =>
      entry.record === record && !ledger.slice(0, i).some((mark) => mark.record === -1 && mark.epoch > entry.epoch),
  );
}

function brokenBy(state: State, broken: Rule | undefined): Violation | undefined {
  if (state.blame !== undefined) return { invariant: state.blame[0], why: state.blame[1] };
  const counts = (record: number) =>
    broken === 'void-after-mark'
      ? state.ledger.some((entry) => entry.record === record)
      : countedIn(state.ledger, record);
  for (let record = 0; record < records; record++) {
    const isCounted = counts(record);
    if (record < state.offset && !isCounted && state.handled[record] === '.') {
      return { invariant: 'I1', why: `${record} is committed as passed, neither handled nor counted` };
    }
    if (isCounted && state.shares[state.owner]?.slots[record] === 'H') {
      return { invariant: 'I6', why: `${record} is handled, and counted as lost` };
    }
  }
  return undefined;
}

export const dropOldest: Study = studyOf(
  'drop-oldest',
  'records dropped for their age while the partition changes hands: each counts once',
  rules,
  dropModel,
);
