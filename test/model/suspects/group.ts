/** Members come and go, die of a record or of something else, and stop when they are told to. */
import type { Choices } from '../choices.ts';
import { put } from '../choices.ts';
import { everyone, nameOf, other, type Who } from '../members.ts';
import type { Rule } from './rules.ts';
import { newShare, type State } from './state.ts';

export function groupSteps(choices: Choices<State, Rule>): void {
  const { state } = choices;
  for (const who of everyone) memberSteps(choices, who);
  if (!state.joining || state.owner !== -1) return;
  for (const who of everyone) {
    if (state.lives[who] === 0) continue;
    choices.add(`the group gives the partition to ${nameOf(who)}`, (next) => {
      next.joining = false;
      next.generation += 1;
      next.owner = who;
      next.members[who].share = newShare(next.generation, next.ends.length);
      // What is under way from before will be refused.
      next.wire = next.wire.filter((request) => request.awaited);
    });
  }
}

function memberSteps(choices: Choices<State, Rule>, who: Who): void {
  const { state } = choices;
  const { life, share } = state.members[who];
  const inGroup = state.lives[who] !== 0;
  const name = nameOf(who);
  if (life === 0) {
    if (inGroup) choices.add(`the group misses ${name} and throws it out`, (next) => throwOut(next, who));
    else choices.add(`${name} starts again`, (next) => start(next, who));
    return;
  }
  if (share !== undefined) {
    choices.addFault('crashes', `${name} is killed from outside`, (next) => {
      excuse(next, who);
      die(next, who);
    });
  }
  if (inGroup && state.owner === who) {
    choices.addFault('expiries', `the group throws ${name} out, which goes on`, (next) => {
      excuse(next, who);
      throwOut(next, who);
    });
    const rejoin = (next: State) => {
      letGo(next, who);
      next.owner = -1;
    };
    if (state.joining && isIdle(state, who) && share?.known?.released) {
      choices.add(`${name}, drained, joins again`, rejoin);
    } else if (state.joining) {
      choices.addFault('expiries', `${name} joins again before it is drained`, rejoin);
    }
  }
  if (share !== undefined && (state.owner !== who || !inGroup)) {
    choices.add(`${name} hears that the partition is not its own any more`, (next) => letGo(next, who));
  }
  if (!inGroup && share === undefined) {
    choices.add(`${name} joins`, (next) => {
      next.lives = livesWith(next, who, life);
      next.joining = true;
    });
  }
  stopSteps(choices, who);
}

/** SIGTERM: drain, release, leave. A member without a partition has nothing to release. */
function stopSteps(choices: Choices<State, Rule>, who: Who): void {
  const { state } = choices;
  const { share } = state.members[who];
  const leave = (next: State) => {
    letGo(next, who);
    throwOut(next, who);
    next.members[who].life = 0;
  };
  if (share === undefined) {
    if (state.lives[who] !== 0) choices.addFault('stops', `${nameOf(who)} is told to stop, and leaves`, leave);
    return;
  }
  if (share.open && !share.leaving) {
    choices.addFault('stops', `${nameOf(who)} is told to stop`, (next) => {
      const stopping = next.members[who].share;
      if (stopping !== undefined) stopping.leaving = true;
    });
  }
  const told = share.leaving && !state.joining;
  if (told && isIdle(state, who) && share.known?.released && !share.doubt) {
    choices.add(`${nameOf(who)}, drained, leaves the group`, leave);
  }
}

function isIdle({ members, wire }: State, who: Who): boolean {
  const { share } = members[who];
  return share !== undefined && !share.slots.includes('r') && !wire.some((one) => one.awaited && one.from === who);
}

function start(next: State, who: Who): void {
  const member = next.members[who];
  member.lives += 1;
  member.life = member.lives;
}

/** The process ends in the middle of what it does. */
function die(next: State, who: Who): void {
  letGo(next, who);
  next.members[who].life = 0;
}

/** The record ends the process in which it runs. */
export function kill(next: State, who: Who, record: number): void {
  if (next.members[who].share?.alone === record) excuse(next, who);
  die(next, who);
  next.kills += 1;
}

/** Nobody can tell a bare kill, or a frozen member, from a record that kills; nor when a mark that is not cleared was set. */
function excuse(next: State, who: Who): void {
  const { share } = next.members[who];
  if (share === undefined || next.owner !== who) return;
  for (const record of new Set([share.alone, share.known?.alone ?? -1])) {
    if (record >= 0) next.excuses = put(next.excuses, record, String(Number(next.excuses[record]) + 1));
  }
}

function letGo(next: State, who: Who): void {
  next.members[who].share = undefined;
  next.wire = next.wire.map((one) => (one.from === who ? { ...one, awaited: false } : one));
}

function throwOut(next: State, who: Who): void {
  next.lives = livesWith(next, who, 0);
  if (next.owner === who) next.owner = -1;
  next.joining = next.lives[other(who)] !== 0;
  next.wire = next.wire.filter((one) => one.awaited || one.from !== who);
}

function livesWith({ lives }: State, who: Who, life: number): readonly [number, number] {
  return who === 0 ? [life, lives[1]] : [lives[0], life];
}
