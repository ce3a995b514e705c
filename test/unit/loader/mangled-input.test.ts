import fc from 'fast-check';
import { expect, test } from 'vitest';
import { printText } from '../../../generator/src/diagnostics/text-printer.ts';
import { loadContracts, treeText } from '../../../generator/src/loader/load-contracts.ts';
import { memoryTree, workspace } from './memory-tree.ts';

/** Text as it is while somebody is typing: cut, doubled, and sprinkled with what means something to YAML and JSON. */
const scraps = [
  '{',
  '}',
  '[',
  ']',
  ':',
  '- ',
  '\n',
  '  ',
  '"',
  "'",
  '&a',
  '*a',
  '<<: ',
  '$ref: ',
  'null',
  '!!int ',
  '|',
  '>',
  '#',
  '\t',
  '\r',
];
const more = [
  '\u0000',
  'é',
  '%',
  '@',
  '`',
  '---\n',
  '...\n',
  '1e999',
  '.nan',
  '__proto__',
  '{ $ref: "#/consumers" }',
  '{ $ref: ./v1.yaml }',
  '-1',
];

const edit = fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.nat(30), fc.constantFrom('', ...scraps, ...more));

function mangle(text: string, edits: readonly (readonly [number, number, string])[]): string {
  return edits.reduce((before, [where, length, scrap]) => {
    const at = Math.floor(where * before.length);
    return before.slice(0, at) + scrap + before.slice(at + length);
  }, text);
}

test('mangled files give a set or an error, never an exception', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...Object.keys(workspace)),
      fc.array(edit, { minLength: 1, maxLength: 3 }),
      async (file, edits) => {
        const tree = memoryTree({ ...workspace, [file]: mangle(workspace[file] ?? '', edits) });
        const [set, findings] = await loadContracts(tree);
        expect(set !== undefined || findings.some(({ severity }) => severity === 'error')).toBe(true);
        for (const { message, at } of findings) {
          expect(message).toMatch(/\.$/);
          expect(message).not.toContain('undefined');
          expect(at.line).toBeGreaterThan(0);
          expect(at.column).toBeGreaterThan(0);
        }
        printText(findings, { textOf: treeText(tree), colour: false });
      },
    ),
    { numRuns: 200 },
  );
});
