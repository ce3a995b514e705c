import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Json } from '../../../generator/src/schema/ast.ts';
import { accepts, emits } from '../../../generator/src/schema/events-relation.ts';
import { fill } from '../../../generator/src/schema/fill.ts';
import { parseSchema } from '../../../generator/src/schema/parse.ts';
import { locate } from '../../../generator/src/schema/places.ts';
import { project } from '../../../generator/src/schema/project.ts';
import { instances, schemas } from './random-schemas.ts';

/** Ways to write the same schema; what is emitted and accepted does not depend on them. */
const ways: [name: string, rewrite: (schema: Json) => Json][] = [
  ['a conjunction of one', (schema) => ({ allOf: [schema] })],
  ['an alternative of one', (schema) => ({ anyOf: [schema] })],
  ['exactly one of one', (schema) => ({ oneOf: [schema] })],
  ['a reference', (schema) => ({ $defs: { it: schema }, $ref: '#/$defs/it' })],
  ['beside a type that says nothing more', (schema) => ({ allOf: [{ title: 'x' }, schema] })],
  ['the other order of keys', reversed],
];

function reversed(value: Json): Json {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .map(([name, member]): [string, Json] => [name, reversed(member)])
      .reverse(),
  );
}

function parsed(raw: Json) {
  const [schema, problems] = parseSchema(raw, { dialect: '2020-12' });
  if (schema === undefined) throw new Error(JSON.stringify(problems));
  return schema;
}

test.each(ways)('%s', (_, rewrite) => {
  fc.assert(
    fc.property(
      schemas({ everything: false }),
      fc.array(instances, { minLength: 30, maxLength: 30 }),
      (raw, values) => {
        const [plain, other] = [parsed(raw), parsed(rewrite(raw))];
        for (const value of values) {
          expect(project(locate(other.root), value)).toEqual(project(locate(plain.root), value));
          expect(fill(locate(other.root), value)).toEqual(fill(locate(plain.root), value));
          expect(emits(other, value)).toBe(emits(plain, value));
          expect(accepts(other, value)).toBe(accepts(plain, value));
        }
      },
    ),
    { numRuns: 60 },
  );
});
