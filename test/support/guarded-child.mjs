// Runs one server for a parent that may die at any moment. The parent holds our standard input: when it closes it, or
// is killed, the server is ended by its pid and its data folder is removed. Terminal signals are ignored here and do
// not reach the server (its own process group), so that the parent decides the order in which things end.
//
//   node guarded-child.mjs '{"command", "args", "signal", "log", "remove", "uid"?, "gid"?}'

import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';

const plan = JSON.parse(process.argv[2] ?? '');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const log = openSync(plan.log, 'a');
const child = spawn(plan.command, plan.args, {
  detached: true,
  stdio: ['ignore', log, log],
  ...(plan.uid === undefined ? {} : { uid: plan.uid, gid: plan.gid }),
});

let ending = false;
const end = () => {
  if (ending) return;
  ending = true;
  child.kill(plan.signal);
  setTimeout(() => child.kill('SIGKILL'), 10_000).unref();
};
const leave = (code) => {
  // A server that ended by itself keeps its folder for the parent, which reads the log and then closes our input.
  if (ending) {
    rmSync(plan.remove, { recursive: true, force: true });
    process.exit(0);
  }
  process.stdout.write(`exit ${code}\n`);
  process.stdin.on('end', () => {
    rmSync(plan.remove, { recursive: true, force: true });
    process.exit(0);
  });
};

process.stdin.on('end', end);
process.stdin.on('error', end);
process.stdin.resume();
child.on('error', (error) => leave(error.message));
child.on('exit', (code, signal) => leave(signal ?? code));
