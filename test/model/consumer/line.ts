/** The durable line: park, delete, and what an operator decides. Waiting rows start like other records. */
import { blame, put } from '../choices.ts';
import { everyone, nameOf, type Who } from '../members.ts';
import { isFenced } from './dead-letters.ts';
import { fenced } from './group.ts';
import { isHead, setSlot } from './handling.ts';
import type { Scene } from './scene.ts';
import type { Share, State } from './state.ts';

export function lineSteps(scene: Scene): void {
  if (scene.instance.store === 'none') return;
  for (const who of everyone) {
    const { share } = scene.state.members[who];
    if (share?.phase !== 'open') continue;
    for (let record = 0; record < scene.instance.keys.length; record++) {
      parkSteps(scene, who, share, record);
      deleteStep(scene, who, share, record);
      pollStep(scene, who, share, record);
    }
  }
  if (scene.instance.after === 'wait') {
    for (let record = 0; record < scene.instance.keys.length; record++) operatorSteps(scene, record);
  }
}

function parkSteps(scene: Scene, who: Who, share: Share, record: number): void {
  if (!scene.instance.parks) return;
  const name = scene.record(record);
  const slot = share.slots[record];
  if (slot === 'w' && !isHead(scene, share, record)) {
    const early = !scene.holds('row-before-passed');
    scene.add(`${nameOf(who)} ${early ? 'passes' : 'begins to park'} ${name}`, (next) =>
      setSlot(next, who, record, early ? 'W' : 'k'),
    );
  }
  const unwritten = slot === 'W' && scene.state.store.rows[record] === '.' && !scene.holds('row-before-passed');
  if (slot === 'k' || unwritten) {
    writeStep(scene, who, `${nameOf(who)} writes the row of ${name}`, (next) => {
      next.store.rows = put(next.store.rows, record, 'w');
      setSlot(next, who, record, 'W');
    });
  }
}

function deleteStep(scene: Scene, who: Who, share: Share, record: number): void {
  const slot = share.slots[record];
  const left = slot === 'P' && 'wy'.includes(scene.state.store.rows[record] ?? '');
  if (slot !== 's' && !(left && !scene.holds('deleted-before-successor'))) return;
  writeStep(scene, who, `${nameOf(who)} deletes the row of ${scene.record(record)}`, (next) => {
    if (next.store.rows[record] !== 'x') next.store.rows = put(next.store.rows, record, '.');
    setSlot(next, who, record, 'P');
  });
}

/** Every write happens under the fence. */
function writeStep(scene: Scene, who: Who, name: string, change: (next: State) => void): void {
  const ours = scene.state.store.epoch === scene.state.members[who].share?.epoch;
  if (ours || !isFenced(scene)) scene.add(name, change);
  else scene.add(`${name} and is fenced`, (next) => fenced(next, who, scene.instance.keys.length));
}

function pollStep(scene: Scene, who: Who, share: Share, record: number): void {
  if (share.slots[record] !== 'D' || !scene.holds('polled')) return;
  const row = scene.state.store.rows[record] ?? '';
  if (!'yx.'.includes(row)) return;
  scene.add(`${nameOf(who)} sees what was decided of ${scene.record(record)}`, (next) =>
    setSlot(next, who, record, row === 'y' ? 'R' : 'P'),
  );
}

function operatorSteps(scene: Scene, record: number): void {
  const row = scene.state.store.rows[record] ?? '';
  // A command that was given once may be repeated at any time.
  const repeated = scene.state.letters[record] === 'x' && 'yx'.includes(row);
  if (row === 'd' || (repeated && !scene.holds('replay-guarded'))) {
    scene.add(`an operator replays ${scene.record(record)}`, (next) => {
      judgeDecision(scene, next, record);
      next.store.rows = put(next.store.rows, record, 'y');
    });
  }
  if (row === 'd' || (repeated && !scene.holds('discard-guarded'))) {
    scene.add(`an operator discards ${scene.record(record)}`, (next) => {
      judgeDecision(scene, next, record);
      next.store.rows = put(next.store.rows, record, scene.holds('discard-remembered') ? 'x' : '.');
      next.discarded = put(next.discarded, record, 'x');
    });
  }
}

function judgeDecision(scene: Scene, next: State, record: number): void {
  if (next.letters[record] === '.') blame(next, 'I5', `${scene.record(record)} is decided, and has no evidence`);
}
