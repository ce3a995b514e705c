// `npm test`: the build, the linter, the generated code's freshness and the tests, all of them whatever fails, and at
// the end one line that machines read: "N passed, N failed" (", N skipped" where there are any). Each gate counts as
// one test. Arguments are file filters for Vitest; with any, the gates are left out.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startVitest, type TestModule } from 'vitest/node';

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

const root = fileURLToPath(new URL('../..', import.meta.url));
const gates: readonly (readonly [string, ...string[]])[] = [
  ['tsc', '-b'],
  ['biome', 'check', '--error-on-warnings', '.'],
  ['tenet', 'generate', '--check'],
];

function runGate([command, ...args]: readonly [string, ...string[]]): boolean {
  const { status, error } = spawnSync(join(root, 'node_modules', '.bin', command), args, {
    cwd: root,
    stdio: 'inherit',
    shell: process.platform === 'win32',
  });
  const passed = status === 0;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${[command, ...args].join(' ')}${error ? `: ${error.message}` : ''}`);
  return passed;
}

function countModule(module: TestModule, count: Count): void {
  for (const test of module.children.allTests()) {
    const { state } = test.result();
    if (state === 'passed') count.passed += 1;
    else if (state === 'skipped') count.skipped += 1;
    else count.failed += 1;
  }
  // A file that fails outside its tests (import, hook) has errors of its own.
  count.failed += module.errors().length;
}

const count: Count = { passed: 0, failed: 0, skipped: 0 };
const filters = process.argv.slice(2);
if (filters.length === 0) for (const gate of gates) count[runGate(gate) ? 'passed' : 'failed'] += 1;

process.chdir(root);
try {
  const vitest = await startVitest('test', filters, { watch: false });
  const modules = vitest.state.getTestModules();
  for (const module of modules) countModule(module, count);
  count.failed += vitest.state.getUnhandledErrors().length;
  if (modules.length === 0) count.failed += 1;
  await vitest.close();
} catch (error) {
  console.error(error);
  count.failed += 1;
}

const skipped = count.skipped === 0 ? '' : `, ${count.skipped} skipped`;
process.exitCode = count.failed === 0 ? 0 : 1;
process.stdout.write(`${count.passed} passed, ${count.failed} failed${skipped}\n`);
