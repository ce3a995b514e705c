/** The two services of the story, as a team would write them: a handler each, and nothing else. */
import { setTimeout as sleep } from 'node:timers/promises';
import { orderPlaced } from '@tenet/events/orders';
import type { Runtime } from '@tenet/runtime';
import type { PostgresTransaction } from '@tenet/runtime/postgres';
import type { Pool } from 'pg';
import { unluckyOrder } from './orders.ts';

/** What the services keep; the inbox beside it comes from the runtime's own migrations. */
export const tables = `
  create table picks (sequence bigserial primary key, order_id text not null, revision int not null,
    partition int not null, record_offset bigint not null);
  create table order_facts (like picks including all);
`;

const columns = 'order_id, revision, partition, record_offset';

/** Effectively-once: the effect goes through `tx`, and so commits with the record's key or not at all. */
export function pick<S extends string>(runtime: Runtime<S, PostgresTransaction>, onFailure: () => void): void {
  runtime.consume(orderPlaced.fulfillment, async (order, { tx, attempt, partition, offset }) => {
    const row = [order.orderId, order.revision, partition, offset];
    await tx.query(`insert into picks (${columns}) values ($1, $2, $3, $4)`, row);
    await sleep(2);
    if (order.orderId === unluckyOrder && order.revision === 1 && attempt < 3) {
      onFailure();
      throw new Error('the warehouse did not answer');
    }
  });
}

/** At-least-once: a crash may repeat an effect, and the team has said that it can live with that. */
export function analyse<S extends string, Tx>(runtime: Runtime<S, Tx>, pool: Pool): void {
  runtime.consume(orderPlaced.analytics, async (order, { partition, offset }) => {
    const row = [order.orderId, order.revision, partition, offset];
    await pool.query(`insert into order_facts (${columns}) values ($1, $2, $3, $4)`, row);
  });
}
