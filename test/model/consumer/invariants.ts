/** What must hold in every state. What only a step shows was blamed by the step. */
import { everyone } from '../members.ts';
import type { Violation } from '../search.ts';
import { type Instance, isSettled, type State } from './state.ts';

export function brokenBy(instance: Instance, state: State): Violation | undefined {
  if (state.blame !== undefined) {
    const [invariant, why] = state.blame;
    return { invariant, why };
  }
  const { held } = state.group;
  if (held === undefined) return undefined;
  for (let record = 0; record < instance.keys.length; record++) {
    if (record >= held.offset && held.completed[record] !== 'x') continue;
    if (isHeld(instance, state, record)) continue;
    return { invariant: 'I1', why: `${record} is committed as passed, and nobody has it` };
  }
  return undefined;
}

/** Passed in truth: settled, or in a row. */
function isHeld(instance: Instance, state: State, record: number): boolean {
  return isSettled(instance, state, record) || state.store.rows[record] !== '.';
}

/** Every record is settled, no row is left, and an owner has read to the end and has committed it. */
export function isAtRest(instance: Instance, state: State): boolean {
  const records = instance.keys.length;
  if (state.wire.length > 0 || /[wtdy]/.test(state.store.rows)) return false;
  for (let record = 0; record < records; record++) if (!isSettled(instance, state, record)) return false;
  if (state.members.some(({ runs }) => runs.length > 0)) return false;
  return everyone.some((who) => {
    const { share } = state.members[who];
    return share?.phase === 'open' && share.next === records && share.known.startsWith(`${records}/`);
  });
}
