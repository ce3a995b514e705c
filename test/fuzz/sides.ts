import { seen } from '../../generator/src/schema/events-relation.ts';
import { fill } from '../../generator/src/schema/fill.ts';
import type { Json, Relation, Schema } from '../../generator/src/schema/index.ts';
import { locate } from '../../generator/src/schema/places.ts';
import { project } from '../../generator/src/schema/project.ts';
import type { Answer, Court } from './judges/judge.ts';

/**
 * The two sides of a relation as the judges see them: may the old side send the value, does the new side take it? What is
 * valid is the judges' word alone; what a generated service drops and fills in is the definition's.
 */
export function sends(relation: Relation, schema: Schema, court: Court, value: Json): Answer {
  if (relation === 'inclusion') return court.ask(value);
  const root = locate(schema.root);
  return project(root, value) === value && fill(root, value) === value ? court.ask(value) : 'invalid';
}

export function takes(relation: Relation, schema: Schema, court: Court, value: Json): Answer {
  return court.ask(relation === 'inclusion' ? value : seen(schema, value));
}
