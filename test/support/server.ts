// Starts one server process that never outlives this one: a guard process ends it and removes its folder when our end
// of the guard's standard input closes, be it by `stop` or because we were killed.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';

export interface ServerPlan {
  readonly command: string;
  readonly args: readonly string[];
  /** The signal that ends it at once and without leftovers. */
  readonly signal: NodeJS.Signals;
  /** Where its output goes; inside `remove`. */
  readonly log: string;
  /** The folder that goes when the server has gone. */
  readonly remove: string;
  /** The user to run as, by number; ours when absent. */
  readonly uid?: number;
  readonly gid?: number;
}

export interface Server {
  /** How the server ended by itself, or undefined while it runs. */
  ended(): string | undefined;
  /** What it has written so far. */
  log(): string;
  /** Kills the server by SIGKILL and starts it again on what it left behind; resolves when the new process runs. */
  restart(): Promise<void>;
  /** Ends the server, waits for it and removes its folder. May be called again. */
  stop(): Promise<void>;
}

export function startServer(plan: ServerPlan): Server {
  const guard = fileURLToPath(new URL('guarded-child.mjs', import.meta.url));
  const child: ChildProcess = spawn(process.execPath, [guard, JSON.stringify(plan)], {
    stdio: ['pipe', 'pipe', 'inherit'],
    // A group of its own: a Ctrl-C in the terminal reaches us alone, and we end the server in our own order.
    detached: true,
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString('utf8');
  });
  const closed = once(child, 'close');
  // The guard must not keep a process alive that has nothing else to do; its end closes the pipe and so the server.
  child.unref();
  for (const stream of [child.stdin, child.stdout]) {
    if (stream !== null && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
  return {
    ended: () => /^exit (.*)$/m.exec(said)?.[1],
    log: () => readLog(plan.log),
    restart: async () => {
      const before = said.length;
      child.stdin?.write('again\n');
      for (let waited = 0; !said.slice(before).includes('started again'); waited += 1) {
        if (waited === 200) throw new Error('the server was not started again within 10 s');
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    },
    stop: async () => {
      child.ref();
      child.stdin?.end();
      await closed;
    },
  };
}

function readLog(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

/**
 * A loopback port that nobody listens on. Taken below the range from which systems draw ports for outgoing
 * connections, so that it is still free when the server takes it a moment later.
 */
export async function freePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = 20_000 + Math.floor(Math.random() * 12_000);
    const free = await new Promise<boolean>((resolve) => {
      const probe = createServer();
      probe.once('error', () => resolve(false));
      probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
    });
    if (free) return port;
  }
  throw new Error('no free loopback port found in 100 attempts');
}

/** Repeats `attempt` until it succeeds; gives up with its last error when the server has ended or time is over. */
export async function untilReady(
  server: Server,
  name: string,
  withinMs: number,
  attempt: () => Promise<void>,
): Promise<void> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    try {
      await attempt();
      return;
    } catch (error) {
      const ended = server.ended();
      if (ended === undefined && Date.now() < deadline) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        continue;
      }
      const reason = ended === undefined ? `did not answer within ${withinMs / 1000} s` : `ended with ${ended}`;
      const tail = server.log().split('\n').slice(-30).join('\n');
      await server.stop();
      throw new Error(`${name} ${reason}; the end of its log:\n${tail}`, { cause: error });
    }
  }
}
