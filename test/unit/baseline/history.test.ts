/** Earlier versions are found where they were, and what cannot be found is said. */
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { aFolder, checkIn, contract, type Edit, gitAt, MainLine } from './a-main-line.ts';

const withNote: Edit[] = [
  ['version: 1.0.0', 'version: 1.1.0'],
  ['    revision: {', '    note: { type: string, default: "" }\n    revision: {'],
];
const required: Edit[] = [
  ['version: 1.1.0', 'version: 1.2.0'],
  [', default: ""', ''],
  ['required: [orderId', 'required: [note, orderId'],
];

/** 1.0.0 on the first, 1.1.0 on the tenth; 1.2.0, which breaks 1.0.0 alone, is not committed. */
function threeVersions(): MainLine {
  const line = new MainLine();
  line.land(1);
  line.land(10, ...withNote);
  line.edit(...required);
  return line;
}

const rulesOf = ({ findings }: Awaited<ReturnType<MainLine['check']>>) => findings.map(({ rule }) => rule);
const broken = ['payload/required-added', 'promise/version-bump-too-small'];

describe('where they were', () => {
  test('the folder of the contracts had another name, and one before that', async () => {
    const line = new MainLine();
    const move = (from: string, to: string) => renameSync(join(line.folder, from), join(line.folder, to));
    const at = (place: string) => place + contract.slice('contracts'.length);
    const landAt = (day: number) => {
      line.git('add', '-A');
      gitAt(`2026-11-${day}T12:00:00Z`, line.folder, 'commit', '-q', '-m', 'moved');
    };
    move('contracts', 'events');
    landAt(10);
    mkdirSync(join(line.folder, 'platform'));
    move('events', 'platform/events');
    line.editFile(at('platform/events'), ...withNote);
    landAt(11);
    move('platform/events', 'contracts');
    line.git('add', '-A');
    landAt(12);
    const first = line.git('rev-list', '--reverse', 'main').slice(0, 10);
    line.edit(...required);
    const [finding] = (await line.check(20)).findings;
    expect(finding?.witness?.versions).toEqual(['1.0.0']);
    expect(finding?.against?.path).toBe(`${first}:${at('events')}`);
  });

  test('the schema stood in another file, and positions are those of that file', async () => {
    const line = new MainLine();
    const schema = {
      type: 'object',
      properties: { orderId: { type: 'string' }, revision: { type: 'integer' }, lines: {} },
      required: ['orderId', 'revision'],
    };
    const inline = /schema:\n(?: {2}.*\n)+/;
    const refer = (file: string) =>
      line.write(contract, line.read(contract).replace(inline, `schema: { $ref: ${file} }\n`));
    refer('./v1.schema.json');
    line.write('contracts/orders/order-placed/v1.schema.json', JSON.stringify(schema, null, 2));
    line.land(1);
    line.git('mv', 'contracts/orders/order-placed/v1.schema.json', 'contracts/order.json');
    line.edit(['$ref: ./v1.schema.json', '$ref: ../../order.json']);
    expect(await line.check(2)).toMatchObject({ code: 0, findings: [] });
    line.land(10);
    const withDefault = { ...schema, properties: { ...schema.properties, note: { type: 'string', default: '' } } };
    line.write('contracts/order.json', JSON.stringify(withDefault, null, 2));
    const second = line.land(12, ['version: 1.0.0', 'version: 1.1.0']);
    const noDefault = { ...schema, properties: { ...schema.properties, note: { type: 'string' } }, required: ['note'] };
    line.write('contracts/order.json', JSON.stringify(noDefault, null, 2));
    line.edit(['version: 1.1.0', 'version: 1.2.0']);
    const [finding] = (await line.check(20)).findings;
    expect(finding).toMatchObject({ witness: { versions: ['1.0.0'] }, against: { was: 'was not declared' } });
    // Of the two places where 1.0.0 had its schema, the later one is shown.
    const moved = line.git('rev-parse', `${second}~1`).slice(0, 10);
    expect(finding?.against?.path).toBe(`${moved}:contracts/order.json`);
  });

  test('a contract that was renamed is another one, and the old one is gone', async () => {
    const line = new MainLine();
    line.land(1);
    mkdirSync(join(line.folder, 'contracts/orders/order-accepted'));
    line.git('mv', contract, 'contracts/orders/order-accepted/v1.yaml');
    line.editFile('contracts/orders/order-accepted/v1.yaml', [
      'name: orders.order-placed',
      'name: orders.order-accepted',
    ]);
    const { findings } = await line.check(10);
    expect(findings.map(({ rule, contract: name }) => [rule, name])).toEqual([
      ['promise/contract-deleted', 'orders.order-placed'],
    ]);
  });

  test('links inside of the folder are followed then too', async () => {
    const line = new MainLine();
    line.write('contracts/shared/revision.json', '{ "type": "integer" }');
    line.link('contracts/revision.json', 'shared/revision.json');
    line.land(1, ['revision: { type: integer }', 'revision: { $ref: ../../revision.json }']);
    line.write('contracts/shared/revision.json', '{ "type": "integer", "minimum": 1 }');
    line.land(10, ['version: 1.0.0', 'version: 1.1.0']);
    line.write('contracts/shared/revision.json', '{ "type": "integer", "minimum": 2 }');
    line.edit(['version: 1.1.0', 'version: 1.2.0']);
    expect((await line.check(12)).findings[0]?.witness?.versions).toEqual(['1.0.0', '1.1.0']);
  });
});

describe('what cannot be found', () => {
  test('a version that does not load is named and not compared', async () => {
    const line = new MainLine();
    line.land(1);
    const wrong = line.land(5, ['ordering: per-key', 'ordering: sometimes']);
    line.land(10, ...withNote, ['ordering: sometimes', 'ordering: per-key']);
    line.edit(...required);
    const { findings } = await line.check(20);
    expect(findings[0]).toMatchObject({
      rule: 'contract/version-unreadable',
      severity: 'warning',
      contract: 'orders.order-placed',
      message: expect.stringContaining(
        `The version at \`${wrong}\` was not compared, as it does not load: \`ordering\``,
      ),
      at: { path: expect.stringContaining(contract), line: 1 },
      against: { path: `${wrong}:${contract}`, line: 18, was: 'did not load' },
    });
    expect(findings.slice(1).map(({ rule }) => rule)).toEqual(broken);
  });

  test('a file that was missing for a while hides nothing that was there before', async () => {
    const line = new MainLine();
    line.write('contracts/revision.json', '{ "type": "integer" }');
    line.land(1, ['revision: { type: integer }', 'revision: { $ref: ../../revision.json }']);
    rmSync(join(line.folder, 'contracts/revision.json'));
    line.land(5);
    line.write('contracts/revision.json', '{ "type": "integer" }');
    line.land(10, ...withNote);
    line.edit(...required);
    expect(rulesOf(await line.check(20))).toEqual(['contract/version-unreadable', ...broken]);
  });

  test('a shallow clone says so, and what to do about it', async () => {
    const line = new MainLine();
    line.land(1);
    line.land(10, ...withNote);
    const clone = join(aFolder(), 'clone');
    gitAt(undefined, line.folder, 'clone', '-q', '--depth', '1', `file://${line.folder}`, clone);
    const copy = new MainLine(clone);
    copy.edit(...required);
    const { code, findings } = await copy.check(20);
    const head = line.git('rev-parse', 'main').slice(0, 10);
    expect(code).toBe(100);
    expect(findings.map(({ rule, severity, message, hint }) => ({ rule, severity, message, hint }))).toEqual([
      {
        rule: 'contract/history-missing',
        severity: 'error',
        message: `Events of orders.order-placed since 2026-10-22 may still be met, but this clone is shallow and knows nothing before \`${head}\`: the change was not compared with all versions.`,
        hint: 'Fetch the whole history: `git fetch --unshallow`; in CI `fetch-depth: 0`.',
      },
    ]);
    // Nothing is missing when everything before has been forgotten.
    expect((await copy.check('2027-01-01')).findings).toEqual([]);
    copy.git('fetch', '-q', '--unshallow');
    expect(rulesOf(await copy.check(20))).toEqual(broken);
  });

  test('a shallow clone is enough where nothing is asked of earlier versions', async () => {
    const line = new MainLine();
    line.land(1);
    line.land(2);
    const clone = join(aFolder(), 'clone');
    gitAt(undefined, line.folder, 'clone', '-q', '--depth', '1', `file://${line.folder}`, clone);
    const copy = new MainLine(clone);
    copy.edit(['description: An order', 'description: Some order'], ['version: 1.0.0', 'version: 1.0.1']);
    expect(await copy.check(3)).toMatchObject({ code: 0, findings: [] });
  });

  test.each(['blob:none', 'tree:0'])('a clone that left %s behind fetches nothing by itself', async (filter) => {
    const line = threeVersions();
    line.git('stash', '-q');
    line.git('config', 'uploadpack.allowFilter', 'true');
    const clone = join(aFolder(), 'clone');
    gitAt(undefined, line.folder, 'clone', '-q', `--filter=${filter}`, `file://${line.folder}`, clone);
    const copy = new MainLine(clone);
    copy.edit(...required);
    const { findings } = await copy.check(20);
    expect(findings[0]).toMatchObject({
      rule: 'contract/history-missing',
      message: expect.stringContaining('the clone lacks objects of earlier commits'),
      hint: 'A partial or damaged clone: fetch what is missing with `git fetch --refetch --no-filter`.',
    });
    copy.git('fetch', '-q', '--refetch', '--no-filter');
    expect(rulesOf(await copy.check(20))).toEqual(broken);
  });

  test('a folder is one version, and has none before it', async () => {
    const line = threeVersions();
    const released = join(aFolder(), 'released');
    line.git('worktree', 'add', '-q', '--detach', released);
    expect(await checkIn(line.folder, '2026-11-20', join(released, 'contracts'))).toMatchObject({
      code: 0,
      findings: [],
    });
    rmSync(released, { recursive: true });
  });
});
