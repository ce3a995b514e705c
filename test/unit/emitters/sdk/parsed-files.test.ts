import { expect, test } from 'vitest';
import { parsedFiles } from '../../../../generator/src/emitters/sdk/parsed-files.ts';

test('files that parse are handed on as they are', async () => {
  const files = [{ path: 'src/a.ts', text: "import type { B } from './b.js';\nexport const a: B = 1;\n" }];
  expect(await parsedFiles(files)).toBe(files);
});

test('a file that is no TypeScript is never handed on', async () => {
  const files = [
    { path: 'src/a.ts', text: 'export const a = 1;\n' },
    { path: 'src/b.ts', text: "export const b = 'it's;\n" },
  ];
  await expect(parsedFiles(files)).rejects.toThrow(/^\/src\/b\.ts is no TypeScript at \d+: /);
});
