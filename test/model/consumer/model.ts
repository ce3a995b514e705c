/** The consumer's protocols as a model that can be searched. */
import type { Model } from '../search.ts';
import { commitSteps } from './commit.ts';
import { deadLetterSteps } from './dead-letters.ts';
import { groupSteps } from './group.ts';
import { handlingSteps } from './handling.ts';
import { inboxSteps } from './inbox.ts';
import { brokenBy, isAtRest } from './invariants.ts';
import { lineSteps } from './line.ts';
import type { Rule } from './rules.ts';
import { Scene } from './scene.ts';
import { type Instance, initialState, type State } from './state.ts';
import { takeOverSteps } from './take-over.ts';

/** @param broken a rule that this model does not keep */
export function consumerModel(instance: Instance, broken?: Rule): Model<State> {
  return {
    initial: initialState(instance),
    steps(state) {
      const scene = new Scene(instance, state, broken);
      takeOverSteps(scene);
      handlingSteps(scene);
      inboxSteps(scene);
      deadLetterSteps(scene);
      lineSteps(scene);
      commitSteps(scene);
      groupSteps(scene);
      for (const { next } of scene.steps) dropHopeless(next, scene);
      return scene.steps;
    },
    broken: (state) => brokenBy(instance, state),
    atRest: (state) => isAtRest(instance, state),
  };
}

/** A request that nobody waits for, of a generation that is over, changes nothing any more. */
function dropHopeless(next: State, scene: Scene): void {
  const { generation } = next.group;
  if (scene.holds('one-attempt') && next.wire.some((one) => !one.awaited && one.commit.generation !== generation)) {
    next.wire = next.wire.filter((one) => one.awaited || one.commit.generation === generation);
  }
}
