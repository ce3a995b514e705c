/** What the owner of the partition does: read, count, mark, run, pass, commit. */
import type { Choices } from '../choices.ts';
import { blame, put } from '../choices.ts';
import { everyone, nameOf, type Who } from '../members.ts';
import { kill } from './group.ts';
import type { Rule } from './rules.ts';
import {
  type Content,
  frontierOf,
  type Instance,
  limit,
  mostUncommitted,
  type Share,
  type State,
  shareOf,
} from './state.ts';

export function ownerSteps(choices: Choices<State, Rule>, instance: Instance): void {
  for (const who of everyone) {
    const { share } = choices.state.members[who];
    if (share === undefined) continue;
    if (!share.open) {
      choices.add(`${nameOf(who)} reads offset and metadata`, (next) => open(choices, instance, next, who));
      continue;
    }
    markSteps(choices, who, share);
    runSteps(choices, instance, who, share);
  }
}

function open(choices: Choices<State, Rule>, { maxInFlight }: Instance, next: State, who: Who): void {
  const share = shareOf(next, who);
  share.open = true;
  const { held } = next;
  share.known = held;
  if (held === undefined) return;
  const passed = (record: number) => record < held.offset || held.completed[record] === 'x';
  share.slots = [...share.slots].map((slot, record) => (passed(record) ? 'P' : slot)).join('');
  share.deaths = held.deaths;
  const gone = !everyone.some((one) => `${nameOf(one)}${next.lives[one]}` === held.by);
  if (held.by === `${nameOf(who)}${next.members[who].life}`) return;
  if (!gone && choices.holds('gone-members-only')) return;
  if (held.released && choices.holds('released-is-no-death')) return;
  if (held.alone >= 0) {
    count(next, who, held.alone);
    return;
  }
  const open = [...share.slots].flatMap((slot, record) => (slot === 'w' ? [record] : []));
  const suspects = open.slice(0, choices.holds('suspects-in-flight') ? maxInFlight + mostUncommitted : 1);
  for (const record of suspects) if (share.deaths[record] === '-') share.deaths = put(share.deaths, record, '0');
}

function count(next: State, who: Who, record: number): void {
  const share = shareOf(next, who);
  const deaths = Number(share.deaths[record]) + 1;
  share.deaths = put(share.deaths, record, String(deaths));
  const lost = next.faults.unanswered === 0 ? 1 : 0;
  if (deaths > Number(next.excuses[record]) + lost) {
    blame(next, 'I6', `a death of ${record} is counted that it did not die`);
  }
}

/** The lowest suspect is next, and nothing else. */
function markSteps(choices: Choices<State, Rule>, who: Who, share: Share): void {
  const suspect = suspectOf(share);
  if (suspect === -1 || share.leaving || choices.state.joining) return;
  if (Number(share.deaths[suspect]) >= limit) {
    choices.add(`${nameOf(who)} dead-letters ${suspect} unhandled`, (next) => {
      next.ends = put(next.ends, suspect, 'd');
      pass(next, who, suspect);
    });
    return;
  }
  if (share.alone === -1 && !share.slots.includes('r')) {
    choices.add(`${nameOf(who)} decides to run ${suspect} alone`, (next) => {
      shareOf(next, who).alone = suspect;
    });
  }
}

function runSteps(choices: Choices<State, Rule>, { tempers, maxInFlight }: Instance, who: Who, share: Share): void {
  for (let record = 0; record < tempers.length; record++) {
    const isFree = share.slots.replaceAll(/[^r]/g, '').length < maxInFlight || !choices.holds('alone-in-process');
    if (share.slots[record] === 'w' && isFree && mayStart(choices, who, share, record)) {
      choices.add(`${nameOf(who)} starts ${record}${share.alone === record ? ' alone' : ''}`, (next) => {
        const starting = shareOf(next, who);
        starting.slots = put(starting.slots, record, 'r');
      });
    }
    if (share.slots[record] !== 'r') continue;
    if (tempers[record] === 'g') {
      choices.add(`${nameOf(who)} has handled ${record}`, (next) => {
        next.ends = put(next.ends, record, 'x');
        pass(next, who, record);
      });
    } else {
      choices.add(`${record} kills ${nameOf(who)}`, (next) => kill(next, who, record));
    }
  }
}

function mayStart(choices: Choices<State, Rule>, who: Who, share: Share, record: number): boolean {
  if (share.leaving || choices.state.joining) return false;
  const named = share.known?.by === `${nameOf(who)}${choices.state.members[who].life}` && !share.known.released;
  const sure = !share.doubt || !choices.holds('mark-read-back');
  if (suspectOf(share) === -1) {
    if (!named && choices.holds('named-before-start')) return false;
    if (share.slots.indexOf('w') < record && choices.holds('lowest-first')) return false;
    if (uncommitted(share) > mostUncommitted && choices.holds('commit-keeps-up')) return false;
    const cleared = share.known === undefined || share.known.alone === -1;
    return (cleared && sure) || !choices.holds('cleared-before-others');
  }
  if (record !== share.alone) return !choices.holds('alone-in-process') && share.deaths[record] === '-';
  if (share.slots.includes('r')) return false;
  return (named && share.known?.alone === record && sure) || !choices.holds('marked-before-start');
}

function uncommitted({ slots, known }: Share): number {
  const committed = (record: number) =>
    known !== undefined && (record < known.offset || known.completed[record] === 'x');
  return [...slots].filter((slot, record) => slot === 'P' && !committed(record)).length;
}

function suspectOf({ slots, deaths }: Share): number {
  for (let record = 0; record < slots.length; record++) {
    if (slots[record] !== 'P' && deaths[record] !== '-') return record;
  }
  return -1;
}

function pass(next: State, who: Who, record: number): void {
  const share = shareOf(next, who);
  share.slots = put(share.slots, record, 'P');
  share.deaths = put(share.deaths, record, '-');
  if (share.alone === record) share.alone = -1;
}

/** What the owner wants the group to hold now. */
export function contentOf(state: State, who: Who, share: Share): Content {
  const offset = frontierOf(share);
  const releasing = (share.leaving || state.joining) && !share.slots.includes('r');
  return {
    offset,
    completed: [...share.slots].map((slot, record) => (record >= offset && slot === 'P' ? 'x' : '.')).join(''),
    by: `${nameOf(who)}${state.members[who].life}`,
    alone: releasing ? -1 : share.alone,
    deaths: share.deaths,
    released: releasing,
  };
}
