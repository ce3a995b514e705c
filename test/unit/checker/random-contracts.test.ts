import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stringify } from 'yaml';
import { check } from '../../../generator/src/checker/index.ts';
import { gateRules, promiseRules } from '../../../generator/src/checker/promise/index.ts';
import type { Finding } from '../../../generator/src/diagnostics/finding.ts';
import { loadContracts } from '../../../generator/src/loader/load-contracts.ts';
import type { ContractSet } from '../../../generator/src/model/contract-set.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { memoryTree } from '../loader/memory-tree.ts';
import { today } from './check-fixture.ts';
import { contracts, file, surroundings, type Written } from './random-contracts.ts';

async function load(text: string, label: string): Promise<ContractSet> {
  const [set, findings] = await loadContracts(memoryTree({ ...surroundings, [file]: text }, label), { now: today });
  if (set?.contracts.length !== 1)
    throw new Error(findings.map(({ at, message }) => `${at.path}:${at.line}:${at.column} ${message}`).join('\n'));
  return set;
}

/** Everything that a comparison says, the design of the later contract aside. */
async function compared(before: string, after: string): Promise<readonly Finding[]> {
  const sets = { before: await load(before, 'main:contracts'), after: await load(after, 'contracts') };
  const report = check({ ...sets, clock: { now: today }, payload: { compare, budgetMs: 1000 } });
  const all = [...report.contracts.flatMap(({ findings }) => findings), ...report.workspace];
  return all.filter(({ rule }) => !rule.startsWith('design/'));
}

/** Some of their values take and give at once: one lossy policy and another, `backward` and `forward`, pauses. */
const incomparable = [
  'promise/backpressure-made-lossy',
  'promise/compatibility-loosened',
  'promise/lost-offset-hidden',
  'promise/retry-budget-cut',
];

/** Not moved on their own: what identifies the contract, what is a world of its own, and a key, which may just begin. */
const unmoved = ['name', 'version', 'status', 'producers', 'consumers', 'schema', 'idempotency'];

const runs = { numRuns: Number(process.env.RUNS ?? 50) };

describe('contracts at random', () => {
  test('nothing is found between a contract and itself, however it is written', async () => {
    await fc.assert(
      fc.asyncProperty(contracts, async (contract) => {
        const turned = Object.fromEntries(Object.entries(contract).reverse());
        expect(await compared(JSON.stringify(contract), stringify(turned))).toEqual([]);
      }),
      runs,
    );
  });

  test('whatever changes, each finding names a place on both sides, a way out, and no consumer that was not there', async () => {
    await fc.assert(
      fc.asyncProperty(contracts, contracts, async (one, other) => {
        for (const finding of await compared(stringify(one), stringify(other))) {
          if (!finding.rule.startsWith('promise/') || finding.rule.startsWith('promise/version-')) continue;
          expect([finding.rule, finding.against?.path.startsWith('main:')]).toEqual([finding.rule, true]);
          expect(finding.hint).not.toBe('');
          for (const { consumer } of finding.consumers ?? []) {
            expect([
              ...entriesOf(one, 'consumers'),
              ...(finding.rule === 'promise/owner-changed' ? entriesOf(other, 'consumers') : []),
            ]).toContain(consumer);
          }
        }
      }),
      runs,
    );
  });

  test('one field moves there and back: the mirror of a rule speaks, or the way back is harmless', async () => {
    const rules = [...gateRules, ...promiseRules];
    await fc.assert(
      fc.asyncProperty(contracts, contracts, fc.nat(), async (contract, other, pick) => {
        const names = Object.keys(other).filter((name) => !unmoved.includes(name));
        const name = names[pick % names.length] ?? 'title';
        const moved = { ...contract, [name]: other[name] };
        // A draft has promised nothing, and without order more partitions take nothing from anybody.
        fc.pre(contract.status !== 'draft' && contract.ordering !== 'none');
        const [there, back] = [
          await compared(stringify(contract), stringify(moved)),
          await compared(stringify(moved), stringify(contract)),
        ];
        for (const { rule: id, fingerprint } of there) {
          const rule = rules.find((each) => each.id === id);
          if (rule === undefined || incomparable.includes(id)) continue;
          if ('rule' in rule.mirror) expect([name, ...back.map((each) => each.rule)]).toContain(rule.mirror.rule);
          else
            expect([name, ...back.filter((each) => each.fingerprint === fingerprint).map((each) => each.rule)]).toEqual(
              [name],
            );
        }
      }),
      runs,
    );
  });
});

function entriesOf(contract: Written, name: string): readonly string[] {
  return Object.keys(contract[name] ?? {});
}
