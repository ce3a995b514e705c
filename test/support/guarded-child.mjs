// Runs one server for a parent that may die at any moment. The parent holds our standard input: when it closes it, or
// is killed, the server is ended by its pid and its data folder is removed. Terminal signals are ignored here and do
// not reach the server (its own process group), so that the parent decides the order in which things end. Anything that
// the parent writes kills the server and starts it again on what it left behind.
//
//   node guarded-child.mjs '{"command", "args", "signal", "log", "remove", "uid"?, "gid"?}'

import { spawn } from 'node:child_process';
import { openSync, rmSync } from 'node:fs';

const plan = JSON.parse(process.argv[2] ?? '');
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => {});

const log = openSync(plan.log, 'a');
let ending = false;
let restarting = false;
const start = () => {
  const started = spawn(plan.command, plan.args, {
    detached: true,
    stdio: ['ignore', log, log],
    ...(plan.uid === undefined ? {} : { uid: plan.uid, gid: plan.gid }),
  });
  started.on('error', (error) => leave(error.message));
  started.on('exit', (code, signal) => {
    if (!restarting || ending) return leave(signal ?? code);
    restarting = false;
    child = start();
    process.stdout.write('started again\n');
  });
  return started;
};
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
process.stdin.on('data', () => {
  restarting = true;
  child.kill('SIGKILL');
});
let child = start();
