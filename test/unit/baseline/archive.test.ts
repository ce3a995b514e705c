/** A packed release is read in memory; whatever is in it stays inside. */
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateRawSync, gzipSync } from 'node:zlib';
import { create, Header } from 'tar';
import { describe, expect, test } from 'vitest';
import { mostUnpacked } from '../../../generator/src/baseline/archive/entries.ts';
import { findBaseline } from '../../../generator/src/baseline/baseline-tree.ts';
import { fixtures } from '../checker/check-fixture.ts';
import { tenet } from '../cli/a-workspace.ts';
import { aFolder, contract, MainLine } from './a-main-line.ts';

const workspace = ['orders/order-placed/v1.yaml', 'owners.yaml', 'tenet.yaml'];

/** A folder with the base workspace in `contracts/`, or elsewhere in it. */
function released(place = 'contracts'): string {
  const folder = aFolder();
  mkdirSync(join(folder, place), { recursive: true });
  cpSync(join(fixtures, 'base-workspace'), join(folder, place), { recursive: true });
  return folder;
}

async function packed(folder: string, name: string, gzip = true): Promise<string> {
  const file = join(aFolder(), name);
  await create({ cwd: folder, file, gzip, portable: true }, readdirSync(folder));
  return file;
}

async function read(file: string, contracts = 'contracts') {
  const [baseline, findings] = await findBaseline(file, contracts);
  const { tree } = baseline ?? {};
  return {
    label: tree?.label,
    files: tree?.list(),
    refused: [...(tree?.refused?.() ?? [])],
    problem: findings[0]?.message.replace(/`[^`]*\.(tar|tgz|zip)[^`]*`/, '`…`'),
  };
}

describe('a release', () => {
  test.each([
    ['tar', 'contracts-1.4.tar', false],
    ['gzipped', 'contracts-1.4.tar.gz', true],
    ['of npm', 'contracts-1.4.tgz', true],
  ])('%s', async (_, name, gzip) => {
    const file = await packed(released(), name, gzip);
    expect(await read(file)).toEqual({ label: `${name}:contracts`, files: workspace, refused: [], problem: undefined });
  });

  test.each([
    ['at the top', '.', '.'],
    ['below one folder, as `npm pack` makes it', 'package', 'package'],
    ['deeper', 'shop-1.4/platform/contracts', 'shop-1.4/platform/contracts'],
  ])('its contracts are found %s', async (_, place, found) => {
    const file = await packed(released(place), 'release.tgz');
    expect(await read(file)).toMatchObject({ label: `release.tgz:${found}`, files: workspace });
  });

  test('of several the one that stands where the contracts do', async () => {
    const folder = released('shop-1.4/contracts');
    cpSync(join(folder, 'shop-1.4/contracts'), join(folder, 'shop-1.4/examples'), { recursive: true });
    const file = await packed(folder, 'release.tgz');
    expect((await read(file)).label).toBe('release.tgz:shop-1.4/contracts');
    expect((await read(file, 'events')).problem).toBe(
      'There is nothing to compare with: the archive `…` cannot be used: it holds contracts in several folders (`shop-1.4/contracts`, `shop-1.4/examples`), and none of them is `events`.',
    );
  });

  test.each(['tar', 'tar.gz', 'zip'])('that `git archive` made, as .%s', async (kind) => {
    const line = new MainLine();
    line.land(1);
    line.write('contracts/.hidden/x.yaml', 'x');
    line.land(2);
    const file = join(aFolder(), `release.${kind}`);
    line.git('archive', '-o', file, '--prefix', 'shop-1.4/', 'HEAD');
    expect(await read(file)).toMatchObject({ label: `release.${kind}:shop-1.4/contracts`, files: workspace });
  });

  test('is compared with, and messages name it', async () => {
    const line = new MainLine();
    const file = await packed(released(), 'contracts-1.4.tgz');
    line.edit(['ordering: per-key', 'ordering: none']);
    const { code, out } = tenet(line.folder, ['check', '--against', file], { PATH: '/nowhere' });
    expect(code).toBe(100);
    expect(out).toContain('was per-key at contracts-1.4.tgz, v1.yaml:18');
  });
});

/** A zip with one stored or deflated entry; `size` is what its directory says that it unpacks to. */
function zipped(name: string, bytes: Buffer, { size = bytes.length, mode = 0o100644 } = {}): Buffer {
  const data = deflateRawSync(bytes);
  const field = (...numbers: readonly [value: number, width: 2 | 4][]) =>
    Buffer.concat(
      numbers.map(([value, width]) => {
        const buffer = Buffer.alloc(width);
        buffer.writeUIntLE(value >>> 0, 0, width);
        return buffer;
      }),
    );
  const common = field([20, 2], [0, 2], [8, 2], [0, 4], [0, 4], [data.length, 4], [size, 4], [name.length, 2], [0, 2]);
  const local = Buffer.concat([field([0x04034b50, 4]), common, Buffer.from(name), data]);
  const rest = field([0, 2], [0, 2], [0, 2], [mode * 65536, 4], [0, 4]);
  const directory = Buffer.concat([field([0x02014b50, 4], [0x0314, 2]), common, rest, Buffer.from(name)]);
  const end = field([0x06054b50, 4], [0, 4], [1, 2], [1, 2], [directory.length, 4], [local.length, 4], [0, 2]);
  return Buffer.concat([local, directory, end]);
}

/** A tar with one empty file of any name. */
function tarred(path: string): Buffer {
  const tar = Buffer.alloc(3 * 512);
  new Header({ path, type: 'File', size: 0, mode: 0o644, mtime: new Date(0) }).encode(tar);
  return tar;
}

function written(name: string, bytes: Uint8Array): string {
  const file = join(aFolder(), name);
  writeFileSync(file, bytes);
  return file;
}

const cannot = 'There is nothing to compare with: the archive `…` cannot be used: ';

describe('an archive that is not what it says', () => {
  test.each(['../tenet.yaml', 'contracts/../../tenet.yaml', '/etc/tenet.yaml', 'C:\\tenet.yaml', 'C:/tenet.yaml'])(
    '%s leads out of it',
    async (name) => {
      const leads = `${cannot}it holds \`${name}\`, which leads out of it.`;
      expect((await read(written('a.tar', tarred(name)))).problem).toBe(leads);
      // The reader of zips looks at names itself.
      const zip = await read(written('a.zip', zipped(name, Buffer.from('x'))));
      expect(zip.problem).toMatch(/which leads out of it|invalid relative path|absolute path|invalid characters/);
    },
  );

  test.each<[what: string, name: string, bytes: Buffer, problem: string]>([
    [
      'nothing of a workspace',
      'a.tar',
      tarred('readme.md'),
      'it holds no contracts: no folder with `tenet.yaml` and `owners.yaml`',
    ],
    ['no gzip', 'a.tgz', Buffer.from([0x1f, 0x8b, 1, 2, 3]), 'its gzip is damaged'],
    ['a gzip that swells', 'a.tgz', gzipSync(Buffer.alloc(mostUnpacked + 1)), 'it unpacks to more than 256 MiB'],
    [
      'a zip that says that it swells',
      'a.zip',
      zipped('a', Buffer.from('x'), { size: mostUnpacked + 1 }),
      'it unpacks to more than 256 MiB',
    ],
  ])('%s', async (_, name, bytes, problem) => {
    expect((await read(written(name, bytes))).problem).toBe(`${cannot}${problem}.`);
  });

  test.each([
    ['text', 'a.tar', Buffer.from('tenet: 1\n'.repeat(200)), 'it is no tar that can be read'],
    ['text', 'a.zip', Buffer.from('tenet: 1\n'.repeat(200)), 'it is no zip that can be read'],
    [
      'a zip that swells more than it says',
      'a.zip',
      zipped('a', Buffer.alloc(100_000), { size: 10 }),
      'it is no zip that can be read',
    ],
  ])('%s named %s', async (_, name, bytes, problem) => {
    expect((await read(written(name, bytes))).problem).toContain(problem);
  });

  test('links are not followed, wherever they lead', async () => {
    const folder = released();
    symlinkSync('orders/order-placed/v1.yaml', join(folder, 'contracts/link.yaml'));
    symlinkSync('/etc/passwd', join(folder, 'contracts/passwd.yaml'));
    const file = await packed(folder, 'release.tgz');
    expect(await read(file)).toMatchObject({
      files: workspace,
      refused: [
        ['link.yaml', 'stands in an archive'],
        ['passwd.yaml', 'stands in an archive'],
      ],
    });
  });

  test('a name that is no file is a ref', async () => {
    expect((await read('v1.4.tar.gz', released())).problem).toContain('is not inside of a Git repository');
  });

  test('a contract in it that does not load is no clean bill', async () => {
    const folder = released();
    writeFileSync(join(folder, contract), 'tenet: 1\n');
    const file = await packed(folder, 'release.tgz');
    const line = new MainLine();
    const { code, err } = tenet(line.folder, ['check', '--against', file]);
    expect(code).toBe(1);
    expect(err).toContain('release.tgz:contracts/orders/order-placed/v1.yaml:1:1 contract/missing-field');
  });
});
