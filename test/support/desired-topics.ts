/** The topics that the contracts want, as `tenet generate` wrote them down for an environment. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';

export interface DesiredTopic {
  readonly topic: string;
  readonly partitions: number;
  readonly replication: number;
  readonly config: Readonly<Record<string, string>>;
}

export function desiredTopics(environment: string): readonly DesiredTopic[] {
  const file = resolve(import.meta.dirname, `../../generated/topics/environments/${environment}.json`);
  return (JSON.parse(readFileSync(file, 'utf8')) as { topics: DesiredTopic[] }).topics;
}
