import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import { yamlFile, yamlText } from '../../../../generator/src/emitters/text/yaml.ts';

/** Pieces that mean something to YAML 1.1 or 1.2 where they stand alone, first, last or between others. */
const pieces = [
  ...': |:| #|#|-|- |?|1|20 |0x1|1:30|on|y|null|~|{|}|[|]|,|"|\'|\\|*|&|!|>|%|@|`|=|.|e5|<<|a:|---|...'.split('|'),
  '|',
  '\n',
  '\t',
  ' ',
  'a',
  'b c',
  'é',
  '😀',
  '\u2028',
  '\0',
];
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 4 }).map((parts) => parts.join(''));
const data = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    text,
    fc.constantFrom<unknown>(1, 0, -1, 1.5, 1e21, true, false, null, 'promtool: it fires', undefined),
    fc.dictionary(text, tie('value'), { maxKeys: 3, noNullPrototype: true }),
    fc.array(
      tie('value').filter((value) => value !== undefined),
      { maxLength: 3 },
    ),
  ),
})).value;

test('what is written here is what the library writes', () => {
  const library = (value: unknown): string =>
    stringify(value, { version: '1.1', lineWidth: 0, aliasDuplicateObjects: false });
  fc.assert(
    fc.property(
      data.filter((value) => value !== undefined),
      (value) => {
        expect(yamlText(value)).toBe(library(value));
      },
    ),
    { numRuns: 3000 },
  );
});

test('the source and remarks stand above', () => {
  expect(yamlFile('a/v1.yaml', { groups: [] }, ['Careful.'])).toBe(
    '# Generated from a/v1.yaml. Do not edit: the next run overwrites it.\n# Careful.\ngroups: []\n',
  );
});
