/** Chapter 3: publishes the orders, cuts the picking member off in the middle of its work, starts it again. */
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { emittedCount, isRepeated, order, orderCount, poison } from './orders.ts';
import type { Screen } from './screen.ts';
import type { Stage } from './stage.ts';

export interface Played {
  /** Picks that were committed when the member was cut off. */
  readonly cutAt: number;
  /** Transactions that were torn then. */
  readonly torn: number;
  /** Times that the unlucky order's handler threw. */
  readonly failures: number;
}

/** Picks after which the member is cut off. */
const cutAfter = 1100;
const sendWindow = 100;

export async function playStream(stage: Stage, database: string, screen: Screen): Promise<Played> {
  const observer = new pg.Client({ connectionString: database });
  await observer.connect();
  const picked = async () => Number((await observer.query<{ n: string }>('select count(*) n from picks')).rows[0]?.n);
  // Seen from the server: transactions that wrote something and did not end.
  const inTransaction = async () =>
    Number(
      (
        await observer.query<{ n: string }>(
          `select count(*) n from pg_stat_activity where datname = current_database() and backend_xid is not null`,
        )
      ).rows[0]?.n,
    );
  const over = new AbortController();
  const drawing = (async () => {
    while (!over.signal.aborted) {
      const done = await picked();
      screen.progress(done, orderCount, `${done.toLocaleString('en')} of ${orderCount.toLocaleString('en')} picked`);
      await sleep(100);
    }
  })();
  try {
    const first = await stage.startPicking();
    const publishing = publish(stage);
    while ((await picked()) < cutAfter || (await inTransaction()) === 0) await sleep(1);
    const torn = await inTransaction();
    await first.cutOff();
    const cutAt = await picked();
    const second = await stage.startPicking();
    await publishing;
    await stage.settled();
    over.abort();
    await drawing;
    screen.done(orderCount, `${orderCount.toLocaleString('en')} orders picked`);
    return { cutAt, torn, failures: first.failures() + second.failures() };
  } finally {
    over.abort();
    await drawing.catch(() => {});
    await observer.end();
  }
}

async function publish(stage: Stage): Promise<void> {
  for (let from = 0; from < orderCount; from += sendWindow) {
    const sent: Promise<void>[] = [];
    for (let index = from; index < from + sendWindow; index++) {
      const raw = poison.get(index);
      if (raw) sent.push(stage.publishRaw(raw.key, raw.value));
      sent.push(stage.producer.send(order(index)));
      if (isRepeated(index)) sent.push(stage.producer.send(order(index)));
    }
    await Promise.all(sent);
  }
}

export const published = `${orderCount.toLocaleString('en')} orders · ${emittedCount - orderCount - poison.size} published twice · ${poison.size} poisoned`;
