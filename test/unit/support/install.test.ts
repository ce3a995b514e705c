import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';

const support = fileURLToPath(new URL('../../support', import.meta.url));
const lock = { packages: { '': {}, 'node_modules/a': { version: '1.0.0' }, 'node_modules/b': { optional: true } } };
let root = '';

// A clone whose npm packages are in place, and a PATH on which nothing is.
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'tenet-install-'));
  cpSync(support, join(root, 'test/support'), { recursive: true });
  mkdirSync(join(root, 'node_modules/.bin'), { recursive: true });
  mkdirSync(join(root, 'path'));
  symlinkSync(process.execPath, join(root, 'node_modules/.bin/node'));
  writeFileSync(join(root, 'package-lock.json'), JSON.stringify(lock));
  record({ 'node_modules/a': { version: '1.0.0' } });
});
afterEach(() => rmSync(root, { recursive: true }));

function record(packages: unknown): void {
  writeFileSync(join(root, 'node_modules/.package-lock.json'), JSON.stringify({ packages }));
}

function install(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
): { code: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'test/support/install.mjs'), ...args], {
    encoding: 'utf8',
    env: { PATH: join(root, 'path'), ...env },
  });
  return { code: status, out: stdout, err: stderr };
}

function tool(name: string, script: string): void {
  writeFileSync(join(root, 'path', name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
}

test('nothing is done and nothing is said when the packages are those of the lockfile', () => {
  expect(install([])).toEqual({ code: 0, out: '', err: '' });
});

test('another version than the lockfile says is installed anew, with the npm that started the script', () => {
  record({ 'node_modules/a': { version: '0.9.0' } });
  writeFileSync(
    join(root, 'npm.js'),
    'console.log(process.argv.slice(2).join(" "), process.env.PATH); process.exit(3)',
  );
  const { code, err } = install([], {
    PATH: `${join(root, 'node_modules/.bin')}:${join(root, 'path')}`,
    npm_execpath: join(root, 'npm.js'),
    npm_node_execpath: process.execPath.includes('node_modules') ? '/usr/bin/node' : process.execPath,
  });
  expect(code).toBe(1);
  expect(err).toContain(`ci --no-audit --no-fund ${join(root, 'path')}\n`);
});

test('each missing part is named with the command that installs it', () => {
  const apt = 'sudo apt-get update && sudo apt-get install -y --no-install-recommends';
  expect(install(['--for', 'test'])).toEqual({
    code: 1,
    out: '',
    err: [
      'setup: missing: Java 17 or newer, to run Kafka (none found)',
      `         ${apt} openjdk-17-jre-headless`,
      "setup: missing: Maven, to fetch Kafka's jars",
      `         ${apt} maven`,
      'setup: missing: promtool, to test alert rules',
      `         ${apt} prometheus`,
      'setup: missing: git',
      `         ${apt} git`,
      '',
    ].join('\n'),
  });
});

test('an old Java is not enough', () => {
  tool('java', `echo 'openjdk version "11.0.2"' >&2`);
  expect(install(['--for', 'kafka']).err).toContain('Java 17 or newer, to run Kafka (found 11)\n');
});

test('where another Kafka is named, neither Java nor Maven is asked for', () => {
  for (const name of ['promtool', 'git']) tool(name, '');
  expect(install(['--for', 'test'], { TENET_KAFKA: 'localhost:9092' })).toEqual({ code: 0, out: '', err: '' });
});

test('what apt and Maven say is shown when they fail', () => {
  tool('apt-get', 'echo "E: no such package"; exit 100');
  tool('java', `echo 'openjdk version "17.0.1"' >&2`);
  for (const name of ['promtool', 'git']) tool(name, '');
  const withoutMaven = install(['--for', 'test']);
  expect(withoutMaven.code).toBe(1);
  if (process.getuid?.() === 0) expect(withoutMaven.err).toContain('E: no such package\n');
  expect(withoutMaven.err).toContain("setup: missing: Maven, to fetch Kafka's jars\n");
  tool('mvn', 'echo "[ERROR] offline"; exit 1');
  const failing = install(['--for', 'test']);
  expect(failing.code).toBe(1);
  expect(failing.err).toBe("[ERROR] offline\nsetup: Maven could not fetch Kafka's jars; its output is above\n");
});
