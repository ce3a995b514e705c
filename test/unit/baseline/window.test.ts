/** Which versions a change is compared with, sentence by sentence: docs/compatibility.md. */
import { describe, expect, test } from 'vitest';
import { contract, type Edit, MainLine } from './a-main-line.ts';

/** Each step breaks nobody who knows the step before; the third breaks those who know the first. */
const currency = '    currency: { type: string }\n    revision: {';
const withDefault: Edit[] = [
  ['version: 1.0.0', 'version: 1.1.0'],
  ['    revision: {', currency.replace('string }', 'string, default: EUR }')],
];
const required: Edit[] = [
  ['version: 1.1.0', 'version: 1.2.0'],
  [', default: EUR', ''],
  ['required: [orderId', 'required: [currency, orderId'],
];
/** Retention 7d, a segment of a day, dead letters 7d, replay 7d, rollout 7d: 29 days. */
const window = 29;

/** 1.0.0 lands on the first, and is replaced by 1.1.0 on another day; 1.2.0 is not committed. */
function replacedOn(day: number | string, first: readonly Edit[] = []): MainLine {
  const line = new MainLine();
  line.land('2026-09-01T12:00:00Z', ...first);
  line.land(day, ...withDefault);
  line.edit(...required);
  return line;
}

function daysLater(day: string, days: number, ms = 0): string {
  return new Date(Date.parse(day) + days * 86_400_000 + ms).toISOString();
}

const versionsOf = ({ findings }: Awaited<ReturnType<MainLine['check']>>) =>
  findings
    .filter(({ rule }) => !rule.startsWith('design/'))
    .map(({ rule, witness }) => [rule, ...(witness?.versions ?? [])]);
const broken = [['payload/required-added', '1.0.0'], ['promise/version-bump-too-small']];

describe('a version is met until what it published is gone', () => {
  test('the change is compared with it, though it breaks nothing of the last one', async () => {
    const line = replacedOn(20);
    const { code, findings } = await line.check(25);
    const [commit] = line.git('rev-list', '--reverse', 'main').split('\n');
    expect(code).toBe(100);
    expect(findings[0]).toMatchObject({
      rule: 'payload/required-added',
      message: '`currency` is new and required: events of 1.0.0 are rejected.',
      at: { path: expect.stringContaining(contract) },
      against: { was: 'was not declared', path: `${commit?.slice(0, 10)}:${contract}`, line: 16 },
      witness: { versions: ['1.0.0'], stillMet: 'replaced on 2026-11-20, still in the topic for 7d' },
    });
  });

  test('to the end of the window and no longer', async () => {
    const replaced = '2026-10-05T12:00:00Z';
    const line = replacedOn(replaced);
    expect(versionsOf(await line.check(daysLater(replaced, window)))).toEqual(broken);
    expect(versionsOf(await line.check(daysLater(replaced, window, 1)))).toEqual([]);
  });

  test.each<[part: string, days: number, edits: Edit[]]>([
    ['retention', window + 3 * 7, [['retention: 7d', 'retention: 14d']]],
    ['dead letters', window + 13, [['investigateWithin: 4h', 'investigateWithin: 4h, retention: 20d']]],
    ['parked', window + 7, [['after: follow', 'after: wait']]],
    ['replay', window + 3, [['reads: [/orderId]', 'reads: [/orderId]\n    replayWindow: 10d']]],
    ['outbox', window + 1, [['checkout-api: { owner: checkout }', 'checkout-api: { owner: checkout, outbox: true }']]],
    ['rollout', window + 3, [['ordering: per-key', 'ordering: per-key\nrollout: 10d']]],
  ])('%s makes it %i days', async (part, days, edits) => {
    const first: Edit[] = part === 'parked' ? [['investigateWithin: 4h', 'investigateWithin: 4h, after: follow']] : [];
    const line = replacedOn('2026-10-05T12:00:00Z', [...first, ...edits]);
    const at = (ms: number) => line.check(daysLater('2026-10-05T12:00:00Z', days, ms));
    expect([versionsOf(await at(0)), versionsOf(await at(1))]).toEqual([broken, []]);
  });
});
