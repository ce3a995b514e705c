/** One partition without a store, two members, and what they write into the metadata of their commits. */
import type { Who } from '../members.ts';

/** Deaths alone after which a record becomes a dead letter unhandled. Three in the protocol; two are enough here. */
export const limit = 2;

/** Records that may be passed and not yet committed when another one starts. */
export const mostUncommitted = 1;

export interface Instance {
  /** One letter per record: `g` its handler succeeds, `k` it kills the process. No two share a key. */
  readonly tempers: string;
  readonly maxInFlight: number;
  readonly faults: Faults;
}

export interface Faults extends Readonly<Record<string, number>> {
  /** A process dies of something else than a record. */
  readonly crashes: number;
  /** The group throws a member out that goes on working. */
  readonly expiries: number;
  /** A commit stays without an answer; it may still arrive. */
  readonly unanswered: number;
  /** A process is told to stop. */
  readonly stops: number;
}

export interface Content {
  readonly offset: number;
  readonly completed: string;
  /** Member and life: `A1`. */
  readonly by: string;
  /** The suspect that runs alone; -1: none. */
  readonly alone: number;
  /** Per record: `-` no suspect, else the deaths that were counted. */
  readonly deaths: string;
  /** The member has let go of the partition by its own will. */
  readonly released: boolean;
}

export interface Request {
  readonly from: Who;
  readonly generation: number;
  readonly content: Content;
  readonly awaited: boolean;
}

export interface Share {
  readonly generation: number;
  open: boolean;
  /** Per record: `w` waits, `r` runs, `P` passed. */
  slots: string;
  deaths: string;
  alone: number;
  leaving: boolean;
  /** What the group is known to hold. */
  known: Content | undefined;
  /** A commit stayed without an answer. */
  doubt: boolean;
}

export interface Member {
  /** 0: it is down. */
  life: number;
  lives: number;
  share: Share | undefined;
}

export interface State {
  generation: number;
  owner: Who | -1;
  /** Lives of the members in the group; 0: not in it. */
  lives: readonly [number, number];
  joining: boolean;
  held: Content | undefined;
  wire: readonly Request[];
  /** Per record: `x` handled, `d` dead-lettered unhandled. */
  ends: string;
  /** Per record: how often a process ended, or was thrown out, while the record was marked as alone in it. */
  excuses: string;
  /** Processes that a record has killed. */
  kills: number;
  readonly faults: Faults;
  members: readonly [Member, Member];
  blame: readonly [invariant: string, why: string] | undefined;
}

export function initialState({ tempers, faults }: Instance): State {
  return {
    generation: 1,
    owner: 0,
    lives: [1, 1],
    joining: false,
    held: undefined,
    wire: [],
    ends: '.'.repeat(tempers.length),
    excuses: '0'.repeat(tempers.length),
    kills: 0,
    faults,
    members: [
      { life: 1, lives: 1, share: newShare(1, tempers.length) },
      { life: 1, lives: 1, share: undefined },
    ],
    blame: undefined,
  };
}

export function newShare(generation: number, records: number): Share {
  return {
    generation,
    open: false,
    slots: 'w'.repeat(records),
    deaths: '-'.repeat(records),
    alone: -1,
    leaving: false,
    known: undefined,
    doubt: false,
  };
}

export function copyOf(state: State): State {
  return { ...state, members: [copyOfMember(state.members[0]), copyOfMember(state.members[1])] };
}

function copyOfMember(member: Member): Member {
  return { ...member, share: member.share && { ...member.share } };
}

export function shareOf(state: State, who: Who): Share {
  const { share } = state.members[who];
  if (share === undefined) throw new Error('nothing is assigned');
  return share;
}

export function frontierOf({ slots }: Share): number {
  const open = slots.search(/[wr]/);
  return open === -1 ? slots.length : open;
}
