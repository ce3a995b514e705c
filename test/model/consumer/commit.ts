/** Frontier and completed offsets go to the group: one request at a time, which may stay without an answer. */
import { blame } from '../choices.ts';
import { everyone, nameOf, type Who } from '../members.ts';
import { type Scene, shareOf } from './scene.ts';
import {
  type Commit,
  type Content,
  frontierOf,
  isPassed,
  owns,
  type Request,
  type Share,
  type State,
} from './state.ts';

export function commitSteps(scene: Scene): void {
  for (const who of everyone) sendStep(scene, who);
  for (const request of scene.state.wire) arrivalSteps(scene, request);
}

function sendStep(scene: Scene, who: Who): void {
  const { members, wire, group } = scene.state;
  const { share, life } = members[who];
  if (share?.phase !== 'open') return;
  // What the group will refuse changes nothing: it knows members and generations.
  if (!owns(scene.state, who) && scene.holds('one-attempt')) return;
  if (wire.some((request) => request.awaited && request.commit.by === who)) return;
  const offset = frontier(scene, share);
  const completed = completedAbove(scene, share, offset);
  if (share.known === `${offset}/${completed}`) return;
  const commit: Commit = { by: who, life, generation: share.generation, offset, completed };
  if (group.held === undefined && offset === 0 && !completed.includes('x')) return;
  scene.add(`${nameOf(who)} sends the commit ${words(commit)}`, (next) => {
    next.wire = [...next.wire, { commit, awaited: true }];
  });
}

function frontier(scene: Scene, share: Share): number {
  if (scene.holds('frontier-contiguous')) return frontierOf(share);
  for (let record = share.next; record > 0; record--) if (isPassed(share, record - 1)) return record;
  return 0;
}

/** The lowest ones that fit; what is remembered stays closed downwards per key. */
function completedAbove(scene: Scene, share: Share, offset: number): string {
  const records = scene.instance.keys.length;
  const listed: number[] = [];
  for (let record = offset; record < share.next; record++) {
    if (!isPassed(share, record)) continue;
    if (scene.holds('closed-per-key') && hasUnpassedBefore(scene, share, offset, record)) continue;
    listed.push(record);
  }
  const fits = scene.instance.fits;
  const kept = scene.holds('drop-highest') ? listed.slice(0, fits) : fits === 0 ? [] : listed.slice(-fits);
  return Array.from({ length: records }, (_, record) => (kept.includes(record) ? 'x' : '.')).join('');
}

function hasUnpassedBefore(scene: Scene, share: Share, from: number, record: number): boolean {
  for (let before = from; before < record; before++) {
    if (scene.sameKey(before, record) && !isPassed(share, before)) return true;
  }
  return false;
}

function arrivalSteps(scene: Scene, request: Request): void {
  const { commit, awaited } = request;
  const name = `${nameOf(commit.by)}'s commit ${words(commit)}`;
  if (!isAccepted(scene, commit)) {
    scene.add(`${name} is refused`, (next) => {
      remove(next, scene.state.wire.indexOf(request));
    });
    return;
  }
  const write = (next: State) => {
    remove(next, scene.state.wire.indexOf(request));
    judge(next, commit);
    next.group.held = { offset: commit.offset, completed: commit.completed };
  };
  scene.add(`${name} arrives${awaited ? '' : ' late'}`, (next) => {
    write(next);
    if (awaited) shareOf(next, commit.by).known = `${commit.offset}/${commit.completed}`;
  });
  if (!awaited) return;
  scene.addFault('unanswered', `${name} arrives, its answer does not`, (next) => {
    write(next);
    shareOf(next, commit.by).known = '';
  });
  scene.addFault('unanswered', `${name} is given up and still under way`, (next) => {
    next.wire = next.wire.map((one, i) => (i === scene.state.wire.indexOf(request) ? { ...one, awaited: false } : one));
    shareOf(next, commit.by).known = '';
  });
}

/** The group knows members and generations, and not who owns what. */
function isAccepted(scene: Scene, { by, life, generation }: Commit): boolean {
  const { group } = scene.state;
  if (group.lives[by] !== life) return false;
  return group.generation === generation || !scene.holds('one-attempt');
}

function judge(next: State, commit: Commit): void {
  const { group } = next;
  const current = group.owner === -1 || group.owner === commit.by;
  if (group.generation === commit.generation && current) return;
  blame(next, 'I2', `${nameOf(commit.by)} commits ${words(commit)} for a partition that it does not own`);
}

function remove(next: State, index: number): void {
  next.wire = next.wire.filter((_, i) => i !== index);
}

function words({ offset, completed }: Content): string {
  const above = [...completed].flatMap((letter, record) => (letter === 'x' ? [record] : []));
  return above.length === 0 ? `of ${offset}` : `of ${offset}, completed ${above.join(', ')},`;
}
