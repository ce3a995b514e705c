import { isDeepStrictEqual } from 'node:util';
import { fill } from '../../generator/src/schema/fill.ts';
import { isValid, type Json, type Schema } from '../../generator/src/schema/index.ts';
import { locate } from '../../generator/src/schema/places.ts';
import { project } from '../../generator/src/schema/project.ts';
import { compiled } from '../unit/emitters/validators/compiled.ts';
import type { Judged } from './judged.ts';
import type { Court } from './judges/judge.ts';

/** Where one of ours says of a value what it should not. */
export interface Disagreement {
  readonly member: Judged;
  readonly value: Json;
  readonly detail: string;
}

export const interpreter = 'the validator of the engine';

/** The engine's own validator against both judges. */
export function checkInterpreter(judged: readonly Judged[], values: readonly Json[]): Disagreement[] {
  return judged.flatMap((member) => {
    const { schema, court } = member;
    const value = court && values.find((each) => disagrees(schema, court, each));
    return value === undefined ? [] : [{ member, value, detail: interpreter }];
  });
}

export function disagrees(schema: Schema, court: Court, value: Json): boolean {
  return court.ask(value) === (isValid(schema.root, value, schema) ? 'invalid' : 'valid');
}

/** The generated functions against the judges, where those agree, and against the definitions of project and fill. */
export function checkGenerated(member: Judged, values: readonly Json[]): Disagreement[] {
  const { schema, court } = member;
  const generated = compiled(schema);
  const root = locate(schema.root);
  for (const value of values) {
    const projected = project(root, value);
    // A consumer fills in what is left of a value, and a producer is refused what would not be left.
    const filled = fill(root, projected);
    const problems = {
      check: court?.ask(value) === (generated.check(value, 1).length === 0 ? 'invalid' : 'valid'),
      project: !isSame(generated.project(value), projected, value),
      fill: !isSame(generated.fill(projected), filled, projected),
      undeclared: (generated.undeclared(value).length === 0) !== (projected === value),
    };
    const wrong = Object.entries(problems).find(([, isWrong]) => isWrong)?.[0];
    if (wrong !== undefined) return [{ member, value, detail: `the generated \`${wrong}\`` }];
  }
  return [];
}

/** The same value, and the very one that was given where nothing changed. */
function isSame(generated: unknown, defined: Json, given: Json): boolean {
  return isDeepStrictEqual(generated, defined) && (generated === given) === (defined === given);
}
