import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type GenerateOptions, runGenerate } from '../../../generator/src/cli/generate.ts';

const fixture = join(import.meta.dirname, '../../fixtures/emit/sdk/one-event/contracts');
const contract = 'orders/order-placed/v1.yaml';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tenet-generate-'));
  cpSync(fixture, join(folder, 'contracts'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function generate(
  options: Partial<GenerateOptions> = {},
): Promise<{ readonly code: number; readonly said: string }> {
  let said = '';
  const terminal = {
    out: (text: string) => {
      said += text;
    },
    err: (text: string) => {
      said += text;
    },
    colour: false,
    width: 80,
    cwd: folder,
    input: (async function* () {})(),
  };
  const code = await runGenerate(
    { contracts: join(folder, 'contracts'), out: join(folder, 'out'), ...options },
    terminal,
  );
  return { code, said: said.replaceAll(folder, '…').replace(/in [\d.]+ s/, 'in 0 s') };
}

function edit(change: (text: string) => string): void {
  const path = join(folder, 'contracts', contract);
  writeFileSync(path, change(readFileSync(path, 'utf8')));
}

function outputs(out = 'out'): Record<string, string> {
  const root = join(folder, out);
  const files = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).sort();
  return Object.fromEntries(paths.map((path) => [path.slice(root.length + 1), readFileSync(path, 'utf8')]));
}

test('says what it wrote, then that there is nothing to write', async () => {
  const first = await generate();
  expect(first.code).toBe(0);
  expect(first.said).toMatch(/^1 contract → \d+ files in 0 s: \d+ created\n {2}created {2}…\/out\//);
  const before = outputs();
  const again = await generate();
  expect(again).toMatchObject({
    code: 0,
    said: expect.stringMatching(/^1 contract → \d+ files in 0 s: nothing to write\n$/),
  });
  expect(outputs()).toEqual(before);
});

test('gives the same bytes wherever the contracts lie', async () => {
  await generate();
  cpSync(join(folder, 'contracts'), join(folder, 'elsewhere/contracts'), { recursive: true });
  await generate({ contracts: join(folder, 'elsewhere/contracts'), out: join(folder, 'other') });
  expect(outputs('other')).toEqual(outputs());
});

test('--check shows what would change and writes nothing', async () => {
  await generate();
  expect(await generate({ check: true })).toMatchObject({
    code: 0,
    said: expect.stringContaining('is what the contracts say'),
  });
  const before = outputs();
  edit((text) => text.replace('Identity of the order.', 'Names the order.'));
  const { code, said } = await generate({ check: true });
  expect(code).toBe(100);
  expect(said).toMatch(/^1 contract → \d+ files: …\/out is not what the contracts say: \d+ changed\n/);
  expect(said).toContain('…/out/src/orders/order-placed/v1.ts\n');
  expect(said).toContain('\n-  /** Identity of the order. */\n+  /** Names the order. */\n');
  expect(said).toContain('way out  run `tenet generate`');
  expect(outputs()).toEqual(before);
});

test('prunes what a removed contract leaves, and keeps files of the user', async () => {
  await generate();
  writeFileSync(join(folder, 'out/package.json'), '{}');
  rmSync(join(folder, 'contracts/orders'), { recursive: true });
  const { code, said } = await generate();
  expect(code).toBe(0);
  expect(said).toMatch(/pruned/);
  expect(existsSync(join(folder, 'out/src/orders'))).toBe(false);
  expect(readFileSync(join(folder, 'out/package.json'), 'utf8')).toBe('{}');
});

test.each([
  [
    'a contract that cannot be read',
    (text: string) => text.replace('owner: shop', 'owner: nobody'),
    'contract/unknown-team',
  ],
  [
    'a design error',
    (text: string) => text.replace('callerWaits', '').replace('payload: 1 KiB', 'payload: 1 KiB, callerWaits: true'),
    'design/caller-waits',
  ],
])('%s writes nothing and leaves the old output', async (_, change, rule) => {
  await generate();
  const before = outputs();
  edit(change);
  const { code, said } = await generate();
  expect(code).toBe(100);
  expect(said).toContain(rule);
  expect(said).toContain('nothing was written to …/out');
  expect(outputs()).toEqual(before);
});

test('Avro is refused, unless no SDK is asked for', async () => {
  const avro = 'schema: { avro: { type: record, name: A, fields: [{ name: id, type: string }] } }\n';
  edit((text) => text.replace(/schema:\n( {2}.*\n)+/, avro).replace('partitionKey: /orderId', 'partitionKey: none'));
  edit((text) =>
    text.replace('ordering: per-key', 'ordering: none').replace(/ {4}delivery: effectively-once\n.*\n/, ''),
  );
  const { code, said } = await generate();
  expect(said).toContain('output/avro-sdk');
  expect(code).toBe(100);
  edit((text) => text.replaceAll('{ owner: shop }', '{ owner: shop, generated: false }'));
  edit((text) => text.replace('billing:\n    owner: shop', 'billing:\n    owner: shop\n    generated: false'));
  expect((await generate()).code).toBe(0);
});

test('refuses to write among the contracts', async () => {
  await expect(generate({ out: join(folder, 'contracts/generated') })).rejects.toThrow(
    'lies in the folder of the contracts',
  );
});

test('a file of the user in the way is a finding', async () => {
  await generate();
  rmSync(join(folder, 'out/.tenet-manifest'));
  writeFileSync(join(folder, 'out/src/orders.ts'), 'mine');
  const { code, said } = await generate();
  expect(code).toBe(100);
  expect(said).toContain('output/not-ours');
  expect(readFileSync(join(folder, 'out/src/orders.ts'), 'utf8')).toBe('mine');
});

test('a file where the folder should be is a mistake in typing, and what the system refuses is said', async () => {
  writeFileSync(join(folder, 'file'), '');
  for (const out of ['file', 'file/below/it'])
    await expect(generate({ out: join(folder, out) })).rejects.toThrow(/file` is a file, and --out wants a folder/);
  // Where nothing can be made, Node's own way of making folders never ends.
  if (process.platform === 'linux') await expect(generate({ out: '/proc/tenet/out' })).rejects.toThrow(/ENOENT/);
});

test('a difference shows what hides in a file, and obeys none of it', async () => {
  await generate();
  const page = join(folder, 'out', Object.keys(outputs()).find((path) => path.endsWith('.md')) ?? '');
  writeFileSync(page, `\u001b[2J\u202e${readFileSync(page, 'utf8')}`);
  const { code, said } = await generate({ check: true });
  expect(code).toBe(100);
  expect(said).toContain('-·[2J·');
  expect(said).toMatch(/^[\n\P{C}]*$/u);
});
