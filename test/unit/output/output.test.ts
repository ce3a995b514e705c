import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { OutputFile } from '../../../generator/src/output/output-file.ts';
import { type Plan, planOutput } from '../../../generator/src/output/plan.ts';
import { writeOutput } from '../../../generator/src/output/write.ts';

let root = '';
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tenet-output-'));
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const a: OutputFile = { path: 'src/a.ts', text: 'a\n' };
const b: OutputFile = { path: 'src/deep/b.ts', text: 'b\n' };

function plan(...files: readonly OutputFile[]): Plan {
  const [made, findings] = planOutput(root, 'generated', files);
  expect(findings).toEqual([]);
  if (made === undefined) throw new Error('no plan');
  return made;
}

function refusal(...files: readonly OutputFile[]): readonly string[] {
  const [made, findings] = planOutput(root, 'generated', files);
  expect(made).toBeUndefined();
  return findings.map(({ rule, at }) => `${rule} ${at.path}`);
}

function write(...files: readonly OutputFile[]): Plan {
  const made = plan(...files);
  writeOutput(root, made);
  return made;
}

function states(made: Plan): Record<string, string> {
  return Object.fromEntries(made.files.map(({ path, state }) => [path, state]));
}

function all(): readonly string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1))
    .sort();
}

test('writes what is new, then nothing', () => {
  expect(states(write(a, b))).toEqual({ 'src/a.ts': 'created', 'src/deep/b.ts': 'created' });
  expect(all()).toEqual(['.tenet-manifest', 'src/a.ts', 'src/deep/b.ts']);
  const again = plan(b, a);
  expect(states(again)).toEqual({ 'src/a.ts': 'unchanged', 'src/deep/b.ts': 'unchanged' });
  expect(again.manifest.changed).toBe(false);
});

test('changes only what differs', () => {
  write(a, b);
  expect(states(write({ ...a, text: 'A\n' }, b))).toEqual({ 'src/a.ts': 'changed', 'src/deep/b.ts': 'unchanged' });
  expect(readFileSync(join(root, 'src/a.ts'), 'utf8')).toBe('A\n');
});

test('prunes its own files and the folders that this empties, and nothing of the user', () => {
  write(a, b);
  writeFileSync(join(root, 'src/mine.ts'), 'mine\n');
  expect(write(a).pruned).toEqual(['src/deep/b.ts']);
  expect(all()).toEqual(['.tenet-manifest', 'src/a.ts', 'src/mine.ts']);
  expect(existsSync(join(root, 'src/deep'))).toBe(false);
});

test('says that an edited file is overwritten, and lets go of an edited file that nothing wants any more', () => {
  write(a, b);
  writeFileSync(join(root, 'src/a.ts'), 'edited\n');
  writeFileSync(join(root, 'src/deep/b.ts'), 'edited\n');
  const made = write(a);
  expect(made.files.map(({ edited }) => edited)).toEqual([true]);
  expect(made).toMatchObject({ pruned: [], released: ['src/deep/b.ts'] });
  expect(readFileSync(join(root, 'src/a.ts'), 'utf8')).toBe('a\n');
  expect(readFileSync(join(root, 'src/deep/b.ts'), 'utf8')).toBe('edited\n');
  expect(plan(a).released).toEqual([]);
});

test('refuses a file that is not ours, unless it says the same', () => {
  mkdirSync(join(root, 'src'));
  writeFileSync(join(root, 'src/a.ts'), 'user\n');
  expect(refusal(a)).toEqual(['output/not-ours generated/src/a.ts']);
  writeFileSync(join(root, 'src/a.ts'), a.text);
  expect(states(plan(a))).toEqual({ 'src/a.ts': 'unchanged' });
});

test('refuses a folder where a file has to stand, and a file where a folder has to', () => {
  mkdirSync(join(root, 'src/a.ts'), { recursive: true });
  writeFileSync(join(root, 'src/deep'), '');
  expect(refusal(a, b)).toEqual(['output/not-ours generated/src/a.ts', 'output/not-ours generated/src/deep/b.ts']);
});

test('never writes or prunes through a symbolic link', () => {
  write(a, b);
  const outside = mkdtempSync(join(tmpdir(), 'tenet-outside-'));
  try {
    writeFileSync(join(outside, 'b.ts'), b.text);
    rmSync(join(root, 'src/deep'), { recursive: true });
    symlinkSync(outside, join(root, 'src/deep'));
    expect(refusal(a, b)).toEqual(['output/symbolic-link generated/src/deep/b.ts']);
    expect(write(a)).toMatchObject({ pruned: [], released: [] });
    expect(readdirSync(outside)).toEqual(['b.ts']);
  } finally {
    rmSync(outside, { recursive: true, force: true });
  }
});

test('refuses paths that collide where case is ignored, or twice, or through one another', () => {
  const [path, text] = ['src/x.ts', ''];
  expect(refusal({ path, text }, { path: 'src/X.ts', text })).toEqual(['output/colliding-paths generated/src/x.ts']);
  expect(refusal({ path, text }, { path, text })).toEqual(['output/colliding-paths generated/src/x.ts']);
  expect(refusal({ path, text }, { path: 'src/X.ts/y', text })).toEqual([
    'output/colliding-paths generated/src/X.ts/y',
  ]);
});

test.each(['../a', '/a', 'a//b', 'a/./b', 'a\\b', 'a:b', 'a.', '', 'a\nb'])(
  'the path %j is a bug of an emitter',
  (path) => {
    expect(() => planOutput(root, 'generated', [{ path, text: '' }])).toThrow(JSON.stringify(path));
  },
);

test('believes no path of a manifest that it would not have written', () => {
  const hash = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855';
  const outside = join(root, 'outside');
  mkdirSync(join(root, 'out'));
  writeFileSync(outside, '');
  writeFileSync(join(root, 'out/.tenet-manifest'), `${hash}  ../outside\n`);
  const [made] = planOutput(join(root, 'out'), 'out', []);
  expect(made).toMatchObject({ pruned: [], released: [] });
});

test('knows its files again in a manifest with both sides of a merge', () => {
  write(a);
  const one = readFileSync(join(root, '.tenet-manifest'), 'utf8');
  write({ ...a, text: 'other\n' });
  const other = readFileSync(join(root, '.tenet-manifest'), 'utf8');
  writeFileSync(join(root, '.tenet-manifest'), `<<<<<<< ours\n${one}=======\n${other}>>>>>>> theirs\n`);
  const made = write({ ...a, text: 'third\n' });
  expect(made.files).toMatchObject([{ state: 'changed', edited: false }]);
});

test('a write that fails leaves the old output in place', () => {
  write(a);
  const made = plan({ ...a, text: 'new\n' }, b);
  // The last new file cannot be made: its text is no text.
  const broken = { ...made, files: [...made.files, { ...made.files[0], path: 'src/c.ts', text: undefined }] };
  expect(() => writeOutput(root, broken as unknown as Plan)).toThrow();
  expect(all()).toEqual(['.tenet-manifest', 'src/a.ts']);
  expect(readFileSync(join(root, 'src/a.ts'), 'utf8')).toBe('a\n');
});

test('after a write that broke off in the middle, what it wrote is known as ours', () => {
  write(a);
  const made = plan({ ...a, text: 'new\n' }, b);
  writeFileSync(join(root, 'src/deep'), 'in the way');
  expect(() => writeOutput(root, made)).toThrow();
  rmSync(join(root, 'src/deep'));
  expect(readFileSync(join(root, 'src/a.ts'), 'utf8')).toBe('new\n');
  expect(plan({ ...a, text: 'newest\n' }, b).files).toMatchObject([
    { state: 'changed', edited: false },
    { state: 'created', edited: false },
  ]);
});
