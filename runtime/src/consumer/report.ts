/** Incidents of one consumer, under its name. */
import type { ConsumerContract } from '../contract.ts';
import type { IncidentCode, Log } from '../incident.ts';

export interface IncidentFacts {
  /** Which event it is about: the place of its contract among those of the consumer. Default: the first one. */
  readonly type?: number | undefined;
  readonly partition?: number | undefined;
  readonly offset?: bigint | undefined;
  readonly cause?: unknown;
}

export type Report = (code: IncidentCode, message: string, facts?: IncidentFacts) => void;

export function reporter(log: Log, contracts: readonly [ConsumerContract, ...ConsumerContract[]]): Report {
  return (code, message, { type = 0, partition, offset, cause } = {}) => {
    const { event, name } = contracts[type] ?? contracts[0];
    log.incident({
      code,
      contract: event.name,
      consumer: name,
      ...(partition === undefined ? {} : { partition }),
      ...(offset === undefined ? {} : { offset }),
      message,
      ...(cause === undefined ? {} : { cause }),
    });
  };
}
