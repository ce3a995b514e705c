import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  commentText,
  literal,
  literalType,
  propertyName,
  quoted,
} from '../../../../generator/src/emitters/sdk/js-text.ts';

const evaluate = (expression: string): unknown => new Function(`'use strict'; return (${expression});`)();
/** Values that break whoever pastes them. */
const nasty = fc.constantFrom(
  "'",
  '"',
  '`',
  '\\',
  '$\u007bx}',
  '*/',
  '//',
  '\n',
  '\r',
  '\u2028',
  '\u2029',
  '\0',
  '</script>',
  '\ud800',
  'é',
  '__proto__',
);
const text = fc.array(fc.oneof(nasty, fc.string({ maxLength: 4 })), { maxLength: 6 }).map((parts) => parts.join(''));
const json = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 12 }),
    fc.dictionary(text, tie('value'), { maxKeys: 12 }),
  ),
})).value;

test('a string is itself again', () => {
  fc.assert(fc.property(text, (value) => evaluate(quoted(value)) === value));
});

test('any JSON is itself again, __proto__ included', () => {
  fc.assert(
    fc.property(json, (value) => {
      const parsed = JSON.parse(JSON.stringify(value));
      expect(evaluate(literal(parsed))).toEqual(parsed);
      expect(JSON.stringify(evaluate(literal(parsed, 4)))).toBe(JSON.stringify(parsed));
    }),
  );
});

test('a property name names the same member', () => {
  fc.assert(
    fc.property(text, (name) => {
      fc.pre(name !== '__proto__');
      expect(Object.keys(Object(evaluate(`{ ${propertyName(name)}: 1 }`)))).toEqual([name]);
    }),
  );
});

test('no text ends a comment or begins a tag', () => {
  fc.assert(fc.property(text, (value) => !commentText(value).includes('*/')));
  expect(commentText('Said so.\n  @deprecated not really')).toBe('Said so.\n  \\@deprecated not really');
});

test('literal types', () => {
  expect(literalType({ a: [1, 'x', null], 'b c': -0 })).toBe(
    "{ readonly a: readonly [1, 'x', null]; readonly 'b c': 0 }",
  );
  expect(literalType({})).toBe('{ readonly [name: string]: never }');
});
