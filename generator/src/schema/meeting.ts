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
  return judge(old, next, value, meetingOf(relation)) === true;
}

/** Whether both judges see that the value breaks; undefined when the second one cannot cope with it. */
export function judge(old: Schema, next: Schema, value: Json, meeting: Meeting): boolean | undefined {
  if (!breaks(old, next, meeting, value)) return false;
  const sent = secondOpinion(old, value);
  const understood = secondOpinion(next, received(next, meeting.consumer, value));
  return sent === undefined || understood === undefined ? undefined : sent && !understood;
}

function received(next: Schema, consumer: Handling, value: Json): Json {
  return consumer === 'generated' ? seen(next, value) : value;
}
