import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { alertRules } from '../../../../generator/src/emitters/alert-rules/alert-rules.emitter.ts';
import { ownershipDocs } from '../../../../generator/src/emitters/ownership-docs/ownership-docs.emitter.ts';
import { inboxSql } from '../../../../generator/src/emitters/sql/inbox-sql.emitter.ts';
import type { ContractSet } from '../../../../generator/src/model/contract-set.ts';
import { expectGolden, filesOf } from '../golden.ts';
import { anchorsOf, brokenLinks } from '../markdown-links.ts';
import {
  aCarelessConsumer,
  aConsumer,
  aContract,
  aDeadLetter,
  aProducer,
  aSet,
  aTeam,
  hostile,
  rate,
  size,
  time,
} from '../sample-set.ts';
import { workedSet } from '../worked-set.ts';

const teams = [aTeam('shop', { escalation: 'ops' }), aTeam('billing-team', { escalation: 'shop' }), aTeam('ops')];
const topic = aContract().topic;

const cases: Readonly<Record<string, ContractSet>> = {
  'nobody-reads': aSet([aContract({ producers: [aProducer()] })]),
  'at-most-once': aSet([
    aContract({
      producers: [aProducer('till', { acks: 'none', onOverload: 'drop-newest', approvedBy: 'shop' })],
      consumers: [
        {
          ...aCarelessConsumer(),
          backpressure: {
            policy: 'drop-oldest',
            maxInFlight: 1,
            maxWaiting: 10,
            maxAge: time('5m'),
            approvedBy: 'shop',
          },
        },
      ],
    }),
  ]),
  'effectively-once': aSet(
    [
      aContract({
        consumers: [
          aConsumer('billing', {
            owner: 'billing-team',
            delivery: 'effectively-once',
            idempotency: { key: ['/id'], window: time('30d'), store: 'postgres' },
            deadLetter: aDeadLetter({ owner: 'billing-team', severity: 'critical' }),
            reads: ['/id', '/total'],
          }),
        ],
      }),
    ],
    teams,
  ),
  'two-majors': aSet([
    aContract({ status: 'deprecated', replacedBy: 'shop.sold@2', removeAfter: '2026-01-31', producers: [aProducer()] }),
    aContract({ major: 2, version: '2.0.0', status: 'draft', producers: [aProducer()] }),
  ]),
  compacted: aSet([
    aContract({
      topic: { ...topic, cleanup: 'compact', retention: 'forever' },
      classification: [{ pointer: '/email', kind: 'personal' }],
    }),
  ]),
  'hand-written': aSet([
    aContract({
      consumers: [aConsumer('billing', { generated: false })],
      producers: [aProducer('till', { generated: false })],
    }),
  ]),
};

// Names and ids are kebab-case by the loader's grammar; everything else is free text.
const hostileSet = aSet(
  [
    aContract({
      title: hostile,
      description: `${hostile}\n\n# second\n\n1. third\n- fourth`,
      version: hostile,
      topic: { ...topic, name: hostile },
      partitionKey: { fields: [`/${hostile}`] },
      producers: [
        aProducer('till', { onOverload: 'buffer', approvedBy: hostile, buffer: { bytes: 1, text: hostile } }),
      ],
      consumers: [
        aConsumer('billing', { group: hostile, reads: [`/${hostile}`], deadLetter: aDeadLetter({ topic: hostile }) }),
      ],
    }),
  ],
  [aTeam('shop', { name: hostile, contact: hostile, pager: hostile })],
);

async function everything(set: ContractSet): Promise<Record<string, string>> {
  return {
    ...(await filesOf(ownershipDocs, set)),
    ...(await filesOf(alertRules, set)),
    ...(await filesOf(inboxSql, set)),
  };
}

describe('ownership docs', () => {
  test.each(Object.entries(cases))('%s', async (name, set) => {
    await expectGolden(ownershipDocs, name, set);
  });

  test.each(Object.entries(cases))('every link leads somewhere: %s', async (_, set) => {
    expect(brokenLinks(await everything(set))).toEqual([]);
  });

  test('every link of the worked contracts leads somewhere', async () => {
    expect(brokenLinks(await everything(await workedSet()))).toEqual([]);
  });

  test('a link that leads nowhere is noticed', () => {
    expect(brokenLinks({ 'docs/a.md': '[x](b.md) [y](#z) [w](../alerts/)' })).toEqual([
      'docs/a.md -> b.md',
      'docs/a.md -> #z',
      'docs/a.md -> ../alerts/',
    ]);
  });

  test('the runbook and the graphs that an alert points to are headings of its page', async () => {
    const files = await everything(await workedSet());
    let alerts = 0;
    for (const [path, text] of Object.entries(files)) {
      if (!path.endsWith('.rules.yaml')) continue;
      for (const { annotations } of parse(text).groups[0].rules) {
        for (const url of [annotations.runbook_url, annotations.dashboard_url]) {
          const [page = '', anchor = ''] = url.split('#');
          expect(anchorsOf(files[page] ?? '')).toContain(anchor);
        }
        alerts += 1;
      }
    }
    expect(alerts).toBeGreaterThan(50);
  });

  test('numbers are computed from the contract', async () => {
    const set = aSet([
      aContract({
        traffic: { average: rate('10000/s'), peak: rate('10000/s'), payload: size('1 KB'), callerWaits: false },
      }),
    ]);
    const page = (await filesOf(ownershipDocs, set))['docs/shop/sold.md'] ?? '';
    expect(page).toContain('10 MB/s at peak (10000/s × 1 KB), 10 MB/s on average, 864 GB a day');
    expect(page).toContain('6.05 TB for 7d, 18.1 TB with 3 copies');
  });

  test('text of a contract stays text', async () => {
    for (const page of Object.values(await filesOf(ownershipDocs, hostileSet))) {
      // What is left outside of code.
      const shown = page
        .replaceAll(/^(`{3,}).*\n[\s\S]*?^\1$/gm, '')
        .replaceAll(/(?<![\\`])(`+)(?!`).*?(?<!`)\1(?!`)/g, '');
      expect(shown).not.toMatch(/(?<!\\)<script/);
      expect(shown).not.toMatch(/(?<!\\)\{\{|(?<!\\)\$[mz{]/);
      expect(shown).not.toMatch(/(?<!\\)\[x\]/);
      expect(shown).not.toMatch(/^(# second|1\. third|- fourth)$/m);
      expect(shown).not.toMatch(/^heading\n---/m);
    }
  });

  test('each row of a table has as many cells as its head', async () => {
    for (const [path, page] of Object.entries({
      ...(await filesOf(ownershipDocs, hostileSet)),
      ...(await filesOf(ownershipDocs, await workedSet())),
    })) {
      let width = 0;
      for (const line of page.split('\n')) {
        const cells = line.startsWith('|') ? line.split(/(?<!\\)\|/).length : 0;
        if (cells > 0 && width > 0)
          expect(`${path}: ${cells} cells in ${line}`).toBe(`${path}: ${width} cells in ${line}`);
        width = cells;
      }
    }
  });

  test('the ring of an escalation is walked once', async () => {
    const ring = [aTeam('shop', { escalation: 'ops' }), aTeam('ops', { escalation: 'shop' })];
    const set = aSet([aContract({ consumers: [aConsumer()] })], ring);
    expect((await filesOf(ownershipDocs, set))['docs/failure-ownership.md']).toContain(
      '[Team shop](teams/shop.md) (shop-on-call), then [Team ops](teams/ops.md) (ops-on-call) |',
    );
  });
});
