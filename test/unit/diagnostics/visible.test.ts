import { expect, test } from 'vitest';
import { visible, wrapped } from '../../../generator/src/diagnostics/visible.ts';

test.each([
  ['a\tb', 'a b', 'a tab is one column'],
  ['a\u001b[2Jb\r\n', 'a·[2Jb··', 'no escape reaches a terminal'],
  ['\u202ea\u200b', '·a·', 'nothing turns the direction or hides'],
  ['##[stop-commands]x', '#·[stop-commands]x', 'GitHub’s runner obeys this anywhere in a line'],
  ['half \ud83d pair', 'half \ufffd pair', 'half a pair cannot be written in UTF-8'],
  ['\uffff', '·', 'XML cannot write what is no character'],
  ['👩\u200d🚒', '👩\u200d🚒', 'joiners stay'],
])('%j is shown as %j: %s', (text, shown) => {
  expect(visible(text)).toBe(shown);
});

test('words are broken at spaces, and a long one stays whole', () => {
  expect(wrapped('one two three', 7)).toEqual(['one two', 'three']);
  expect(wrapped('a incomprehensibilities b', 5)).toEqual(['a', 'incomprehensibilities', 'b']);
});

test('no line is made to begin as a workflow command does', () => {
  expect(wrapped('because of ::error::this', 10)).toEqual(['because of ::error::this']);
});
