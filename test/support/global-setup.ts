// One Kafka and one PostgreSQL for all `*.real.test.ts` files of a run. Vitest calls this only when such a file is in
// the run. A test isolates itself by topic names and databases of its own.

import type { TestProject } from 'vitest/node';
import { startKafka } from './kafka.ts';
import { startPostgres } from './postgres.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** host:port of each broker of the real Kafka. */
    kafkaBrokers: string[];
    /** A superuser's connection string to the real PostgreSQL. */
    postgresUrl: string;
  }
}

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const [kafka, postgres] = await Promise.allSettled([startKafka(), startPostgres()]);
  const stop = async (): Promise<void> => {
    const running = [kafka, postgres].flatMap((part) => (part.status === 'fulfilled' ? [part.value] : []));
    await Promise.all(running.map((part) => part.stop()));
  };
  if (kafka.status === 'rejected' || postgres.status === 'rejected') {
    await stop();
    throw kafka.status === 'rejected' ? kafka.reason : postgres.status === 'rejected' ? postgres.reason : undefined;
  }
  project.provide('kafkaBrokers', kafka.value.brokers);
  project.provide('postgresUrl', postgres.value.url);
  return stop;
}
