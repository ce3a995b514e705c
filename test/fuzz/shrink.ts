import type { Dialect, Json } from '../../generator/src/schema/index.ts';
import { isList, isObject, memberOf, type Path, placesOf, replaceAt, without } from './schemas/places.ts';

/** What is made smaller: schemas that are changed together where they are alike, and a value. */
export interface Case {
  readonly schemas: readonly Json[];
  readonly value: Json | undefined;
}

/** The smallest case found, one step at a time, of which `persists` still holds; it is asked `checks` times at most. */
export async function shrink(
  start: Case,
  dialect: Dialect,
  persists: (smaller: Case) => Promise<boolean>,
  checks = 1_500,
): Promise<Case> {
  let smallest = start;
  let left = checks;
  for (let found = true; found; ) {
    found = false;
    for (const smaller of smallerCases(smallest, dialect)) {
      if (left-- <= 0) return smallest;
      if (!(await persists(smaller))) continue;
      smallest = smaller;
      found = true;
      break;
    }
  }
  return smallest;
}

function* smallerCases({ schemas, value }: Case, dialect: Dialect): Generator<Case> {
  // The same step in all schemas first: what they have in common is seldom the reason.
  for (const step of schemas.flatMap((schema) => stepsOf(schema, dialect))) {
    const changed = schemas.map((schema) => step(schema) ?? schema);
    if (changed.some((schema, index) => schema !== schemas[index])) yield { schemas: changed, value };
  }
  if (schemas.length > 1) {
    for (const [index, schema] of schemas.entries()) {
      for (const step of stepsOf(schema, dialect)) {
        const changed = step(schema);
        if (changed !== undefined) yield { schemas: schemas.with(index, changed), value };
      }
    }
  }
  if (value === undefined) return;
  for (const smaller of smallerValues(value)) yield { schemas, value: smaller };
}

/** Makes a schema smaller at one place; undefined where it has no such place. */
type Step = (schema: Json) => Json | undefined;

function stepsOf(schema: Json, dialect: Dialect): Step[] {
  return placesOf(schema, dialect).flatMap(({ path, schema: inner }): Step[] => {
    if (!isObject(inner)) return [];
    const steps: Step[] =
      path.length === 0 ? [] : [(whole) => replaced(whole, path, {}), (whole) => whole && at(whole, path)];
    for (const [name, value] of Object.entries(inner)) {
      steps.push((whole) => replaced(whole, path, (there) => (isObject(there) ? without(there, name) : undefined)));
      const below = [...path, name];
      if (isList(value) && value.length > 1) {
        for (const index of value.keys()) {
          steps.push((whole) =>
            replaced(whole, below, (there) => (isList(there) ? there.toSpliced(index, 1) : undefined)),
          );
        }
      } else if (isObject(value)) {
        for (const key of Object.keys(value)) {
          steps.push((whole) => replaced(whole, below, (there) => (isObject(there) ? without(there, key) : undefined)));
        }
      }
    }
    return steps;
  });
}

function at(value: Json, path: Path): Json | undefined {
  let found: Json | undefined = value;
  for (const step of path) {
    found = isList(found) ? found[Number(step)] : memberOf(found, String(step));
  }
  return found;
}

function replaced(whole: Json, path: Path, by: Json | ((there: Json) => Json | undefined)): Json | undefined {
  const there = at(whole, path);
  if (there === undefined) return undefined;
  const replacement = typeof by === 'function' ? by(there) : by;
  if (replacement === undefined || JSON.stringify(replacement) === JSON.stringify(there)) return undefined;
  return replaceAt(whole, path, replacement);
}

function* smallerValues(value: Json): Generator<Json> {
  if (isList(value)) {
    for (const [index, item] of value.entries()) {
      yield value.toSpliced(index, 1);
      for (const smaller of smallerValues(item)) yield value.with(index, smaller);
    }
  } else if (isObject(value)) {
    for (const [name, member] of Object.entries(value)) {
      yield without(value, name);
      for (const smaller of smallerValues(member)) yield { ...value, [name]: smaller };
    }
  } else if (value !== 0 && value !== null) {
    yield 0;
  }
}
