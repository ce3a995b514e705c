/** Where the story plays: in one process over a broker in memory, or over a real Kafka with processes that can be killed. */

import type { OrderPlacedInput } from '@tenet/events/orders';
import type { EventProducer } from '@tenet/runtime';
import type { Question } from '../account/main.ts';

export interface Stage {
  /** `in memory`, `Kafka at 127.0.0.1:9092` */
  readonly broker: string;
  /** How a picking member is ended: `cut off`, `killed by SIGKILL`. */
  readonly cut: string;
  readonly producer: EventProducer<OrderPlacedInput>;
  /** Past the producer, as a service does that was not generated. */
  publishRaw(key: string, value: string): Promise<void>;
  /** The effectively-once consumer; its database is PostgreSQL in either case. */
  startPicking(): Promise<PickingMember>;
  /** The consumer has left nothing behind in the topic. */
  settled(): Promise<void>;
  /** Drains and stops what still runs, and says where its topics can be read. */
  stop(): Promise<Question['topics']>;
  /** Ends whatever is left, also after a failure. */
  close(): Promise<void>;
}

export interface PickingMember {
  /** Times that its handler has thrown. */
  failures(): number;
  /** No commit, no goodbye; its transactions are torn. */
  cutOff(): Promise<void>;
}

export interface StageOptions {
  readonly database: string;
  /** Folder for what the stage leaves to be counted. */
  readonly folder: string;
}
