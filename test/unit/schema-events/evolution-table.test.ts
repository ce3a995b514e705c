import { expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../generator/src/schema/ast.ts';
import { compare } from '../../../generator/src/schema/compare.ts';
import { accepts, emits } from '../../../generator/src/schema/events-relation.ts';
import { parseSchema } from '../../../generator/src/schema/parse.ts';

/**
 * The table of docs/compatibility.md. A change reads `old → new`; backward is emits(old) ⊆ accepts(new), forward is
 * emits(new) ⊆ accepts(old).
 */
const text: Json = { type: 'string' };
const whole: Json = { type: 'integer' };

function object(properties: JsonObject, more: JsonObject = {}): JsonObject {
  return { type: 'object', properties, ...more };
}

const a = { a: text };
const closed = { additionalProperties: false };
const card = object({ kind: { const: 'card' }, last4: text }, { required: ['kind', 'last4'] });
const invoice = object({ kind: { const: 'invoice' }, days: whole }, { required: ['kind', 'days'] });
const cash = object({ kind: { const: 'cash' } }, { required: ['kind'] });
const byIban = object({ iban: text }, { required: ['iban'], ...closed });
const byMail = object({ mail: text }, { required: ['mail'], ...closed });

/** Something that gains a required member with a default, at a place inside. */
const thing = object(a, { required: ['a'] });
const grown = object({ ...a, b: { ...whole, default: 1 } }, { required: ['a', 'b'] });

type Answer = 'yes' | 'no';
const table: [change: string, old: Json, next: Json, backward: Answer, forward: Answer][] = [
  ['add optional, open', object(a), object({ ...a, b: whole }), 'yes', 'yes'],
  ['add optional, closed', object(a, closed), object({ ...a, b: whole }, closed), 'yes', 'yes'],
  ['add optional with default, open', object(a), object({ ...a, b: { ...whole, default: 1 } }), 'yes', 'yes'],
  [
    'add optional with default, closed',
    object(a, closed),
    object({ ...a, b: { ...whole, default: 1 } }, closed),
    'yes',
    'yes',
  ],
  ['add required', object(a), object({ ...a, b: whole }, { required: ['b'] }), 'no', 'yes'],
  [
    'add required with default',
    object(a),
    object({ ...a, b: { ...whole, default: 1 } }, { required: ['b'] }),
    'yes',
    'yes',
  ],
  ['remove optional', object({ ...a, b: whole }), object(a), 'yes', 'yes'],
  [
    'remove required with default',
    object({ ...a, b: { ...whole, default: 1 } }, { required: ['b'] }),
    object(a),
    'yes',
    'yes',
  ],
  ['remove required', object({ ...a, b: whole }, { required: ['b'] }), object(a), 'yes', 'no'],
  [
    'rename, required',
    object({ b: whole }, { required: ['b'] }),
    object({ c: whole }, { required: ['c'] }),
    'no',
    'no',
  ],
  [
    'rename, both defaulted',
    object({ b: { ...whole, default: 1 } }, { required: ['b'] }),
    object({ c: { ...whole, default: 1 } }, { required: ['c'] }),
    'yes',
    'yes',
  ],
  ['optional to required', object({ b: whole }), object({ b: whole }, { required: ['b'] }), 'no', 'yes'],
  ['required to optional', object({ b: whole }, { required: ['b'] }), object({ b: whole }), 'yes', 'no'],
  [
    'optional with default to required',
    object({ b: { ...whole, default: 1 } }),
    object({ b: { ...whole, default: 1 } }, { required: ['b'] }),
    'yes',
    'yes',
  ],
  ['default added to an old optional', object({ b: whole }), object({ b: { ...whole, default: 1 } }), 'yes', 'yes'],
  [
    'default changed, stays optional',
    object({ b: { ...whole, default: 1 } }),
    object({ b: { ...whole, default: 2 } }),
    'yes',
    'yes',
  ],
  ['default removed, stays optional', object({ b: { ...whole, default: 1 } }), object({ b: whole }), 'yes', 'yes'],
  ['integer to number', object({ b: whole }), object({ b: { type: 'number' } }), 'yes', 'no'],
  ['integer to string', object({ b: whole }), object({ b: text }), 'no', 'no'],
  ['make nullable', object({ b: whole }), object({ b: { type: ['integer', 'null'] } }), 'yes', 'no'],
  [
    'nullable to non-null with default',
    object({ b: { type: ['integer', 'null'] } }),
    object({ b: { ...whole, default: 1 } }),
    'no',
    'yes',
  ],
  ['enum wider', object({ b: { enum: ['x', 'y'] } }), object({ b: { enum: ['x', 'y', 'z'] } }), 'yes', 'no'],
  ['enum narrower', object({ b: { enum: ['x', 'y', 'z'] } }), object({ b: { enum: ['x', 'y'] } }), 'no', 'yes'],
  ['tagged union wider', { oneOf: [card, invoice] }, { oneOf: [card, invoice, cash] }, 'yes', 'no'],
  ['tagged union narrower', { oneOf: [card, invoice, cash] }, { oneOf: [card, invoice] }, 'no', 'yes'],
  ['enum to string', object({ b: { enum: ['x', 'y'] } }), object({ b: text }), 'yes', 'no'],
  [
    'maxLength relaxed',
    object({ b: { ...text, maxLength: 5 } }),
    object({ b: { ...text, maxLength: 9 } }),
    'yes',
    'no',
  ],
  ['minimum added', object({ b: whole }), object({ b: { ...whole, minimum: 1 } }), 'no', 'yes'],
  ['add additionalProperties: false', object(a), object(a, closed), 'yes', 'yes'],
  ['drop additionalProperties: false', object(a, closed), object(a), 'yes', 'yes'],
  ['additionalProperties: false to true', object(a, closed), object(a, { additionalProperties: true }), 'yes', 'yes'],
  ['open map to absent', object(a, { additionalProperties: whole }), object(a), 'yes', 'yes'],
  ['open map to closed', object(a, { additionalProperties: whole }), object(a, closed), 'yes', 'yes'],
  [
    'name taken out of a map, same type',
    object({}, { additionalProperties: whole }),
    object({ b: whole }, { additionalProperties: whole }),
    'yes',
    'yes',
  ],
  ['free object to typed', object({ b: { type: 'object' } }), object({ b: object({ c: whole }) }), 'no', 'yes'],
  ['nested: required with default added', object({ b: thing }), object({ b: grown }), 'yes', 'yes'],
  [
    'map value: required with default added',
    object({}, { additionalProperties: thing }),
    object({}, { additionalProperties: grown }),
    'yes',
    'yes',
  ],
  [
    'array item: required with default added',
    object({ b: { type: 'array', items: thing } }),
    object({ b: { type: 'array', items: grown } }),
    'yes',
    'yes',
  ],
  [
    'tuple item: required with default added',
    object({ b: { type: 'array', prefixItems: [thing] } }),
    object({ b: { type: 'array', prefixItems: [grown] } }),
    'yes',
    'yes',
  ],
  [
    'nullable object: required with default added',
    object({ b: { anyOf: [{ type: 'null' }, thing] } }),
    object({ b: { anyOf: [{ type: 'null' }, grown] } }),
    'yes',
    'yes',
  ],
  [
    'tagged branch: required with default added',
    { oneOf: [card, invoice] },
    {
      oneOf: [
        card,
        object(
          { kind: { const: 'invoice' }, days: whole, note: { ...text, default: '' } },
          { required: ['kind', 'days', 'note'] },
        ),
      ],
    },
    'yes',
    'yes',
  ],
  [
    'closed untagged branch removed, the other one requires',
    { anyOf: [byIban, byMail] },
    { anyOf: [byIban] },
    'no',
    'yes',
  ],
  [
    'closed untagged branch removed, its members optional',
    { anyOf: [object({ iban: text }, closed), object({ mail: text }, closed)] },
    object({ iban: text }, closed),
    'yes',
    'yes',
  ],
  [
    'tuple slot appended under items: false',
    object({ b: { type: 'array', prefixItems: [whole], items: false } }),
    object({ b: { type: 'array', prefixItems: [whole, whole], items: false } }),
    'yes',
    'no',
  ],
  ['value to array', object({ b: whole }), object({ b: { type: 'array', items: whole } }), 'no', 'no'],
];

function judge(old: Json, next: Json): Answer {
  const [before, after] = [old, next].map((raw) => {
    const [schema, problems] = parseSchema(raw, { dialect: '2020-12' });
    if (schema === undefined) throw new Error(JSON.stringify(problems));
    return schema;
  });
  if (before === undefined || after === undefined) throw new Error('no schema');
  const verdict = compare(before, after, { relation: 'events', budgetMs: 5_000 });
  if (verdict.verdict === 'unknown') throw new Error(verdict.reason);
  if (verdict.verdict === 'compatible') return 'yes';
  expect(emits(before, verdict.witness)).toBe(true);
  expect(accepts(after, verdict.witness)).toBe(false);
  return 'no';
}

test.each(table)('%s', (_, old, next, backward, forward) => {
  expect({ backward: judge(old, next), forward: judge(next, old) }).toEqual({ backward, forward });
});
