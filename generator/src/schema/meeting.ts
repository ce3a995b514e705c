import type { Json, Schema } from './ast.ts';
import { emits, seen } from './events-relation.ts';
import { secondOpinion } from './judge.ts';
import { isValid } from './validate.ts';
import type { Handling, Meeting, Relation } from './verdict.ts';

/** The two relations that have a name. */
const named: Readonly<Record<Relation, Meeting>> = {
  inclusion: { producer: 'hand-written', consumer: 'hand-written' },
  events: { producer: 'generated', consumer: 'generated' },
};

export function meetingOf(relation: Relation | Meeting): Meeting {
  return typeof relation === 'string' ? named[relation] : relation;
}

/** A producer of `old` may send the value and a consumer of `next` rejects it, by our own validator. */
export function breaks(old: Schema, next: Schema, { producer, consumer }: Meeting, value: Json): boolean {
  const sent = producer === 'generated' ? emits(old, value) : isValid(old.root, value, old);
  return sent && !isValid(next.root, received(next, consumer, value), next);
}

/** `breaks`, and the second judge says so too. */
export function confirm(old: Schema, next: Schema, value: Json, relation: Relation | Meeting): boolean {
  const meeting = meetingOf(relation);
  return (
    breaks(old, next, meeting, value) &&
    secondOpinion(old, value) === true &&
    secondOpinion(next, received(next, meeting.consumer, value)) === false
  );
}

function received(next: Schema, consumer: Handling, value: Json): Json {
  return consumer === 'generated' ? seen(next, value) : value;
}
