// What the tests need of the system beside npm packages: a Java runtime and Maven for Kafka's jars, promtool, git.
// Plain JavaScript for Node 20: the installer imports it before anything is installed.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  accessSync,
  constants,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { delimiter, join } from 'node:path';

const say = (line) => process.stdout.write(`setup: ${line}\n`);

/** The first executable of that name on the PATH, or undefined. */
function onPath(name) {
  const suffixes = process.platform === 'win32' ? ['.exe', '.cmd'] : [''];
  for (const folder of (process.env.PATH ?? '').split(delimiter).filter((part) => part !== '')) {
    for (const suffix of suffixes) {
      const file = join(folder, name + suffix);
      try {
        accessSync(file, constants.X_OK);
        if (statSync(file).isFile()) return file;
      } catch {
        // not here
      }
    }
  }
  return undefined;
}

function run(command, args, options = {}) {
  const result = spawnSync(command, args, { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, ...options });
  const output = `${result.stdout ?? ''}${result.stderr ?? ''}${result.error === undefined ? '' : `${result.error.message}\n`}`;
  return { ok: result.status === 0, output };
}

function javaMajor() {
  const java = onPath('java');
  if (java === undefined) return undefined;
  const match = /version "(\d+)/.exec(run(java, ['-version']).output);
  return match === null ? undefined : Number(match[1]);
}

/** Where Kafka's jars are kept; the folder's name changes with the pom, so an old one is never taken for a new one. */
export function kafkaFolder(root) {
  const pom = readFileSync(join(root, 'test', 'support', 'kafka', 'pom.xml'));
  const version = /<kafka\.version>([^<]+)</.exec(pom.toString('utf8'))?.[1] ?? 'unknown';
  const hash = createHash('sha256').update(pom).digest('hex').slice(0, 8);
  return join(root, '.tenet-cache', `kafka-${version}-${hash}`);
}

/** promtool on the PATH, else the one this installer unpacked, else undefined. */
export function promtoolFile(root) {
  const own = join(root, '.tenet-cache', 'bin', 'promtool');
  return onPath('promtool') ?? (existsSync(own) ? own : undefined);
}

function missingParts(root, purpose) {
  const missing = [];
  if (!process.env.TENET_KAFKA) {
    const major = javaMajor();
    if (major === undefined || major < 17) {
      const found = major === undefined ? 'none found' : `found ${major}`;
      missing.push({ part: `Java 17 or newer, to run Kafka (${found})`, debian: 'java', brew: 'openjdk' });
    }
    if (!existsSync(kafkaFolder(root)) && onPath('mvn') === undefined) {
      missing.push({ part: "Maven, to fetch Kafka's jars", debian: 'maven', brew: 'maven' });
    }
  }
  if (purpose === 'test') {
    if (promtoolFile(root) === undefined) {
      missing.push({ part: 'promtool, to test alert rules', debian: 'prometheus', brew: 'prometheus' });
    }
    if (onPath('git') === undefined) missing.push({ part: 'git', debian: 'git', brew: 'git' });
  }
  return missing;
}

/** Debian names a runtime by its version; take the newest long-term one that this release offers. */
function javaPackage() {
  const names = ['openjdk-21-jre-headless', 'openjdk-17-jre-headless'];
  const offered = (name) => /Candidate: (?!\(none\))/.test(run('apt-cache', ['policy', name]).output);
  return names.find(offered) ?? 'default-jre-headless';
}

/**
 * promtool comes in the package of the Prometheus server, whose installation would start a server. Only its file is
 * taken, into our own folder, which needs no root either.
 */
function unpackPromtool(root) {
  mkdirSync(join(root, '.tenet-cache', 'bin'), { recursive: true });
  const folder = mkdtempSync(join(root, '.tenet-cache', 'promtool-'));
  try {
    const fetched = run('apt-get', ['download', '-qq', 'prometheus'], { cwd: folder });
    const file = readdirSync(folder).find((name) => name.endsWith('.deb'));
    if (!fetched.ok || file === undefined) return fetched;
    const unpacked = run('dpkg-deb', ['-x', file, 'unpacked'], { cwd: folder });
    if (unpacked.ok) {
      copyFileSync(join(folder, 'unpacked', 'usr', 'bin', 'promtool'), join(folder, 'promtool'));
      renameSync(join(folder, 'promtool'), join(root, '.tenet-cache', 'bin', 'promtool'));
    }
    return unpacked;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Installs by apt what it may; returns what apt said when it failed, else the empty string. */
function installByApt(root, missing) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const isRoot = process.getuid?.() === 0;
  const packages = missing.filter(({ debian }) => debian !== 'prometheus').map(({ debian }) => debian);
  let complaint = '';
  if (isRoot) {
    say('apt-get update …');
    const updated = run('apt-get', ['update', '-qq'], { env });
    if (!updated.ok) complaint += updated.output;
  }
  if (isRoot && packages.length > 0) {
    const names = packages.map((name) => (name === 'java' ? javaPackage() : name));
    say(`apt-get install ${names.join(' ')} …`);
    const installed = run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...names], { env });
    if (!installed.ok) complaint += installed.output;
  }
  if (missing.some(({ debian }) => debian === 'prometheus')) {
    say('promtool, from the Debian package prometheus …');
    const unpacked = unpackPromtool(root);
    if (!unpacked.ok) complaint += unpacked.output;
  }
  return complaint;
}

function howToInstall({ debian, brew }) {
  if (onPath('brew') !== undefined) return `brew install ${brew}`;
  const name = debian === 'java' ? 'openjdk-17-jre-headless' : debian;
  return `sudo apt-get update && sudo apt-get install -y --no-install-recommends ${name}`;
}

function fetchKafka(root) {
  const folder = kafkaFolder(root);
  if (existsSync(folder)) return true;
  say("Kafka's jars, by Maven …");
  mkdirSync(join(root, '.tenet-cache'), { recursive: true });
  const partial = mkdtempSync(join(root, '.tenet-cache', 'kafka-'));
  const pom = join(root, 'test', 'support', 'kafka', 'pom.xml');
  const copied = run('mvn', [
    '-q',
    '-B',
    '-f',
    pom,
    'dependency:copy-dependencies',
    `-DoutputDirectory=${join(partial, 'libs')}`,
  ]);
  if (!copied.ok) {
    rmSync(partial, { recursive: true, force: true });
    process.stderr.write(`${copied.output}setup: Maven could not fetch Kafka's jars; its output is above\n`);
    return false;
  }
  writeFileSync(join(partial, 'README'), 'The jars of one Kafka broker, fetched by test/support. Safe to delete.\n');
  // Whole or not at all: a folder of that name is complete.
  renameSync(partial, folder);
  return true;
}

/**
 * Sees that the parts are there, installing what it may: by apt on Debian-like systems, packages as root only.
 *
 * @returns the exit code: 0, or 1 when a part is still missing, each having been named
 */
export function ensureParts(root, purpose) {
  let missing = missingParts(root, purpose);
  let complaint = '';
  if (missing.length > 0 && onPath('apt-get') !== undefined) {
    complaint = installByApt(root, missing);
    missing = missingParts(root, purpose);
  }
  if (missing.length > 0) {
    process.stderr.write(complaint);
    for (const part of missing) process.stderr.write(`setup: missing: ${part.part}\n         ${howToInstall(part)}\n`);
    return 1;
  }
  return !process.env.TENET_KAFKA && !fetchKafka(root) ? 1 : 0;
}
