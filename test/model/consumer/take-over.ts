/** Taking over: raise the epoch, read offset and metadata, read the lines, open. */

import { put } from '../choices.ts';
import { everyone, nameOf, type Who } from '../members.ts';
import { fenced } from './group.ts';
import { type Scene, shareOf } from './scene.ts';
import { owns, type Share, type State } from './state.ts';

export function takeOverSteps(scene: Scene): void {
  for (const who of everyone) {
    const { share } = scene.state.members[who];
    if (share === undefined || share.phase === 'open') continue;
    if (scene.instance.store === 'none') withoutStore(scene, who);
    else withStore(scene, who, share);
  }
}

function withoutStore(scene: Scene, who: Who): void {
  scene.add(`${nameOf(who)} reads the offset and opens`, (next) => {
    const share = shareOf(next, who);
    readOffset(next, share);
    open(scene, share);
  });
}

/** The order of the steps is the protocol; a broken rule moves one of them. */
function withStore(scene: Scene, who: Who, share: Share): void {
  const name = nameOf(who);
  const lineFirst = !scene.holds('epoch-before-lines');
  const offsetFirst = !scene.holds('offset-after-epoch');
  if (share.phase === 'assigned') {
    if (lineFirst && share.line === undefined) {
      scene.add(`${name} reads the lines`, (next) => {
        shareOf(next, who).line = next.store.rows;
      });
      return;
    }
    if (offsetFirst && share.known === '') {
      scene.add(`${name} reads the offset`, (next) => readOffset(next, shareOf(next, who)));
      return;
    }
    raiseStep(scene, who, share, offsetFirst ? 'read' : 'raised');
  }
  if (share.phase === 'raised') {
    scene.add(`${name} reads the offset`, (next) => {
      readOffset(next, shareOf(next, who));
      shareOf(next, who).phase = 'read';
    });
  }
  if (share.phase === 'read') {
    const stale = scene.state.store.epoch !== share.epoch;
    if (stale && scene.holds('lines-under-epoch')) {
      scene.add(`${name} is fenced when it reads the lines`, (next) => fenced(next, who, scene.instance.keys.length));
      return;
    }
    scene.add(`${name} ${lineFirst ? '' : 'reads the lines and '}opens`, (next) => {
      const opening = shareOf(next, who);
      opening.line ??= next.store.rows;
      open(scene, opening);
    });
  }
}

function raiseStep(scene: Scene, who: Who, share: Share, then: Share['phase']): void {
  const { store, members } = scene.state;
  if (store.generation > share.generation && scene.holds('generation-in-row')) return;
  const equal = store.generation === share.generation && store.epoch > 0;
  // A heartbeat after the epoch was read; it is raised only if it is still that one.
  if (equal && !owns(scene.state, who) && scene.holds('equal-generation-asks')) return;
  // The exclusive lock waits for the shared ones.
  const passing = members.some(({ runs }) => runs.some(({ phase }) => phase === 'fenced'));
  if (passing && scene.holds('take-over-waits')) return;
  scene.add(`${nameOf(who)} raises the epoch to ${store.epoch + 1}`, (next) => {
    next.store.epoch += 1;
    next.store.generation = share.generation;
    const raised = shareOf(next, who);
    raised.epoch = next.store.epoch;
    raised.phase = then;
  });
}

function readOffset(next: State, share: Share): void {
  const { held } = next.group;
  share.start = held?.offset ?? 0;
  if (held !== undefined) share.completed = held.completed;
  share.known = `${share.start}/${share.completed}`;
}

function open(scene: Scene, share: Share): void {
  const records = scene.instance.keys.length;
  share.phase = 'open';
  // Without rows nothing depends on when a record is fetched.
  share.next = scene.hasRows ? share.start : records;
  for (let record = 0; record < records; record++) {
    const passed = record < share.start || share.completed[record] === 'x';
    const slot = slotOf(share.line?.[record] ?? '.', passed);
    share.slots = put(share.slots, record, slot === '.' && !scene.hasRows ? 'w' : slot);
  }
  // They are in the slots from here on.
  share.start = 0;
  share.completed = '.'.repeat(records);
  share.line = undefined;
}

function slotOf(row: string, passed: boolean): string {
  if (row === 'w') return 'W';
  if (row === 'y') return 'R';
  if (row === 'd') return 'D';
  if (row === 't') return passed ? 'z' : 'E';
  return passed || row === 'x' ? 'P' : '.';
}
