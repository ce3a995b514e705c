// Brings a clone to the point where its other commands work. It runs before anything is installed, so it is plain
// JavaScript for Node 20 and imports nothing but Node and its neighbour.
//
//   node test/support/install.mjs               the npm packages of the lockfile
//   node test/support/install.mjs --for test    and what the tests need of the system: Kafka, promtool, git
//   node test/support/install.mjs --for kafka   and Kafka alone (the demo with --kafka)
//
// Everything is compared first, so that the second run costs nothing. What is missing and cannot be installed here is
// named with the command that installs it, and the exit code is 1: nothing is skipped silently.

import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, join, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ensureParts } from './system-parts.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..', '..');

/** Whether node_modules holds exactly what the lockfile says. npm keeps its own record of what it laid down. */
function npmIsCurrent() {
  const recordFile = join(root, 'node_modules', '.package-lock.json');
  if (!existsSync(recordFile) || !existsSync(join(root, 'node_modules', '.bin', 'node'))) return false;
  const wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages;
  const present = JSON.parse(readFileSync(recordFile, 'utf8')).packages;
  return Object.entries(wanted).every(([path, entry]) => {
    if (path === '') return true;
    const have = present[path];
    // Optional packages are those of other platforms; they are absent here by right.
    if (have === undefined) return entry.optional === true || entry.devOptional === true || entry.peer === true;
    return have.version === entry.version && have.integrity === entry.integrity;
  });
}

/**
 * `npm ci` with the npm and the Node that started this script: it deletes node_modules, and with it the Node 24 that
 * npm scripts find there first.
 */
function npmCi() {
  const path = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes(`node_modules${sep}.bin`));
  const env = { ...process.env, PATH: path.join(delimiter) };
  const npm = process.env.npm_execpath;
  const node = process.env.npm_node_execpath;
  const ownNode = node !== undefined && !node.includes(`${sep}node_modules${sep}`);
  const args = ['ci', '--no-audit', '--no-fund'];
  const [command, commandArgs] = npm !== undefined && ownNode ? [node, [npm, ...args]] : ['npm', args];
  return new Promise((resolve) => {
    const child = spawn(command, commandArgs, { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    const said = [];
    child.stdout.on('data', (chunk) => said.push(chunk));
    child.stderr.on('data', (chunk) => said.push(chunk));
    child.on('error', (error) => resolve({ ok: false, said: `${error.message}\n` }));
    child.on('close', (code) => resolve({ ok: code === 0, said: Buffer.concat(said).toString('utf8') }));
  });
}

async function main() {
  const at = process.argv.indexOf('--for');
  const purpose = at === -1 ? 'work' : process.argv[at + 1];
  if (!['work', 'test', 'kafka'].includes(purpose)) {
    process.stderr.write(`install: --for takes "test" or "kafka", not "${purpose}"\n`);
    return 2;
  }
  if (!npmIsCurrent()) {
    const since = Date.now();
    process.stdout.write('setup: npm packages, as the lockfile says …\n');
    const { ok, said } = await npmCi();
    if (!ok) {
      process.stderr.write(`${said}setup: \`npm ci\` failed; its output is above\n`);
      return 1;
    }
    process.stdout.write(`setup: npm packages in ${((Date.now() - since) / 1000).toFixed(0)} s\n`);
  }
  return purpose === 'work' ? 0 : ensureParts(root, purpose);
}

process.exitCode = await main();
