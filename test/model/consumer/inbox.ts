/** The transaction of a handler under effectively-once: claim (with the start), handler, fence, commit. */
import { blame, put } from '../choices.ts';
import { everyone, nameOf, type Who } from '../members.ts';
import { fenced } from './group.ts';
import { endRun, setSlot, takeEffect } from './handling.ts';
import type { Scene } from './scene.ts';
import type { Run, State } from './state.ts';

export function inboxSteps(scene: Scene): void {
  if (scene.instance.store !== 'inbox') return;
  for (const who of everyone) {
    for (const run of scene.state.members[who].runs) {
      if (run.phase === 'runs') handlerSteps(scene, who, run);
      if (run.phase === 'fenced') commitSteps(scene, who, run);
      if (run.phase === 'unknown') unknownSteps(scene, who, run);
    }
  }
}

function handlerSteps(scene: Scene, who: Who, run: Run): void {
  const temper = scene.instance.tempers[run.record];
  const name = `${nameOf(who)}'s handler of ${scene.record(run.record)}`;
  const passes = scene.state.store.epoch === run.epoch || !scene.holds('fence-last');
  if (temper !== 'd' && passes) {
    scene.add(`${name} succeeds and passes the fence`, (next) => setPhase(next, who, run, 'fenced'));
  }
  if (temper !== 'd' && !passes) {
    scene.add(`${name} succeeds and is fenced`, (next) => {
      endRun(scene, next, who, run);
      if (run.ours) fenced(next, who, scene.instance.keys.length);
    });
  }
  if (temper !== 'g') {
    scene.add(`${name} fails for good and rolls back`, (next) => {
      const slot = endRun(scene, next, who, run);
      if (slot === 'r') setSlot(next, who, run.record, 'x');
      if (slot === 'q') setSlot(next, who, run.record, 'y');
    });
  }
}

function commitSteps(scene: Scene, who: Who, run: Run): void {
  const name = `${nameOf(who)}'s transaction of ${scene.record(run.record)}`;
  if (!scene.holds('one-transaction') && scene.state.effects[run.record] === '.') {
    scene.add(`${name} commits the effect, and not yet the claim`, (next) => takeEffect(scene, next, who, run));
    return;
  }
  scene.add(`${name} commits`, (next) => {
    write(scene, next, who, run);
    const slot = endRun(scene, next, who, run);
    if (slot === 'r') setSlot(next, who, run.record, 'P');
    if (slot === 'q') setSlot(next, who, run.record, scene.holds('deleted-with-effect') ? 'P' : 's');
  });
  scene.addFault('unanswered', `${name} commits, the answer is lost`, (next) => {
    write(scene, next, who, run);
    setPhase(next, who, run, 'unknown');
  });
  scene.addFault('unanswered', `${name} is rolled back, the answer is lost`, (next) => {
    setPhase(next, who, run, 'unknown');
  });
}

function write(scene: Scene, next: State, who: Who, run: Run): void {
  const { store } = next;
  if (run.epoch !== store.epoch && scene.holds('take-over-waits')) {
    blame(next, 'I2', `${scene.record(run.record)} takes effect under an epoch that is over`);
  }
  if (scene.holds('one-transaction')) takeEffect(scene, next, who, run);
  store.claims = put(store.claims, run.record, 'h');
  if (scene.holds('deleted-with-effect') && store.rows[run.record] !== 'x') {
    store.rows = put(store.rows, run.record, '.');
  }
}

function unknownSteps(scene: Scene, who: Who, run: Run): void {
  const isThere = scene.state.store.claims[run.record] === 'h' || !scene.holds('unknown-read-back');
  const name = `${nameOf(who)} ${scene.holds('unknown-read-back') ? 'reads the claim back' : 'relies on the commit'}`;
  scene.add(`${name} of ${scene.record(run.record)}`, (next) => {
    const slot = endRun(scene, next, who, run);
    if (slot === 'r') setSlot(next, who, run.record, isThere ? 'P' : 'w');
    if (slot === 'q') setSlot(next, who, run.record, !isThere ? 'W' : scene.holds('deleted-with-effect') ? 'P' : 's');
  });
}

function setPhase(next: State, who: Who, run: Run, phase: Run['phase']): void {
  const member = next.members[who];
  member.runs = member.runs.map((one) =>
    one.record === run.record && one.ours === run.ours ? { ...one, phase } : one,
  );
}
