/**
 * The demo's story as a test: 2,000 orders, repeats, poison, a handler that fails twice, and the effectively-once
 * consumer cut off in the middle of its work. The account is counted by the checker's own process.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import type { Answer } from '../account/main.ts';
import { askAccount, questionAbout } from '../demo/ask-account.ts';
import { setUpDatabase } from '../demo/database.ts';
import { inProcess } from '../demo/in-process.ts';
import { onKafka } from '../demo/on-kafka.ts';
import { screen } from '../demo/screen.ts';
import type { Stage } from '../demo/stage.ts';
import { playStream } from '../demo/stream.ts';
import { type FreshDatabase, freshDatabase } from '../support/postgres.ts';

let database: FreshDatabase;
let folder: string;

beforeEach(async () => {
  database = await freshDatabase(inject('postgresUrl'));
  folder = mkdtempSync(join(tmpdir(), 'tenet-scenario-'));
  await setUpDatabase(database.url);
});

afterEach(async () => {
  rmSync(folder, { recursive: true, force: true });
  await database.drop();
});

test('in process: a consumer that is cut off loses nothing and applies nothing twice', async () => {
  const stage = await inProcess({ database: database.url, folder });
  const { question, answer, torn } = await play(stage);
  expect(torn).toBeGreaterThan(0);
  expectKept(answer);

  // The checker is worth something only if it can go red.
  await query("delete from picks where order_id = 'o-0007' and revision = 2");
  const [afterLoss] = (await askAccount(question)).consumers;
  expect(afterLoss?.broken).toEqual(['lost 1', 'emitted 2023 ≠ 2022 accounted for']);
}, 60_000);

test('on Kafka: a process that is killed by SIGKILL loses nothing and applies nothing twice', async () => {
  const stage = await onKafka(inject('kafkaBrokers'), { database: database.url, folder });
  const { answer, torn } = await play(stage);
  expect(torn).toBeGreaterThan(0);
  expectKept(answer);
}, 120_000);

async function play(stage: Stage) {
  try {
    const played = await playStream(stage, database.url, screen());
    const question = questionAbout(database.url, await stage.stop());
    return { ...played, question, answer: await askAccount(question) };
  } finally {
    await stage.close();
  }
}

function expectKept({ consumers }: Answer): void {
  const [fulfillment, analytics] = consumers;
  expect(fulfillment?.broken).toEqual([]);
  expect(fulfillment?.account).toMatchObject({ emitted: 2023, handled: 2000, duplicate: 20, deadLettered: 3 });
  expect(fulfillment?.account).toMatchObject({ lost: 0, appliedTwice: 0, outOfOrder: 0 });
  expect(fulfillment?.account.letters.map(({ owner, disposition }) => `${owner} ${disposition}`).sort()).toEqual([
    'warehouse CONTRACT_VIOLATION',
    'warehouse CONTRACT_VIOLATION',
    'warehouse DESERIALIZATION',
  ]);
  expect(analytics?.broken).toEqual([]);
  expect(analytics?.account).toMatchObject({ emitted: 2023, handled: 2020, deadLettered: 3, lost: 0, outOfOrder: 0 });
}

async function query(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  await client.query(statement);
  await client.end();
}
