import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, vi } from 'vitest';
import { startServer, untilReady } from '../../support/server.ts';

const server = fileURLToPath(new URL('../../support/server.ts', import.meta.url));

/** A plan for a server that writes its pid and would run for ever, deaf to polite signals. */
function plan(folder: string, script: string) {
  const args = [
    '-e',
    `require('fs').writeFileSync(${JSON.stringify(join(folder, 'pid'))}, String(process.pid)); ${script}`,
  ];
  return { command: process.execPath, args, signal: 'SIGKILL', log: join(folder, 'log'), remove: folder } as const;
}

const forEver = `process.on('SIGTERM', () => {}); process.on('SIGINT', () => {}); setInterval(() => {}, 1000)`;

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function pidIn(folder: string): Promise<number> {
  return vi.waitFor(
    () => Number(readFileSync(join(folder, 'pid'), 'utf8').replace(/^$/, 'not yet')) || Promise.reject(),
    5000,
  );
}

test('stop ends the server and removes its folder', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenet-server-'));
  const running = startServer(plan(folder, forEver));
  const pid = await pidIn(folder);
  expect(isAlive(pid)).toBe(true);
  await running.stop();
  expect([isAlive(pid), existsSync(folder)]).toEqual([false, false]);
});

test('a parent that is killed takes its server with it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenet-server-'));
  const code = `import { startServer } from ${JSON.stringify(server)};
    startServer(${JSON.stringify(plan(folder, forEver))});
    setInterval(() => {}, 1000);`;
  const parent = spawn(process.execPath, ['--input-type=module', '-e', code], { stdio: 'inherit' });
  const pid = await pidIn(folder);
  parent.kill('SIGKILL');
  await once(parent, 'exit');
  await vi.waitFor(() => expect([isAlive(pid), existsSync(folder)]).toEqual([false, false]), 5000);
});

test('a server that ends before it is ready is reported with the end of its log', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tenet-server-'));
  const running = startServer(plan(folder, `console.log('no memory left'); process.exitCode = 7`));
  const ready = untilReady(running, 'The server', 10_000, () => Promise.reject(new Error('not yet')));
  await expect(ready).rejects.toThrow('The server ended with 7; the end of its log:\nno memory left');
  expect(existsSync(folder)).toBe(false);
});
