import { Ajv } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { changes } from '../../bench/gate/changes.ts';
import { ownQuestions } from '../../bench/gate/own-questions.ts';

const options = { strict: false, validateFormats: false };
const judges = { 'draft-07': new Ajv(options), '2020-12': new Ajv2020(options) };

test('every change is asked in both directions, at six places, under two dialects', () => {
  const questions = ownQuestions();
  expect(questions).toHaveLength(changes.length * 2 * 6 * 2);
  expect(new Set(questions.map(({ id }) => id)).size).toBe(questions.length);
});

// Ajv compiles each schema for milliseconds: every change at one place, and every place with one change.
test.each([
  ['every change', /in a field$/],
  ['every place', /: maximum,/],
])('the event of a question is what its label says: %s', (_, asked) => {
  const wrong = ownQuestions()
    .filter(({ id }) => asked.test(id))
    .filter(({ dialect, old, new: next, compatible, event }) => {
      const judge = dialect === '2020-12' ? judges['2020-12'] : judges['draft-07'];
      return !judge.validate(Object(old), event) || judge.validate(Object(next), event) !== compatible;
    });
  expect(wrong.map(({ id }) => id)).toEqual([]);
});
