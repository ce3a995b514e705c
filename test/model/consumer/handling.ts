/** Records are fetched, started and handled; lanes decide who may start. */
import { blame, put } from '../choices.ts';
import { everyone, nameOf, type Who } from '../members.ts';
import { type Scene, shareOf } from './scene.ts';
import { isSettled, owns, type Run, type Share, type State } from './state.ts';

export function handlingSteps(scene: Scene): void {
  for (const who of everyone) {
    const { share, runs } = scene.state.members[who];
    if (share?.phase === 'open') {
      fetchStep(scene, who, share);
      for (let record = 0; record < scene.instance.keys.length; record++) startStep(scene, who, share, record);
    }
    if (scene.instance.store !== 'inbox') for (const run of runs) endSteps(scene, who, run);
  }
}

function fetchStep(scene: Scene, who: Who, share: Share): void {
  const record = share.next;
  if (record >= scene.instance.keys.length) return;
  scene.add(`${nameOf(who)} fetches ${scene.record(record)}`, (next) => {
    const fetching = shareOf(next, who);
    fetching.next += 1;
    const slot = fetching.slots[record] ?? '';
    if (slot === '.') setSlot(next, who, record, 'w');
    if (slot === 'E') setSlot(next, who, record, 'm');
    if ('WR'.includes(slot) && !scene.holds('row-recognised')) setSlot(next, who, record, 'w');
  });
}

function startStep(scene: Scene, who: Who, share: Share, record: number): void {
  if (!mayStart(scene, who, share, record)) return;
  const { state, instance } = scene;
  const fromRow = share.slots[record] !== 'w';
  const name = `${nameOf(who)} starts ${scene.record(record)}${fromRow ? ' from its row' : ''}`;
  if (instance.store === 'inbox' && scene.holds('claim-first')) {
    // The claim waits for another transaction that holds it.
    if (claimHolder(state, record)) return;
    const claim = state.store.claims[record];
    if (claim === 'h') {
      scene.add(`${nameOf(who)} recognises ${scene.record(record)} as a duplicate`, (next) =>
        setSlot(next, who, record, fromRow ? 's' : 'P'),
      );
      return;
    }
    if (claim === 'd') {
      scene.add(`${nameOf(who)} finds ${scene.record(record)} marked dead`, (next) => setSlot(next, who, record, 'm'));
      return;
    }
  }
  const stale = share.epoch !== state.store.epoch;
  // The fence in the wrong place: it says what was true before the handler ran.
  if (instance.store === 'inbox' && !scene.holds('fence-last') && stale) return;
  scene.add(name, (next) => {
    judgeStart(scene, next, who, record);
    setSlot(next, who, record, fromRow ? 'q' : 'r');
    const member = next.members[who];
    member.runs = [...member.runs, { record, epoch: share.epoch, phase: 'runs', ours: true }];
  });
}

function mayStart(scene: Scene, who: Who, share: Share, record: number): boolean {
  const slot = share.slots[record] ?? '';
  if (!'wWR'.includes(slot)) return false;
  if (record >= share.next && scene.holds('fetched-before-start')) return false;
  const { runs } = scene.state.members[who];
  const stray = runs.some((run) => !run.ours && scene.sameKey(run.record, record));
  if (stray && scene.holds('lane-outlives-epoch')) return false;
  return !scene.holds('lane-per-key') || isHead(scene, share, record);
}

/** Every lower record of the key that this owner knows of is settled. */
export function isHead(scene: Scene, share: Share, record: number): boolean {
  for (let before = 0; before < record; before++) {
    const slot = share.slots[before] ?? '';
    if (!scene.sameKey(before, record) || slot === 'P') continue;
    if (slot === 'D' && !scene.holds('dead-holds-key')) continue;
    if (slot === 'k' && !scene.holds('count-before-row')) continue;
    if (slot === '.' && before >= share.next) continue;
    return false;
  }
  return true;
}

function claimHolder({ members }: State, record: number): boolean {
  return members.some(({ runs }) => runs.some((run) => run.record === record && run.phase !== 'unknown'));
}

/** A handler ends under at-least-once: its effect is there at once. */
function endSteps(scene: Scene, who: Who, run: Run): void {
  const temper = scene.instance.tempers[run.record];
  const name = `${nameOf(who)}'s handler of ${scene.record(run.record)}`;
  if (temper !== 'd') {
    scene.add(`${name} succeeds`, (next) => {
      takeEffect(scene, next, who, run);
      const slot = endRun(scene, next, who, run);
      // With a row, the row goes first.
      if (slot === 'r') setSlot(next, who, run.record, 'P');
      if (slot === 'q') setSlot(next, who, run.record, scene.holds('deleted-before-successor') ? 's' : 'P');
    });
  }
  if (temper !== 'g') {
    scene.add(`${name} fails for good`, (next) => {
      const slot = endRun(scene, next, who, run);
      if (slot === 'r') setSlot(next, who, run.record, 'x');
      if (slot === 'q') setSlot(next, who, run.record, 'y');
    });
  }
}

/** Answers what the record was to its owner: `r` or `q` when the result counts. */
export function endRun(scene: Scene, next: State, who: Who, run: Run): string {
  const member = next.members[who];
  member.runs = member.runs.filter(({ record, ours }) => record !== run.record || ours !== run.ours);
  const { share } = member;
  if (share?.phase !== 'open') return '';
  const slot = share.slots[run.record] ?? '';
  if (run.ours) return slot;
  if (scene.holds('result-under-epoch')) return '';
  return 'WDR'.includes(slot) ? 'q' : slot === 'w' || slot === '.' ? 'r' : '';
}

export function setSlot(next: State, who: Who, record: number, letter: string): void {
  const share = shareOf(next, who);
  share.slots = put(share.slots, record, letter);
}

function judgeStart(scene: Scene, next: State, who: Who, record: number): void {
  const { instance, state } = scene;
  const name = scene.record(record);
  for (let before = 0; before < record; before++) {
    if (!scene.sameKey(before, record) || isSettled(instance, state, before)) continue;
    blame(next, 'I3', `${name} starts before ${before} is settled`);
  }
  for (const one of everyone) {
    for (const run of state.members[one].runs) {
      if (run.phase !== 'runs' || !scene.sameKey(run.record, record)) continue;
      // Nobody can stop the handler of a member that was cut off: it is reported, or its effect is fenced.
      const cutOff = one !== who && !(owns(state, one) && owns(state, who));
      if (!cutOff) blame(next, 'I3', `${name} starts while a handler of ${run.record} still runs`);
    }
  }
}

/** The effect of a record is there: from here on others can see it. */
export function takeEffect(scene: Scene, next: State, who: Who, run: Run): void {
  const { instance } = scene;
  const { record } = run;
  const name = scene.record(record);
  if (instance.store === 'inbox') {
    if (next.effects[record] === 'x') blame(next, 'I4', `${name} takes effect a second time`);
    if (instance.after === 'follow' && next.letters[record] === 'x') {
      blame(next, 'I6', `${name} takes effect though it is a dead letter`);
    }
  }
  // What a member does that was cut off, nobody can stop; at-least-once reports it.
  if (instance.store !== 'inbox' && !(run.ours && owns(next, who))) {
    next.effects = put(next.effects, record, 'x');
    return;
  }
  const undecided = instance.after === 'wait' && next.store.rows[record] !== 'y' && next.effects[record] === '.';
  if (undecided && next.letters[record] === 'x') blame(next, 'I6', `${name} takes effect though it is a dead letter`);
  if (next.discarded[record] === 'x') blame(next, 'I6', `${name} takes effect though it was discarded`);
  for (let after = record + 1; after < instance.keys.length; after++) {
    if (!scene.sameKey(record, after) || next.effects[after] === '.') continue;
    // One that was repeated and then discarded has no effect that counts.
    const isPassed = shareOf(next, who).slots[after] === 'P' && next.discarded[after] !== 'x';
    if (instance.store === 'inbox' || isPassed) {
      blame(next, 'I3', `the effect of ${name} comes after that of ${after}, which is not repeated`);
    }
  }
  next.effects = put(next.effects, record, 'x');
}
