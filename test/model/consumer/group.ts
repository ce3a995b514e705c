/** Members come and go: joins, rebalances, members thrown out that go on working, processes that die and start again. */
import { isUp, nameOf, other, type Scene } from './scene.ts';
import { everyone, frontierOf, newShare, owns, type State, type Who } from './state.ts';

export function groupSteps(scene: Scene): void {
  for (const who of everyone) {
    processSteps(scene, who);
    membershipSteps(scene, who);
  }
  const { group } = scene.state;
  if (!group.joining && group.owner !== -1) {
    scene.addFault('rebalances', 'the group asks its members to join again', (next) => {
      next.group.joining = true;
    });
  }
  if (group.joining && group.owner === -1) {
    for (const who of everyone) {
      if (group.lives[who] === 0) continue;
      scene.add(`the group gives the partition to ${nameOf(who)}`, (next) => {
        next.group.joining = false;
        next.group.generation += 1;
        next.group.owner = who;
        next.members[who].share = newShare(next.group.generation, scene.instance.keys.length);
      });
    }
  }
}

function processSteps(scene: Scene, who: Who): void {
  const member = scene.state.members[who];
  const life = scene.state.group.lives[who];
  const busy = member.share !== undefined || member.runs.length > 0;
  if (isUp(member) && busy) {
    scene.addFault('crashes', `${nameOf(who)} dies`, (next) => {
      letGo(next, who);
      next.members[who].life = 0;
      next.members[who].runs = [];
    });
  }
  if (!isUp(member) && life === 0) {
    scene.add(`${nameOf(who)} starts again`, (next) => {
      const started = next.members[who];
      started.lives += 1;
      started.life = started.lives;
    });
  }
}

function membershipSteps(scene: Scene, who: Who): void {
  const { group, members } = scene.state;
  const member = members[who];
  const name = nameOf(who);
  const inGroup = group.lives[who] !== 0;
  if (inGroup && !isUp(member)) scene.add(`the group misses ${name} and throws it out`, (next) => throwOut(next, who));
  if (inGroup && isUp(member) && group.owner === who) {
    scene.addFault('expiries', `the group throws ${name} out, which goes on`, (next) => throwOut(next, who));
  }
  if (!isUp(member)) return;
  if (member.share !== undefined && !owns(scene.state, who)) {
    scene.add(`${name} hears that the partition is not its own any more`, (next) => letGo(next, who));
  }
  if (!inGroup && member.share === undefined) {
    scene.add(`${name} joins`, (next) => {
      next.group.lives = livesWith(next, who, member.life);
      next.group.joining = true;
    });
  }
  if (group.joining && owns(scene.state, who)) {
    const rejoin = (next: State) => {
      letGo(next, who);
      next.group.owner = -1;
    };
    if (isDrained(scene, who)) scene.add(`${name}, drained, joins again`, rejoin);
    else scene.addFault('expiries', `${name} joins again before it is drained`, rejoin);
  }
}

function isDrained(scene: Scene, who: Who): boolean {
  const { group, members, wire } = scene.state;
  const { share, runs } = members[who];
  if (share === undefined || runs.some((run) => run.ours)) return false;
  if (wire.some((request) => request.awaited && request.commit.by === who)) return false;
  // Opened, but nothing passed: there is nothing to commit.
  return (
    share.phase !== 'open' ||
    (group.held?.offset ?? 0) === frontierOf(share) ||
    share.known.startsWith(`${frontierOf(share)}/`)
  );
}

function throwOut(next: State, who: Who): void {
  next.group.lives = livesWith(next, who, 0);
  if (next.group.owner === who) next.group.owner = -1;
  next.group.joining = next.group.lives[other(who)] !== 0;
}

function livesWith({ group }: State, who: Who, life: number): readonly [number, number] {
  return who === 0 ? [life, group.lives[1]] : [group.lives[0], life];
}

/** Nothing of the share counts any more; its handlers run on, and nobody waits for its commits. */
export function letGo(next: State, who: Who): void {
  const member = next.members[who];
  member.share = undefined;
  member.runs = member.runs.map((run) => ({ ...run, ours: false }));
  next.wire = next.wire.map((request) => (request.commit.by === who ? { ...request, awaited: false } : request));
}

/** The store refused: the share starts over, once the group was asked. */
export function fenced(next: State, who: Who, records: number): void {
  const { share } = next.members[who];
  if (share === undefined) return;
  letGo(next, who);
  // The group said that the partition is ours: else the step that hears otherwise is there.
  next.members[who].share = newShare(share.generation, records);
}
