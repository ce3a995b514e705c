import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fill } from '../../../../generator/src/schema/fill.ts';
import { locate } from '../../../../generator/src/schema/places.ts';
import { project } from '../../../../generator/src/schema/project.ts';
import { isValid } from '../../../../generator/src/schema/validate.ts';
import { instances, schemas } from '../../schema-events/random-schemas.ts';
import { compiled, parsed } from './compiled.ts';

const many = fc.array(instances, { minLength: 30, maxLength: 30 });

/** Undefined where Ajv breaks down, as it does with some nested `unevaluatedProperties`. */
function answerOf(judge: () => unknown): boolean | undefined {
  try {
    return judge() === true;
  } catch {
    return undefined;
  }
}

test('check agrees with Ajv', { timeout: 120_000 }, () => {
  let valid = 0;
  let judged = 0;
  fc.assert(
    fc.property(schemas({ everything: true }), many, (raw, values) => {
      // To Ajv every item is evaluated as soon as `contains` stands there.
      const text = JSON.stringify(raw);
      fc.pre(!text.includes('"contains"') || !text.includes('"unevaluatedItems"'));
      const schema = parsed(raw);
      const { check } = compiled(schema);
      const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
      const validate = ajv.compile(raw as object | boolean);
      for (const value of values) {
        const found = check(value, 20);
        const verdict = answerOf(() => validate(value));
        if (verdict === undefined) continue;
        judged++;
        if (found.length === 0) valid++;
        expect(found.length === 0, JSON.stringify(value)).toBe(verdict);
      }
    }),
    // Always the same ones: what is found here should be ours, not the next oddity of Ajv.
    { numRuns: 200, seed: 20 },
  );
  expect(valid).toBeGreaterThan(judged / 10);
});

test('project, fill and check do what the interpreters do', { timeout: 120_000 }, () => {
  fc.assert(
    fc.property(schemas({ everything: true }), many, (raw, values) => {
      const schema = parsed(raw);
      const functions = compiled(schema);
      const root = locate(schema.root);
      for (const value of values) {
        const before = structuredClone(value);
        const projected = project(root, value);
        const filled = fill(root, value);
        expect(functions.project(value)).toEqual(projected);
        expect(functions.fill(value)).toEqual(filled);
        expect(functions.project(value) === value).toBe(projected === value);
        expect(functions.fill(value) === value).toBe(filled === value);
        expect(functions.undeclared(value).length === 0).toBe(projected === value);
        expect(functions.check(value, 1).length === 0).toBe(isValid(schema.root, value, schema));
        expect(value).toEqual(before);
      }
    }),
    { numRuns: 200 },
  );
});
