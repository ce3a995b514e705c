/** Which versions a change is compared with, sentence by sentence: docs/compatibility.md. */
import { describe, expect, test } from 'vitest';
import { tenet } from '../cli/a-workspace.ts';
import { contract, type Edit, gitAt, MainLine } from './a-main-line.ts';

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

  test('and the report says why it is met', () => {
    const { out } = tenet(replacedOn(10).folder, ['check', '--against', 'main', '--now', '2026-11-28']);
    expect(out).toContain(`
      against 1.0.0: replaced on 2026-11-10, may be met for 29d (retention 7d +
      segment 1d + dead letters 7d + replay 7d + rollout 7d)
`);
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

  test('an environment may keep events for longer than the contract says', async () => {
    const line = new MainLine();
    line.editFile('contracts/tenet.yaml', ['events"', 'events"\nenvironments:\n  live: { retention: 20d }']);
    line.land('2026-09-01T12:00:00Z');
    line.land('2026-10-05T12:00:00Z', ...withDefault);
    line.edit(...required);
    const at = (ms: number) => line.check(daysLater('2026-10-05T12:00:00Z', window + 13, ms));
    expect([versionsOf(await at(0)), versionsOf(await at(1))]).toEqual([broken, []]);
  });

  test.each<[how: string, edit: Edit]>([
    ['events are kept for ever', ['retention: 7d', 'retention: forever']],
    ['the last event of each key is', ['retention: 7d', 'retention: 7d, cleanup: compact']],
    [
      'cleaning makes old events as young as their neighbours',
      ['retention: 7d', 'retention: 7d, cleanup: "compact,delete"'],
    ],
    ['a consumer may replay from the beginning', ['reads: [/orderId]', 'reads: [/orderId]\n    replayWindow: forever']],
  ])('without end where %s', async (_, edit) => {
    const line = replacedOn('2026-10-05T12:00:00Z', [edit]);
    const { findings } = await line.check('2046-10-05');
    expect(findings.filter(({ rule }) => rule.startsWith('payload/')).map(({ witness }) => witness?.versions)).toEqual([
      ['1.0.0'],
    ]);
  });

  test('by the longest retention that the topic had meanwhile', async () => {
    const line = new MainLine();
    line.land('2026-09-01T12:00:00Z', ['retention: 7d', 'retention: 20d']);
    line.land('2026-10-05T12:00:00Z', ...withDefault, ['retention: 20d', 'retention: 7d']);
    line.edit(...required);
    // The old retention of the topic, of dead letters and of replays, each of which is 13 days longer.
    const at = (ms: number) => line.check(daysLater('2026-10-05T12:00:00Z', window + 3 * 13, ms));
    expect([versionsOf(await at(0)), versionsOf(await at(1))]).toEqual([broken, []]);
  });

  test('the change itself keeps nothing that is gone already', async () => {
    const line = replacedOn('2026-09-10T12:00:00Z');
    line.edit(['retention: 7d', 'retention: forever']);
    expect(versionsOf(await line.check(20))).toEqual([]);
  });
});

describe('what counts is the time on the main line', () => {
  test('a commit that was written long before it landed did not replace anything then', async () => {
    const line = new MainLine();
    line.land(18);
    line.land('2026-01-01T12:00:00Z', ...withDefault);
    line.edit(...required);
    const stillMet = (await line.check(20)).findings[0]?.witness?.stillMet;
    expect(stillMet).toBe('replaced on 2026-11-18, still in the topic for 7d');
  });

  test('commits of a branch that was merged were never on it', async () => {
    const line = new MainLine();
    line.land(1);
    line.git('checkout', '-q', '-b', 'feature');
    line.land(2, ['version: 1.0.0', 'version: 1.0.9'], ['lines: { type: array', 'lines: { minItems: 0, type: array']);
    line.land(3, ['minItems: 0', 'maxItems: 9'], ['version: 1.0.9', 'version: 1.0.1']);
    line.git('checkout', '-q', 'main');
    line.git('merge', '-q', '--no-ff', 'feature');
    line.edit(['version: 1.0.1', 'version: 1.0.2'], ['maxItems: 9', 'maxItems: 8']);
    const [finding] = (await line.check(20)).findings;
    expect(finding?.witness?.versions).toEqual(['1.0.0', '1.0.1']);
  });

  test('a version that came back was met until it went for the last time, and is compared once', async () => {
    const line = new MainLine();
    const there: Edit[] = [
      ['minItems: 2', 'minItems: 3'],
      ['version: 1.0.0', 'version: 1.1.0'],
    ];
    const back = there.map(([from, to]): Edit => [to, from]);
    line.land('2026-08-01T12:00:00Z', ['lines: { type: array', 'lines: { minItems: 2, type: array']);
    line.land('2026-08-10T12:00:00Z', ...there);
    line.land('2026-08-20T12:00:00Z', ...back);
    line.land(1, ...there);
    line.edit(['minItems: 3', 'minItems: 4'], ['version: 1.1.0', 'version: 1.2.0']);
    const witnesses = async (day: string) =>
      (await line.check(day)).findings.map(({ witness }) => witness).filter((witness) => witness !== undefined);
    const parts = 'retention 7d + segment 1d + dead letters 7d + replay 7d + rollout 7d';
    expect(await witnesses('2026-11-30T12:00:00Z')).toMatchObject([
      { versions: ['1.0.0', '1.1.0'], stillMet: `all may be met for 29d (${parts})` },
    ]);
    expect(await witnesses('2026-11-30T12:00:01Z')).toMatchObject([{ versions: ['1.1.0'] }]);
  });

  test('a contract that was deleted for a while', async () => {
    const line = new MainLine();
    line.land(1);
    line.git('rm', '-q', '-r', '--cached', 'contracts/orders');
    gitCommit(line, '2026-11-10T12:00:00Z');
    line.land(12, ...withDefault);
    line.edit(...required);
    const { findings } = await line.check(20);
    expect(findings[0]?.witness?.stillMet).toBe('replaced on 2026-11-10, still in the topic for 7d');
  });

  test('the clock may stand before the commits', async () => {
    expect(versionsOf(await replacedOn(20).check(1))).toEqual(broken);
  });
});

/** Commits the index alone. */
function gitCommit(line: MainLine, time: string): void {
  gitAt(time, line.folder, 'commit', '-q', '-m', 'gone');
}

describe('what is asked of a version', () => {
  test('all that break are named, with why they are still met', async () => {
    const line = new MainLine();
    line.land(1);
    line.land(10, ['version: 1.0.0', 'version: 1.0.1'], ['description: An order', 'description: Some order']);
    line.land(
      12,
      ['version: 1.0.1', 'version: 1.1.0'],
      ['    revision: {', '    note: { type: string }\n    revision: {'],
    );
    line.edit(['version: 1.1.0', 'version: 1.2.0'], ['required: [', 'required: [note, ']);
    const [finding] = (await line.check(14)).findings;
    expect(finding).toMatchObject({
      message: '`note` is now required: events published before this change are rejected.',
      against: { was: 'was optional', path: `main:${contract}` },
      witness: { versions: ['1.0.0', '1.0.1', '1.1.0'], stillMet: 'all still in the topic for 7d' },
    });
  });

  test('services may read what is published from now on for as long as `rollout` says', async () => {
    // What the second version allows, and the first did not, is told to consumers first and published later.
    const line = new MainLine();
    line.land(1, ['orderId: { type: string }', 'orderId: { enum: [a] }']);
    line.land(10, ['enum: [a]', 'enum: [a, b]'], ['ordering: per-key', 'ordering: per-key\ncompatibility: backward']);
    line.land(10, ['compatibility: backward', 'compatibility: full']);
    line.edit(['enum: [a, b]', 'enum: [b, a]'], ['    revision: {', '    note: { type: string }\n    revision: {']);
    line.edit(['version: 1.0.0', 'version: 1.1.0']);
    const soon = await line.check(17);
    expect(soon.findings[0]).toMatchObject({
      rule: 'payload/enum-widened',
      message: '`/orderId` can now be `"b"`: services that still run 1.0.0 reject such events.',
      witness: { versions: ['1.0.0'], stillMet: 'may still run for 7d' },
    });
    expect(versionsOf(await line.check('2026-11-17T12:00:01Z'))).toEqual([]);
  });

  test('a producer that was written by hand sends what is not declared, though it is generated now', async () => {
    const line = new MainLine();
    line.land(1, ['checkout-api: { owner: checkout }', 'checkout-api: { owner: checkout, generated: false }']);
    line.land(10, ['checkout, generated: false }', 'checkout }']);
    line.edit(['version: 1.0.0', 'version: 1.1.0'], ['    revision: {', '    note: { type: string }\n    revision: {']);
    expect(versionsOf(await line.check(20))).toEqual([
      ['payload/type-changed', '1.0.0'],
      ['promise/version-bump-too-small'],
    ]);
    expect(versionsOf(await line.check('2026-12-20'))).toEqual([]);
  });

  test('the gate is as strict as the last version and the change say', async () => {
    const line = new MainLine();
    line.land(1);
    line.land(10, ...withDefault, ['ordering: per-key', 'ordering: per-key\ncompatibility: none']);
    line.edit(...required);
    expect(versionsOf(await line.check(20))).toEqual([]);
  });

  test('nothing, where the payload is what it was and the same kinds of services meet it', async () => {
    const line = new MainLine();
    line.land(1);
    line.land(10, ...withDefault);
    // This broke the first version, and was permitted then.
    line.land(11, ...required);
    line.edit(['version: 1.2.0', 'version: 1.2.1'], ['description: An order', 'description: Some order']);
    expect(versionsOf(await line.check(12))).toEqual([]);
    line.edit(['analytics: { owner: data-platform }', 'analytics: { owner: data-platform, generated: false }']);
    expect(versionsOf(await line.check(12))[0]).toEqual(['payload/required-added', '1.0.0']);
  });

  test('nothing of a draft, which has promised nothing', async () => {
    const line = new MainLine();
    line.land(1, ['ordering: per-key', 'ordering: per-key\nstatus: draft']);
    line.land(10, ...withDefault, ['status: draft', 'status: active']);
    line.edit(...required);
    expect(versionsOf(await line.check(20))).toEqual([]);
  });

  test('nothing of another major, which has a topic of its own', async () => {
    const line = new MainLine();
    line.land(1);
    line.git('mv', contract, contract.replace('v1', 'v2'));
    line.editFile(contract.replace('v1', 'v2'), ['version: 1.0.0', 'version: 2.0.0']);
    line.git('add', '-A');
    gitCommit(line, '2026-11-10T12:00:00Z');
    line.editFile(contract.replace('v1', 'v2'), ['version: 2.0.0', 'version: 2.1.0'], ...withDefault.slice(1));
    expect(versionsOf(await line.check(20))).toEqual([]);
  });

  test('what was permitted when it landed, for as long as the permission is needed and no longer', async () => {
    const line = new MainLine();
    line.land(1);
    const entry = '{ rule: payload/required-added, contract: orders.order-placed, path: /schema/currency';
    for (const team of ['warehouse', 'data-platform'])
      line.write(
        `contracts/exceptions/${team}.yaml`,
        `tenet: 1\nexceptions:\n  - ${entry}, reason: Agreed., expires: 2099-12-31 }\n`,
      );
    line.edit(...withDefault, ...required);
    expect(versionsOf(await line.check(2))).toEqual([]);
    line.git('add', '-A');
    gitCommit(line, '2026-11-02T12:00:00Z');
    line.edit(['version: 1.2.0', 'version: 1.2.1'], ['description: An order', 'description: Some order']);
    expect(versionsOf(await line.check(10))).toEqual([]);
    expect(versionsOf(await line.check('2026-12-10'))).toEqual([['exception/unused'], ['exception/unused']]);
    // Also where this contract did not change at all.
    line.git('checkout', '-q', contract);
    expect(versionsOf(await line.check(10))).toEqual([]);
  });
});
