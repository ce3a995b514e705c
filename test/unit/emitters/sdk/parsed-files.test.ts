import { expect, test } from 'vitest';
import { parseAll } from '../../../../generator/src/emitters/sdk/parsed-files.ts';

test('files that parse pass', async () => {
  const files = [{ path: 'src/a.ts', text: "import type { B } from './b.js';\nexport const a: B = 1;\n" }];
  await expect(parseAll(files)).resolves.toBeUndefined();
});

test('a file that is no TypeScript does not pass', async () => {
  const files = [
    { path: 'src/a.ts', text: 'export const a = 1;\n' },
    { path: 'src/b.ts', text: "export const b = 'it's;\n" },
  ];
  await expect(parseAll(files)).rejects.toThrow(/^\/src\/b\.ts is no TypeScript at \d+: /);
});
