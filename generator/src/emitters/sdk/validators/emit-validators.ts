import type { Schema } from '../../../schema/ast.ts';
import { ChangeFunctions } from './change-functions.ts';
import { CheckFunctions } from './check-functions.ts';
import { schemaEffects } from './schema-effects.ts';
import { type Declaration, ValidatorNames } from './validator-names.ts';

export interface EmittedValidators {
  /** Statements for the event's file. Every name that they declare begins with `$`. */
  readonly code: string;
  /** An expression for the event's `SchemaFunctions`, to be given to `$v.defineValidators`. */
  readonly functions: string;
}

/** What `code` and `functions` refer to: `import * as $v from …`. */
export const validationModule = '@tenet/runtime/validation';

/**
 * TypeScript that tests a value against a schema, drops what it does not declare and fills in its defaults, by the
 * definitions of docs/compatibility.md. `typeName` is the event's type; names of functions begin with it. The schema
 * is one that `schemaEffects` can answer for.
 */
export function emitValidators(schema: Schema, typeName: string): EmittedValidators {
  const names = new ValidatorNames(typeName);
  const checks = new CheckFunctions(names, schema.assertFormats);
  const check = checks.functionFor(schema.root);
  const placed = schemaEffects(schema);
  if (placed === undefined) throw new Error('A schema of too many places was not refused.');
  const { root, effects } = placed;
  const project = new ChangeFunctions('project', root, effects, names).emit();
  const fill = new ChangeFunctions('fill', root, effects, names).emit();
  const functions = `$v.schemaFunctions(${check}, ${project.root}, ${fill.root})`;
  const written = [...checks.code(), ...project.code, ...fill.code];
  return { code: needed(functions, [...names.constants, ...written]), functions };
}

/**
 * The declarations that an expression needs, in their order. A test can turn out to be superfluous after the functions
 * that it calls have been asked for, and the compiler complains of what nobody uses.
 */
function needed(expression: string, declarations: readonly Declaration[]): string {
  const texts = new Map(declarations.map(({ name, text }) => [name, text]));
  const found = new Set<string>();
  const queue = [expression];
  for (let text = queue.pop(); text !== undefined; text = queue.pop()) {
    for (const name of text.match(/\$\w+/g) ?? []) {
      const inner = texts.get(name);
      if (inner === undefined || found.has(name)) continue;
      found.add(name);
      queue.push(inner);
    }
  }
  return declarations
    .filter(({ name }) => found.has(name))
    .map(({ text }) => text)
    .join('\n\n');
}
