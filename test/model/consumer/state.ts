/** Everything that two members, the group, the store and the topics know at one moment, for one partition. */
import type { Who } from '../members.ts';

/** A small case of the protocol: what is in the partition, which parts are there, what may go wrong and how often. */
export interface Instance {
  readonly name: string;
  readonly says: string;
  /** One letter per record: its key. */
  readonly keys: string;
  /** One letter per record: `g` its handler succeeds, `d` it dies, `?` either, each time anew. */
  readonly tempers: string;
  /** `line`: at-least-once with a store. `inbox`: effectively-once. */
  readonly store: 'none' | 'line' | 'inbox';
  readonly after: 'follow' | 'wait';
  /** Whether records that wait may be parked. */
  readonly parks: boolean;
  /** Partitions that do not move are kept, and worked on, through a rebalance. */
  readonly cooperative: boolean;
  /** Completed offsets that fit into the metadata of a commit. */
  readonly fits: number;
  readonly faults: Faults;
}

/** How often each thing may still go wrong. */
export interface Faults extends Readonly<Record<string, number>> {
  /** A process dies. */
  readonly crashes: number;
  /** The group throws a member out that goes on working: a zombie. */
  readonly expiries: number;
  /** The group wants everybody to join again. */
  readonly rebalances: number;
  /** Another process joins under the instance id of the owner, which goes on (static membership). */
  readonly replacements: number;
  /** A commit to the group, or to the database, stays without an answer; it may still arrive. */
  readonly unanswered: number;
}

/** What a commit says. */
export interface Content {
  readonly offset: number;
  /** `x` for each record above the offset that is remembered as passed. */
  readonly completed: string;
}

export interface Commit extends Content {
  readonly by: Who;
  readonly life: number;
  readonly generation: number;
}

export interface Group {
  generation: number;
  /** -1: nobody, while members join. */
  owner: Who | -1;
  /** Lives of the members in the group; 0: not in it. */
  lives: readonly [number, number];
  joining: boolean;
  /** `undefined`: nothing was ever committed. */
  held: Content | undefined;
}

/** A commit on its way. Nobody waits for one that was given up. */
export interface Request {
  readonly commit: Commit;
  readonly awaited: boolean;
}

export interface Store {
  epoch: number;
  generation: number;
  /** Per record: `.` none, `h` handled, `d` dead. */
  claims: string;
  /** Per record: `.` none, `w` waiting, `t` dying (its evidence is owed), `d` dead, `y` ready, `x` discarded. */
  rows: string;
}

/** A handler under way, and its transaction under effectively-once. */
export interface Run {
  readonly record: number;
  readonly epoch: number;
  /** `runs`: the handler; `fenced`: its transaction has passed the fence; `unknown`: its COMMIT has no answer. */
  readonly phase: 'runs' | 'fenced' | 'unknown';
  /** Of the share under which it began; `false` when that is over. */
  readonly ours: boolean;
}

/**
 * Per record, as its owner sees it. In memory: `.` not fetched · `w` waits · `r` runs · `x` died, nothing written · `m`
 * marked, its evidence owed · `M` its evidence acknowledged, not noted · `k` its row is being written. `P`: settled. As a
 * row: `W` waiting · `E` dying, not fetched · `D` dead · `R` ready · `q` runs · `y` `z` `Z` as `x` `m` `M`, from a row ·
 * `s` handled and the row still there.
 */
export interface Share {
  readonly generation: number;
  phase: 'assigned' | 'raised' | 'read' | 'open';
  epoch: number;
  /** Offset and completed offsets as they were read. */
  start: number;
  completed: string;
  /** Rows as they were read; `undefined`: not yet. */
  line: string | undefined;
  /** The next record to fetch. */
  next: number;
  slots: string;
  /** What the group is known to hold, as `offset/completed`. */
  known: string;
}

export interface Member {
  /** Grows with every start of the process; 0: it is down. */
  life: number;
  lives: number;
  share: Share | undefined;
  runs: readonly Run[];
}

export interface State {
  group: Group;
  wire: readonly Request[];
  store: Store;
  /** `x` for each record whose evidence was acknowledged. */
  letters: string;
  /** `x` for each record whose effect was committed. */
  effects: string;
  /** `x` for each record that an operator discarded. */
  discarded: string;
  readonly faults: Faults;
  members: readonly [Member, Member];
  /** What a step did that no state shows afterwards: the invariant and why. */
  blame: readonly [invariant: string, why: string] | undefined;
}

export function initialState(instance: Instance): State {
  const none = '.'.repeat(instance.keys.length);
  return {
    group: { generation: 1, owner: 0, lives: [1, 1], joining: false, held: undefined },
    wire: [],
    store: { epoch: 0, generation: 0, claims: none, rows: none },
    letters: none,
    effects: none,
    discarded: none,
    faults: instance.faults,
    members: [
      { life: 1, lives: 1, share: newShare(1, instance.keys.length), runs: [] },
      { life: 1, lives: 1, share: undefined, runs: [] },
    ],
    blame: undefined,
  };
}

export function newShare(generation: number, records: number): Share {
  const none = '.'.repeat(records);
  return {
    generation,
    phase: 'assigned',
    epoch: 0,
    start: 0,
    completed: none,
    line: undefined,
    next: 0,
    slots: none,
    known: '',
  };
}

export function copyOf(state: State): State {
  return {
    ...state,
    group: { ...state.group },
    store: { ...state.store },
    members: [copyOfMember(state.members[0]), copyOfMember(state.members[1])],
  };
}

function copyOfMember(member: Member): Member {
  return { ...member, share: member.share && { ...member.share } };
}

/** The group counts the member as the owner under the assignment that it works by. */
export function owns(state: State, who: Who): boolean {
  const { share, life } = state.members[who];
  const { group } = state;
  return (
    share !== undefined && group.owner === who && group.lives[who] === life && group.generation === share.generation
  );
}

/** Settled in truth: whoever asks, whatever he has heard. */
export function isSettled(instance: Instance, state: State, record: number): boolean {
  if (state.effects[record] === 'x' || state.discarded[record] === 'x') return true;
  return instance.after === 'follow' && state.letters[record] === 'x';
}

/** The lowest record that the owner has not passed. */
export function frontierOf(share: Share): number {
  for (let record = 0; record < share.next; record++) if (!isPassed(share, record)) return record;
  return share.next;
}

export function isPassed({ slots }: Share, record: number): boolean {
  return 'PWDRqyzZs'.includes(slots[record] ?? '');
}
