import type { Contract } from '../../model/contract.ts';
import { printDuration } from '../quantities.ts';
import { lengthOfWindow, windowOf } from '../window.ts';
import type { Direction } from './catalogue.ts';
import type { Rejection } from './find-cause.ts';

/** The way out of a rejection; without one, of a difference for which no single keyword can be blamed. */
export function hintFor(rejection: Rejection | undefined, direction: Direction, after: Contract): string {
  if (rejection?.cause === 'required' && direction === 'forward')
    return `keep it required until no service needs it any more: ${after.rollout.text} after the change of the last consumer (\`rollout\`)`;
  if (rejection?.cause === 'values' && direction === 'forward')
    return `publish a version in which consumers know the value, and use it after ${after.rollout.text} (\`rollout\`)`;
  const gone = goneAfter(after);
  if (rejection?.cause === 'required') {
    return gone === undefined
      ? 'give it a default: old events are kept for ever, so that it can be required in a new major only'
      : `give it a default, or make it required ${inThreeSteps(gone)}`;
  }
  return gone === undefined
    ? 'keep the old form and add a new field beside it; old events are kept for ever, so that consumers go on reading both'
    : `keep the old form and add a new field beside it; ${inThreeSteps(gone)}`;
}

function inThreeSteps(gone: string): string {
  return `in three steps: consumers read both forms, producers switch, the old form goes when its last events are gone (${gone})`;
}

/** How long events of a version can be met; undefined: for ever. */
function goneAfter(contract: Contract): string | undefined {
  const length = lengthOfWindow(windowOf(contract));
  return Number.isFinite(length) ? printDuration(length) : undefined;
}

/** The same where the rejected member is one that nobody declared. */
export function undeclaredHint(direction: Direction, contract: Contract): string {
  const why = 'hand-written producers may send anything under a name that the schema does not declare';
  if (direction === 'forward') return `${why}: close it with \`additionalProperties: false\` where the field goes`;
  const gone = goneAfter(contract);
  return gone === undefined
    ? `${why}, and what they sent is kept for ever: declare the field in a new major`
    : `${why}: close it with \`additionalProperties: false\`, and declare the field when the last older events are gone (${gone})`;
}
