/** One bounded transaction on a connection of the pool, and what may be said about it when the connection is lost. */
import type { PoolClient } from 'pg';
import { InboxError } from './inbox.ts';

/** What a handler gets as `tx`: statements in the transaction in which the record's key is remembered. */
export interface PostgresTransaction {
  query(
    text: string,
    values?: readonly unknown[],
  ): Promise<{ readonly rows: readonly Record<string, unknown>[]; readonly rowCount: number | null }>;
}

/** What the transaction came to; without `keep` it is rolled back. */
export interface Work<T> {
  readonly result: T;
  readonly keep: boolean;
}

/** How much longer than the client the server waits before it ends the transaction by itself. */
const graceMs = 1000;

/**
 * Runs `work` in a transaction on `client` and commits. Errors of `work` are rethrown untouched after the rollback.
 * Gives the connection back to the pool, or destroys it when it may still be in use.
 *
 * @param readBack answers after a COMMIT without an answer whether it happened
 */
export async function runTransaction<T>(
  client: PoolClient,
  timeoutMs: number,
  work: (tx: PostgresTransaction) => Promise<Work<T>>,
  readBack: () => Promise<boolean>,
): Promise<T> {
  let broken: Error | undefined;
  const onError = (error: Error): void => {
    broken ??= error;
  };
  // The pool takes its own listener away from a connection that is out; an event without a listener ends the process.
  client.on('error', onError);
  const release = (destroy: boolean): void => {
    // A destroyed connection keeps the listener: errors of its dying socket may still follow.
    if (!destroy) client.off('error', onError);
    client.release(destroy);
  };
  let ended = false;
  const tx: PostgresTransaction = {
    query: (text, values = []) =>
      ended
        ? Promise.reject(new InboxError('timeout', 'the transaction is over; the statement was not run'))
        : client.query(text, [...values]),
  };
  const deadline = new Deadline(timeoutMs);
  try {
    await deadline.bound(client.query(begin(timeoutMs)));
    const answer = await deadline.bound(work(tx));
    ended = true;
    if (!answer.keep) {
      release(!(await rollBack(client)));
      return answer.result;
    }
    let command: string;
    try {
      command = (await deadline.bound(client.query('commit'))).command;
    } catch (error) {
      release(true);
      // Unknown. If the key is there, it was committed; if not, a retry finds out by the unique wait of its own claim.
      if (await readBack()) return answer.result;
      throw new InboxError('unavailable', 'the answer to the commit was lost', { cause: error });
    }
    release(false);
    // A COMMIT after a failed statement that the handler swallowed answers ROLLBACK, and no error.
    if (command !== 'COMMIT') throw new InboxError('unavailable', `the commit answered ${command}`);
    return answer.result;
  } catch (error) {
    // Released already: the commit was tried.
    if (ended) throw error;
    ended = true;
    // A handler that is still at work loses the connection; else its statements would follow the rollback.
    const clean = broken === undefined && !deadline.passed && (await rollBack(client));
    release(!clean);
    if (clean || deadline.passed) throw error;
    throw new InboxError('unavailable', 'the connection was lost', { cause: broken ?? error });
  } finally {
    deadline.clear();
  }
}

/** The server's own bounds hold when this process is frozen and can neither go on nor let go. */
function begin(timeoutMs: number): string {
  const bound = Math.ceil(timeoutMs) + graceMs;
  return `begin isolation level read committed; set local statement_timeout = ${bound}; set local idle_in_transaction_session_timeout = ${bound}`;
}

async function rollBack(client: PoolClient): Promise<boolean> {
  const deadline = new Deadline(graceMs);
  try {
    await deadline.bound(client.query('rollback'));
    return true;
  } catch {
    return false;
  } finally {
    deadline.clear();
  }
}

class Deadline {
  passed = false;
  readonly #reached: Promise<never>;
  readonly #timer: NodeJS.Timeout;

  constructor(ms: number) {
    let reach: (error: InboxError) => void = () => {};
    this.#reached = new Promise((_, reject) => {
      reach = reject;
    });
    // Nobody may be waiting when it passes.
    this.#reached.catch(() => {});
    this.#timer = setTimeout(() => {
      this.passed = true;
      reach(new InboxError('timeout', `the transaction took longer than ${ms} ms`));
    }, ms);
  }

  /** `promise`, or an InboxError `timeout` once the deadline has passed. */
  bound<T>(promise: Promise<T>): Promise<T> {
    return Promise.race([promise, this.#reached]);
  }

  clear(): void {
    clearTimeout(this.#timer);
  }
}
