import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Compare, comparePayload } from '../../../generator/src/checker/payload/index.ts';
import type { Contract } from '../../../generator/src/model/contract.ts';
import { compare } from '../../../generator/src/schema/index.ts';
import { fixtures, loadLayers } from './check-fixture.ts';

async function contractOf(label: string, ...layers: readonly string[]): Promise<Contract> {
  const set = await loadLayers(label, [
    join(fixtures, 'base-workspace'),
    ...layers.map((layer) => join(fixtures, layer)),
  ]);
  const [contract] = set.contracts;
  if (!contract) throw new Error('the base workspace has no contract');
  return contract;
}

const optional = 'payload/required-added/was-optional/before';
const required = 'payload/required-added/was-optional/after';

/** A comparison that always answers the same and remembers what it was asked. */
function answering(answer: ReturnType<Compare>): { compare: Compare; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    compare: (_old, _new, { relation }) => {
      asked.push(relation);
      return answer;
    },
  };
}

test('every version that is still met is compared, and the finding names those that break', async () => {
  const versions = [
    { ...(await contractOf('first', optional)), version: '1.0.0' },
    { ...(await contractOf('second', required)), version: '1.1.0' },
    { ...(await contractOf('third', optional)), version: '1.2.0' },
  ];
  const { reports } = comparePayload(versions, await contractOf('contracts', required), { compare, budgetMs: 5000 });
  expect(reports.map(({ entry, witness }) => [entry.id, witness?.versions])).toEqual([
    ['payload/required-added', ['1.0.0', '1.2.0']],
  ]);
});

test.each<[what: string, byHand: 'producers' | 'consumers' | 'nobody' | 'everybody', relations: string[]]>([
  ['generated services', 'nobody', ['events', 'events']],
  ['a hand-written producer', 'producers', ['events', 'inclusion', 'events', 'inclusion']],
  ['hand-written consumers', 'consumers', ['events', 'inclusion', 'events', 'inclusion']],
  ['hand-written services', 'everybody', ['inclusion', 'inclusion']],
])('%s are judged by their relation, both ways', async (_, byHand, relations) => {
  const write = (contract: Contract): Contract => ({
    ...contract,
    producers: contract.producers.map((producer) => ({
      ...producer,
      generated: byHand === 'consumers' || byHand === 'nobody',
    })),
    consumers: contract.consumers.map((consumer) => ({
      ...consumer,
      generated: byHand === 'producers' || byHand === 'nobody',
    })),
  });
  const { compare: stub, asked } = answering({ verdict: 'compatible' });
  const [before, after] = [write(await contractOf('main', optional)), write(await contractOf('contracts', required))];
  expect(comparePayload([before], after, { compare: stub, budgetMs: 1 }).reports).toEqual([]);
  expect(asked).toEqual(relations);
});

test.each(['full', 'backward', 'forward', 'none'] as const)(
  '%s asks in its own directions, and the stricter of two modes counts',
  async (mode) => {
    const directions = { full: 2, backward: 1, forward: 1, none: 0 }[mode];
    const { compare: stub, asked } = answering({ verdict: 'compatible' });
    const [before, after] = [await contractOf('main', optional), await contractOf('contracts', required)];
    comparePayload(
      [{ ...before, compatibility: mode }],
      { ...after, compatibility: mode },
      { compare: stub, budgetMs: 1 },
    );
    expect(asked.length).toBe(directions);
    comparePayload([before], { ...after, compatibility: mode }, { compare: stub, budgetMs: 1 });
    expect(asked.length).toBe(directions + 2);
  },
);

test('what is unknown blocks, once, with the reason', async () => {
  const { compare: stub } = answering({ verdict: 'unknown', reason: 'the pattern is not regular' });
  const { reports } = comparePayload([await contractOf('main', optional)], await contractOf('contracts', required), {
    compare: stub,
    budgetMs: 1,
  });
  expect(reports.map(({ entry, message }) => [entry.id, entry.severity, message])).toEqual([
    ['payload/undecided', 'error', 'Nobody knows whether this breaks: the pattern is not regular.'],
  ]);
});

test('a witness that no single keyword rejects still blocks', async () => {
  const { compare: stub } = answering({
    verdict: 'incompatible',
    witness: { orderId: 'a', revision: 1, lines: [], note: '' },
  });
  const { reports } = comparePayload([await contractOf('main', optional)], await contractOf('contracts', required), {
    compare: stub,
    budgetMs: 1,
  });
  expect(reports.map(({ entry }) => entry.id)).toEqual([
    'payload/backward-incompatible',
    'payload/forward-incompatible',
  ]);
});

test('an untouched schema is not compared at all', async () => {
  const { compare: stub, asked } = answering({ verdict: 'unknown', reason: 'never asked' });
  const { reports, words } = comparePayload(
    [await contractOf('main', optional)],
    await contractOf('contracts', optional),
    { compare: stub, budgetMs: 1 },
  );
  expect([reports, words, asked]).toEqual([[], [], []]);
});
