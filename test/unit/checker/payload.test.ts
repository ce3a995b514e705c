import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type Compare, comparePayload } from '../../../generator/src/checker/payload/index.ts';
import type { Contract } from '../../../generator/src/model/contract.ts';
import { type CompareOptions, compare, type Handling } from '../../../generator/src/schema/index.ts';
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
function answering(answer: ReturnType<Compare>): { compare: Compare; asked: CompareOptions['relation'][] } {
  const asked: CompareOptions['relation'][] = [];
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
  const reports = comparePayload(versions, await contractOf('contracts', required), { compare, budgetMs: 5000 });
  expect(reports.map(({ entry, witness }) => [entry.id, witness?.versions])).toEqual([
    ['payload/required-added', ['1.0.0', '1.2.0']],
  ]);
});

/** The contract with services that are generated or not, in the order of their names. */
function written(
  contract: Contract,
  producer: Handling,
  consumers: readonly [analytics: Handling, fulfillment: Handling],
) {
  return {
    ...contract,
    producers: contract.producers.map((each) => ({ ...each, generated: producer === 'generated' })),
    consumers: contract.consumers.map((each, index) => ({ ...each, generated: consumers[index] === 'generated' })),
  };
}

const [byTenet, byHand] = ['generated', 'hand-written'] as const;

test.each<[producer: Handling, consumers: [Handling, Handling], asked: Handling[]]>([
  [byTenet, [byTenet, byTenet], [byTenet]],
  [byTenet, [byHand, byHand], [byHand]],
  [byTenet, [byHand, byTenet], [byTenet, byHand]],
  [byHand, [byTenet, byTenet], [byTenet]],
  [byHand, [byHand, byHand], [byHand]],
  [byHand, [byTenet, byHand], [byTenet, byHand]],
])('a %s producer and %s consumers: what is asked, both ways', async (producer, consumers, asks) => {
  const { compare: stub, asked } = answering({ verdict: 'compatible' });
  const before = written(await contractOf('main', optional), producer, consumers);
  const after = written(await contractOf('contracts', required), producer, consumers);
  expect(comparePayload([before], after, { compare: stub, budgetMs: 1 })).toEqual([]);
  const meetings = asks.map((consumer) => ({ producer, consumer }));
  expect(asked).toEqual([...meetings, ...meetings]);
});

test('old events are read by the consumers of today, new ones by those that still run; any version may have had the producer', async () => {
  const { compare: stub, asked } = answering({ verdict: 'compatible' });
  const first = written(await contractOf('first', optional), byHand, [byTenet, byTenet]);
  const second = written(await contractOf('second', optional), byTenet, [byHand, byHand]);
  const after = written(await contractOf('contracts', required), byTenet, [byTenet, byTenet]);
  comparePayload([first, second], after, { compare: stub, budgetMs: 1 });
  expect(asked).toEqual([
    { producer: byHand, consumer: byTenet },
    { producer: byHand, consumer: byTenet },
    { producer: byHand, consumer: byTenet },
    { producer: byHand, consumer: byHand },
  ]);
});

test('without consumers the question is asked for generated ones', async () => {
  const { compare: stub, asked } = answering({ verdict: 'compatible' });
  const without = (contract: Contract): Contract => ({ ...contract, consumers: [] });
  const [before, after] = [await contractOf('main', optional), await contractOf('contracts', required)];
  comparePayload([without(before)], without(after), { compare: stub, budgetMs: 1 });
  expect(asked).toEqual([
    { producer: byTenet, consumer: byTenet },
    { producer: byTenet, consumer: byTenet },
  ]);
});

test('a finding names the consumers that it hits, once', async () => {
  const [before, after] = [await contractOf('main', optional), await contractOf('contracts', required)];
  const hits = async (relation: (meeting: CompareOptions['relation']) => boolean): Promise<unknown> => {
    const stub: Compare = (old, next, options) =>
      relation(options.relation) ? compare(old, next, options) : { verdict: 'compatible' };
    const sides = [before, after].map((contract) => written(contract, byTenet, [byHand, byTenet]));
    const reports = comparePayload([sides[0] ?? before], sides[1] ?? after, { compare: stub, budgetMs: 5000 });
    return reports.map(({ entry, consumers }) => [entry.id, consumers?.map(({ consumer }) => consumer)]);
  };
  const isRead = (by: Handling) => (relation: CompareOptions['relation']) =>
    typeof relation === 'object' && relation.consumer === by;
  expect(await hits(isRead(byHand))).toEqual([['payload/required-added', ['analytics']]]);
  expect(await hits(isRead(byTenet))).toEqual([['payload/required-added', ['fulfillment']]]);
  expect(await hits(() => true)).toEqual([['payload/required-added', ['fulfillment', 'analytics']]]);
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
  const reports = comparePayload([await contractOf('main', optional)], await contractOf('contracts', required), {
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
  const reports = comparePayload([await contractOf('main', optional)], await contractOf('contracts', required), {
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
  const reports = comparePayload([await contractOf('main', optional)], await contractOf('contracts', optional), {
    compare: stub,
    budgetMs: 1,
  });
  expect([reports, asked]).toEqual([[], []]);
});
