/** What a consumer is made of. */
import type { Broker } from '../broker/broker.ts';
import type { Clock } from '../clock.ts';
import type { ConsumerContract } from '../contract.ts';
import type { DeadLetterTopic } from '../dead-letter/dead-letters.ts';
import type { Log } from '../incident.ts';
import type { Line } from '../line/line.ts';
import type { LossLedger } from '../loss/loss-ledger.ts';
import type { Store } from '../store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Attempts } from './attempts.ts';
import type { TypeOf } from './event-types.ts';
import type { Isolation } from './isolation.ts';

export interface ConsumerOptions {
  /** One for each event that it reads of the topic; what is about the consumer as a whole is the same in all. */
  readonly contracts: readonly [ConsumerContract, ...ConsumerContract[]];
  readonly typeOf: TypeOf;
  /** Other events travel in the topic. */
  readonly stream: boolean;
  /** Under the environment of the runtime. */
  readonly topic: string;
  /** Of the topic, all members' together. */
  readonly partitions: number;
  readonly clientId: string;
  readonly broker: Broker;
  readonly attempts: Attempts;
  readonly deadLetters: DeadLetterTopic | undefined;
  /** With a policy that loses events. */
  readonly lossLedger: LossLedger | undefined;
  /** Its epochs fence this consumer's partitions. */
  readonly store: Store | undefined;
  /** Where its records can be parked; `undefined`: nowhere. */
  readonly line: Line | undefined;
  readonly telemetry: Telemetry;
  readonly log: Log;
  readonly clock: Clock;
  readonly random: () => number;
  readonly timing: ConsumerTiming;
  /** Of the process. */
  readonly isolation: Isolation;
}

export interface ConsumerTiming {
  readonly sessionTimeoutMs: number;
  readonly rebalanceTimeoutMs: number;
  readonly commitEveryMs: number;
  readonly commitEveryRecords: number;
  /** How often what is dead in the line is looked after. Default: 1 s. */
  readonly watchEveryMs: number;
}
