/** Crash loops: which record is to blame when a process dies, decided from the metadata of commits that may get lost. */
import { Choices } from '../choices.ts';
import { everyone, nameOf, type Who } from '../members.ts';
import type { Model, Violation } from '../search.ts';
import { groupSteps } from './group.ts';
import { contentOf, ownerSteps } from './owner.ts';
import type { Rule } from './rules.ts';
import {
  type Content,
  copyOf,
  type Instance,
  initialState,
  limit,
  type Request,
  type State,
  shareOf,
} from './state.ts';

export function suspectsModel(instance: Instance, broken?: Rule): Model<State> {
  return {
    initial: initialState(instance),
    steps(state) {
      const choices = new Choices<State, Rule>(state, copyOf, broken);
      ownerSteps(choices, instance);
      for (const who of everyone) sendStep(choices, who);
      for (const request of state.wire) arrivalSteps(choices, request);
      groupSteps(choices);
      return choices.steps;
    },
    broken: (state) => brokenBy(instance, state),
    atRest: ({ ends, owner, members, wire }) =>
      !ends.includes('.') && owner !== -1 && wire.length === 0 && members[owner].share?.known?.offset === ends.length,
  };
}

function sendStep(choices: Choices<State, Rule>, who: Who): void {
  const { members, wire, owner } = choices.state;
  const { share } = members[who];
  // The group refuses what others send.
  if (owner !== who || !share?.open || wire.some((one) => one.awaited && one.from === who)) return;
  const content = contentOf(choices.state, who, share);
  if (!equal(share.known, content)) {
    choices.add(`${nameOf(who)} commits ${words(content)}`, (next) => {
      next.wire = [...next.wire, { from: who, generation: share.generation, content, awaited: true }];
    });
  } else if (share.doubt) {
    choices.add(`${nameOf(who)} reads back what is committed`, (next) => {
      const reading = shareOf(next, who);
      if (equal(next.held, content)) reading.doubt = false;
      else reading.known = next.held;
    });
  }
}

function arrivalSteps(choices: Choices<State, Rule>, request: Request): void {
  const { state } = choices;
  const { from, generation, content, awaited } = request;
  const name = `${nameOf(from)}'s commit ${words(content)}`;
  const without = (next: State) => {
    next.wire = next.wire.filter((_, i) => i !== state.wire.indexOf(request));
  };
  if (state.lives[from] === 0 || generation !== state.generation) {
    choices.add(`${name} is refused`, without);
    return;
  }
  choices.add(`${name} arrives${awaited ? '' : ' late'}`, (next) => {
    without(next);
    next.held = content;
    if (awaited) shareOf(next, from).known = content;
  });
  if (!awaited) return;
  choices.addFault('unanswered', `${name} is given up and still under way`, (next) => {
    next.wire = next.wire.map((one, i) => (i === state.wire.indexOf(request) ? { ...one, awaited: false } : one));
    shareOf(next, from).known = undefined;
    shareOf(next, from).doubt = true;
  });
}

function brokenBy({ tempers, faults }: Instance, { blame, ends, kills, faults: left }: State): Violation | undefined {
  if (blame !== undefined) return { invariant: blame[0], why: blame[1] };
  const innocent = [...ends].findIndex((end, record) => end === 'd' && tempers[record] === 'g');
  const gone = faults.crashes - left.crashes + faults.expiries - left.expiries;
  const late = faults.unanswered - left.unanswered;
  if (innocent !== -1 && gone + late < limit) {
    return { invariant: 'I6', why: `${innocent} becomes a dead letter, and did nothing` };
  }
  const lost = gone + faults.unanswered - left.unanswered + faults.stops - left.stops;
  // Once unmarked, then as often as it takes; each fault may cost one more.
  if (kills > 1 + limit + lost) return { invariant: 'progress', why: `a record has killed ${kills} processes` };
  return undefined;
}

function equal(one: Content | undefined, other: Content): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function words({ offset, by, alone, deaths, released }: Content): string {
  const parts = [`of ${offset}, by ${by}`];
  if (alone >= 0) parts.push(`${alone} alone`);
  if (/\d/.test(deaths)) parts.push(`deaths ${deaths}`);
  if (released) parts.push('released');
  return `(${parts.join('; ')})`;
}
