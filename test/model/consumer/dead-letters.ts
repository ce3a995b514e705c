/** What becomes of a record that failed for good: marked in the store, evidence in the topic, and only then passed. */
import { blame, put } from '../choices.ts';
import { everyone, nameOf, type Who } from '../members.ts';
import { fenced } from './group.ts';
import { setSlot } from './handling.ts';
import type { Scene } from './scene.ts';
import type { State } from './state.ts';

export function deadLetterSteps(scene: Scene): void {
  for (const who of everyone) {
    const { share } = scene.state.members[who];
    if (share?.phase !== 'open') continue;
    for (let record = 0; record < scene.instance.keys.length; record++) {
      const slot = share.slots[record] ?? '';
      if (slot === 'x' || slot === 'y') markStep(scene, who, record, slot === 'y');
      if (slot === 'm' || slot === 'z') evidenceStep(scene, who, record, slot);
      if (slot === 'M' || slot === 'Z') noteStep(scene, who, record);
    }
  }
}

/** The record is dead to its owner; what is written first is the protocol. */
function markStep(scene: Scene, who: Who, record: number, fromRow: boolean): void {
  const { instance } = scene;
  const name = `${nameOf(who)} marks ${scene.record(record)} dead`;
  const passed = instance.after === 'wait' ? 'D' : 'P';
  if (instance.store === 'none') {
    const acknowledged = scene.holds('acknowledged-before-passed');
    const words = acknowledged ? 'is acknowledged to' : 'is sent, not acknowledged, by';
    scene.add(`the dead letter of ${scene.record(record)} ${words} ${nameOf(who)}`, (next) => {
      if (acknowledged) writeEvidence(scene, next, record);
      setSlot(next, who, record, passed);
    });
    return;
  }
  const evidenceFirst = !scene.holds(instance.after === 'wait' ? 'row-before-evidence' : 'dead-before-evidence');
  if (evidenceFirst && scene.state.letters[record] === '.') {
    scene.add(`the dead letter of ${scene.record(record)} is acknowledged to ${nameOf(who)}`, (next) =>
      writeEvidence(scene, next, record),
    );
    return;
  }
  if (held(scene.state, who, record)) return;
  if (scene.state.store.epoch !== scene.state.members[who].share?.epoch && isFenced(scene)) {
    scene.add(`${name} and is fenced`, (next) => fenced(next, who, instance.keys.length));
    return;
  }
  if (instance.store === 'inbox' && scene.state.store.claims[record] === 'h') {
    scene.add(`${name} and finds it handled`, (next) => setSlot(next, who, record, fromRow ? 's' : 'P'));
    return;
  }
  const early = evidenceFirst || !scene.holds('evidence-before-dead');
  scene.add(name, (next) => {
    if (instance.after === 'wait') next.store.rows = put(next.store.rows, record, early ? 'd' : 't');
    else next.store.claims = put(next.store.claims, record, 'd');
    setSlot(next, who, record, early ? passed : fromRow ? 'z' : 'm');
  });
}

function evidenceStep(scene: Scene, who: Who, record: number, slot: string): void {
  const wait = scene.instance.after === 'wait';
  scene.add(`the dead letter of ${scene.record(record)} is acknowledged to ${nameOf(who)}`, (next) => {
    writeEvidence(scene, next, record);
    setSlot(next, who, record, wait ? slot.toUpperCase() : 'P');
  });
}

/** Only from here on can it be decided. */
function noteStep(scene: Scene, who: Who, record: number): void {
  const name = `${nameOf(who)} notes the evidence of ${scene.record(record)}`;
  if (scene.state.store.epoch !== scene.state.members[who].share?.epoch && isFenced(scene)) {
    scene.add(`${name} and is fenced`, (next) => fenced(next, who, scene.instance.keys.length));
    return;
  }
  scene.add(name, (next) => {
    if (next.store.rows[record] === 't') next.store.rows = put(next.store.rows, record, 'd');
    setSlot(next, who, record, 'D');
  });
}

/** Without the wait of a take-over, what has passed the fence is written after it. */
export function isFenced(scene: Scene): boolean {
  return scene.holds('line-fenced') && scene.holds('take-over-waits');
}

/** Another transaction holds the claim. */
function held({ members }: State, who: Who, record: number): boolean {
  return members.some(
    ({ runs }, one) => one !== who && runs.some((run) => run.record === record && run.phase !== 'unknown'),
  );
}

function writeEvidence(scene: Scene, next: State, record: number): void {
  // Evidence may repeat; the first one must not follow an effect.
  if (scene.instance.store === 'inbox' && next.letters[record] === '.' && next.effects[record] === 'x') {
    blame(next, 'I6', `${scene.record(record)} becomes a dead letter though it took effect`);
  }
  next.letters = put(next.letters, record, 'x');
}
