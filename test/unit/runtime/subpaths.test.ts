// Vitest finds names in a CommonJS package that Node itself does not: what services import must load in plain Node.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { exports } = JSON.parse(readFileSync(`${root}/runtime/package.json`, 'utf8')) as {
  exports: Record<string, unknown>;
};

test.each(Object.keys(exports))('%s of the runtime loads in plain Node', (subpath) => {
  const name = JSON.stringify(`@tenet/runtime${subpath.slice(1)}`);
  const { status, stderr } = spawnSync(
    process.execPath,
    ['--conditions=tenet-source', '--input-type=module', '-e', `await import(${name})`],
    { cwd: `${root}/test`, encoding: 'utf8' },
  );
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
});
