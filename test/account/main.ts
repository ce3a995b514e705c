/**
 * The checker's own process: reads a question on standard input, counts, prints the accounts as JSON.
 * Exit code 0 when every promise was kept, 100 when one was broken.
 */
import { text } from 'node:stream/consumers';
import { Client } from 'pg';
import { type Account, broken, countAccount, type Effect, type TopicRecord } from './account.ts';
import { topicsInFile, topicsInKafka } from './topics.ts';

export interface Question {
  readonly database: string;
  /** A file of JSON Lines, or brokers. */
  readonly topics: { readonly file: string } | { readonly kafka: readonly string[] };
  readonly consumers: readonly {
    readonly name: string;
    readonly topic: string;
    readonly deadLetters: string;
    /** Table with columns `partition, record_offset, order_id, revision, sequence`. */
    readonly table: string;
    readonly deduplicates: boolean;
  }[];
}

export interface Answer {
  readonly consumers: readonly {
    readonly name: string;
    readonly account: Account;
    readonly broken: readonly string[];
  }[];
}

/** An order is one event per (orderId, revision); what is no order with these two is poison. */
function identify(record: TopicRecord): string | undefined {
  try {
    const { orderId, revision } = JSON.parse(String(record.value)) as { orderId?: unknown; revision?: unknown };
    return typeof orderId === 'string' && Number.isInteger(revision) ? `${orderId}/${revision}` : undefined;
  } catch {
    return undefined;
  }
}

async function answer(question: Question): Promise<Answer> {
  const topics = 'file' in question.topics ? topicsInFile(question.topics.file) : topicsInKafka(question.topics.kafka);
  const database = new Client({ connectionString: question.database });
  await database.connect();
  try {
    const consumers: Answer['consumers'][number][] = [];
    for (const { name, topic, deadLetters, table, deduplicates } of question.consumers) {
      const { rows } = await database.query<
        Record<'partition' | 'record_offset' | 'order_id' | 'revision' | 'sequence', string>
      >(`select partition, record_offset, order_id, revision, sequence from ${database.escapeIdentifier(table)}`);
      const effects = rows.map(
        (row): Effect => ({
          partition: Number(row.partition),
          offset: Number(row.record_offset),
          identity: `${row.order_id}/${row.revision}`,
          key: row.order_id,
          sequence: Number(row.sequence),
        }),
      );
      const account = countAccount({
        emitted: await topics.read(topic),
        deadLetters: await topics.read(deadLetters),
        effects,
        identify,
        deduplicates,
      });
      consumers.push({ name, account, broken: broken(account, deduplicates) });
    }
    return { consumers };
  } finally {
    await database.end();
    await topics.close();
  }
}

const result = await answer(JSON.parse(await text(process.stdin)) as Question);
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exitCode = result.consumers.some((c) => c.broken.length > 0) ? 100 : 0;
