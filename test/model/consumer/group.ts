/** Members come and go: joins, rebalances, members thrown out that go on working, processes that die and start again. */
import { everyone, nameOf, other, type Who } from '../members.ts';
import type { Scene } from './scene.ts';
import { frontierOf, newShare, owns, type State } from './state.ts';

export function groupSteps(scene: Scene): void {
  for (const who of everyone) {
    processSteps(scene, who);
    membershipSteps(scene, who);
    keepSteps(scene, who);
    replaceStep(scene, who);
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
        letGo(next, who);
        next.members[who].share = newShare(next.group.generation, scene.instance.keys.length);
      });
    }
  }
}

/** The owner joins again with the others and goes on: the generation is new, the partition is not. */
function keepSteps(scene: Scene, who: Who): void {
  const { group, members } = scene.state;
  const { share, life } = members[who];
  if (!scene.instance.cooperative || share === undefined || !group.joining) return;
  const gap = !owns(scene.state, who);
  if (gap && (scene.holds('kept-without-a-gap') || group.owner !== -1 || group.lives[who] !== life)) return;
  scene.add(`${nameOf(who)} joins again and keeps the partition`, (next) => {
    next.group.joining = false;
    next.group.generation += 1;
    next.group.owner = who;
    const kept = next.members[who].share;
    if (kept !== undefined) next.members[who].share = { ...kept, generation: next.group.generation };
    // What was under way is of a generation that is over.
    next.wire = next.wire.map((one) => (one.commit.by === who ? { ...one, awaited: false } : one));
  });
}

/** Another process joins under the same instance id: it is the member from now on, in the same generation. */
function replaceStep(scene: Scene, who: Who): void {
  const { group, members } = scene.state;
  const heir = other(who);
  if (group.owner !== who || group.joining || members[heir].life === 0 || members[heir].share !== undefined) return;
  scene.addFault('replacements', `${nameOf(heir)} takes the place of ${nameOf(who)}, which goes on`, (next) => {
    const { life } = next.members[heir];
    next.group.lives = heir === 0 ? [life, 0] : [0, life];
    next.group.owner = heir;
    next.members[heir].share = newShare(next.group.generation, scene.instance.keys.length);
  });
}

function processSteps(scene: Scene, who: Who): void {
  const member = scene.state.members[who];
  const life = scene.state.group.lives[who];
  const busy = member.share !== undefined || member.runs.length > 0;
  if (member.life > 0 && busy) {
    scene.addFault('crashes', `${nameOf(who)} dies`, (next) => {
      letGo(next, who);
      next.members[who].life = 0;
      next.members[who].runs = [];
    });
  }
  if (member.life === 0 && life === 0) {
    scene.add(`${nameOf(who)} starts again`, (next) => {
      next.members[who].life = next.members[who].lives;
    });
  }
}

function membershipSteps(scene: Scene, who: Who): void {
  const { group, members } = scene.state;
  const member = members[who];
  const name = nameOf(who);
  const inGroup = group.lives[who] !== 0;
  if (inGroup && member.life === 0)
    scene.add(`the group misses ${name} and throws it out`, (next) => throwOut(next, who));
  if (inGroup && member.life > 0 && group.owner === who) {
    scene.addFault('expiries', `the group throws ${name} out, which goes on`, (next) => throwOut(next, who));
  }
  if (member.life === 0) return;
  if (member.share !== undefined && !owns(scene.state, who)) {
    scene.add(`${name} hears that the partition is not its own any more`, (next) => letGo(next, who));
  }
  const keeps = scene.instance.cooperative && !scene.holds('kept-without-a-gap');
  if (!inGroup && (member.share === undefined || keeps)) {
    scene.add(`${name} joins`, (next) => {
      // As another member: the group knows it by a new id.
      const joining = next.members[who];
      joining.lives += 1;
      joining.life = joining.lives;
      next.group.lives = livesWith(next, who, joining.life);
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
