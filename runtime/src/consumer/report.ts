/** Incidents of one consumer, under its name. */
import type { ConsumerContract } from '../contract.ts';
import type { IncidentCode, Log } from '../incident.ts';

export interface IncidentFacts {
  readonly partition?: number | undefined;
  readonly offset?: bigint | undefined;
  readonly cause?: unknown;
}

export type Report = (code: IncidentCode, message: string, facts?: IncidentFacts) => void;

export function reporter(log: Log, { event, name }: ConsumerContract): Report {
  return (code, message, { partition, offset, cause } = {}) => {
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
