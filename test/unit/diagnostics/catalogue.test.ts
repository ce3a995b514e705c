import { expect, test } from 'vitest';
import { contractFinding, contractRules, quoted } from '../../../generator/src/diagnostics/catalogue.ts';
import { fingerprint } from '../../../generator/src/diagnostics/fingerprint.ts';
import { inOrder } from '../../../generator/src/diagnostics/order.ts';

const at = { path: 'a.yaml', line: 1, column: 1 };

test('every rule is named like its family and says what must hold', () => {
  for (const [id, { summary }] of Object.entries(contractRules)) {
    expect(id).toMatch(/^contract\/[a-z]+(-[a-z]+)*$/);
    expect(summary).toMatch(/^[A-Z].*\.$/);
  }
});

test('a wrong id, a forgotten parameter and a misspelt one do not compile', () => {
  // @ts-expect-error there is no such rule
  expect(() => contractFinding('contract/unknown-kye', { key: 'a', where: 'b' }, { at, subject: '' })).toThrow();
  // @ts-expect-error the sentence needs to know where
  contractFinding('contract/unknown-key', { key: 'a' }, { at, subject: '' });
  // @ts-expect-error a misspelt name is none
  contractFinding('contract/unknown-key', { key: 'a', were: 'b' }, { at, subject: '' });
});

test('a fingerprint is twelve hex digits of rule, contract and subject', () => {
  const parts = { rule: 'contract/unknown-key', contract: 'orders.order-placed', subject: 'retries' };
  expect(fingerprint(parts)).toBe(fingerprint({ ...parts }));
  expect(fingerprint(parts)).toMatch(/^[0-9a-f]{12}$/);
  const others = [
    { ...parts, rule: 'x' },
    { ...parts, contract: 'x' },
    { ...parts, subject: 'x' },
    { rule: 'contract/unknown-key', subject: 'orders.order-placedretries' },
  ];
  expect(new Set([parts, ...others].map(fingerprint)).size).toBe(5);
});

test('texts of users are one short line in a sentence', () => {
  expect(quoted('a\nb\u001b[31m')).toBe('`a·b·[31m`');
  expect(quoted('x'.repeat(1000)).length).toBeLessThan(90);
});

test('findings are sorted by place, and said once', () => {
  const finding = (path: string, line: number, rule: 'contract/empty-file' | 'contract/schema') =>
    contractFinding(rule, { problem: 'It is wrong.' }, { at: { path, line, column: 1 }, subject: '' });
  const sorted = inOrder([
    finding('b', 1, 'contract/schema'),
    finding('a', 10, 'contract/schema'),
    finding('a', 9, 'contract/schema'),
    finding('a', 9, 'contract/empty-file'),
    finding('a', 9, 'contract/schema'),
  ]);
  expect(sorted.map(({ at: place, rule }) => `${place.path}${place.line} ${rule}`)).toEqual([
    'a9 contract/empty-file',
    'a9 contract/schema',
    'a10 contract/schema',
    'b1 contract/schema',
  ]);
});
