import { expect, test } from 'vitest';
import { docText, fileText, namesFrom, typed } from '../../../../generator/src/emitters/sdk/source-file.ts';

const words = (count: number): string => Array.from({ length: count }, () => 'word').join(' ');

test('a comment is wrapped where a reader would', () => {
  expect(docText(words(25), '  ')).toBe(`  /**\n   * ${words(19)}\n   * ${words(6)}\n   */\n`);
  expect(docText('short')).toBe('/** short */\n');
  expect(docText('')).toBe('');
});

test('wrapping begins no tag, no list and no heading, and leaves code alone', () => {
  const line = (word: string): string => `${words(19)} ${word} ${words(2)}`;
  for (const word of ['@deprecated', '-', '*', '#', '1.', '+', '>', '```']) {
    expect(docText(line(word)), word).toBe(`/**\n * ${words(19)} ${word}\n * word word\n */\n`);
  }
  const code = `\`\`\`\n${'x'.repeat(60)} ${'y'.repeat(60)}\n\`\`\``;
  expect(docText(code)).toBe(`/**\n * ${code.replaceAll('\n', '\n * ')}\n */\n`);
});

test('long imports take a line for each name', () => {
  const names = ['Alpha', 'Beta'].map((name) => ({ name: name.repeat(12), isType: true }));
  expect(namesFrom('import', [...names, { name: 'a', alias: '$a' }], './a.js')).toBe(
    `import {\n  type ${'Alpha'.repeat(12)},\n  type ${'Beta'.repeat(12)},\n  a as $a,\n} from './a.js';`,
  );
  expect(namesFrom('export', [{ name: 'a' }], './a.js')).toBe("export { a } from './a.js';");
});

test('a type of several lines stands below its name', () => {
  expect(typed('readonly a?:', "\n  | 'x'\n  | 'y'", '  ')).toBe("  readonly a?:\n    | 'x'\n    | 'y';");
  expect(fileText(['// head', 'import 1'], ['', 'a', 'b'])).toBe('// head\nimport 1\n\na\n\nb\n');
});
