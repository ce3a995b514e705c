import type { Schema, SchemaPlace } from './ast.ts';
import { isMembers, type Place, placesFrom, TooManyPlaces } from './effects.ts';
import { filledDefault, fillsForever } from './fill.ts';
import type { MemberDefault, Members } from './location.ts';
import { locate } from './places.ts';
import { project } from './project.ts';
import { isValid } from './validate.ts';

/**
 * Defaults that cannot be meant. `fill` has an answer to each of them, so that it always has one; but a producer who
 * leaves such a member out gets an event that he did not mean, or none at all.
 */
export interface DefaultProblem {
  readonly kind: 'ambiguous' | 'endless' | 'invalid' | 'undeclared';
  /** The subschema that holds the default. */
  readonly at: SchemaPlace;
  /** The member that it is for. */
  readonly member: string;
  /** `is not valid once it is filled in`, to be put behind the default. */
  readonly message: string;
  /** Where the other of two defaults stands. */
  readonly other?: SchemaPlace;
}

/** In the order in which the schema is walked; one of each kind for each default. Of too many places, nothing is said. */
export function defaultProblems(schema: Schema): readonly DefaultProblem[] {
  const problems = new Map<string, DefaultProblem>();
  for (const place of everyPlace(schema)) {
    if (!isMembers(place)) continue;
    for (const [member, found] of place.defaults) {
      for (const problem of problemsOf(schema, place, member, found)) {
        problems.set(JSON.stringify([problem.kind, problem.at, problem.other]), problem);
      }
    }
  }
  return [...problems.values()];
}

function everyPlace(schema: Schema): Iterable<Place> {
  try {
    return placesFrom(locate(schema.root));
  } catch (error) {
    if (error instanceof TooManyPlaces) return [];
    throw error;
  }
}

function* problemsOf(schema: Schema, place: Members, member: string, found: MemberDefault): Iterable<DefaultProblem> {
  const { at } = found;
  if (found.rival !== undefined) {
    const message = `has a rival, ${JSON.stringify(found.rival.value)}, with the same right to be taken`;
    yield { kind: 'ambiguous', at, member, message, other: found.rival.at };
  }
  if (fillsForever(place, member, found)) {
    yield { kind: 'endless', at, member, message: 'is filled with itself without end' };
    return;
  }
  const filled = filledDefault(place, member, found);
  const inside = place.member(member);
  if (!inside.standing.must.every((node) => isValid(node, filled, schema))) {
    const words = filled === found.value ? 'is not valid' : 'is not valid once it is filled in';
    yield { kind: 'invalid', at, member, message: words };
  }
  if (project(inside, filled) !== filled) {
    yield { kind: 'undeclared', at, member, message: 'holds members that the schema does not declare' };
  }
}
