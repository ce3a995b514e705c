/** What somebody should know about and no caller can be told: reported once, with facts, to `createRuntime({ log })`. */
export type IncidentCode =
  | 'handler-timeout'
  | 'handler-wedged'
  | 'dead-letter-unavailable'
  | 'dead-letter-flood'
  | 'breaker-open'
  | 'store-unavailable'
  /** A partition is paused behind a failing key, and there is no line to park what waits in. */
  | 'park-unavailable'
  /** A record in the line is not the one that the log has at its offset. */
  | 'line-mismatch'
  | 'commit-unknown'
  | 'record-lost'
  | 'fenced'
  | 'offset-lost'
  | 'foreign-offset'
  | 'loss-ledger-unavailable'
  | 'payload-mismatch'
  | 'broker-lost'
  | 'crash-suspected'
  | 'drain-incomplete'
  | 'hot-key';

export interface Incident {
  readonly code: IncidentCode;
  readonly contract: string;
  readonly consumer: string;
  readonly partition?: number;
  readonly offset?: bigint;
  /** One sentence; no payload in it. */
  readonly message: string;
  /** As it was thrown: a driver's error may quote a row, so it belongs where payloads may be seen. */
  readonly cause?: unknown;
}

export interface Log {
  /** A line of the start report. */
  info(line: string): void;
  incident(incident: Incident): void;
}

export const consoleLog: Log = {
  info: (line) => console.info(line),
  incident: ({ code, contract, consumer, partition, offset, message }) => {
    const place = partition === undefined ? '' : offset === undefined ? ` [${partition}]` : ` [${partition}@${offset}]`;
    console.error(`tenet ${code} ${contract} ${consumer}${place}: ${message}`);
  },
};

export const silentLog: Log = { info: () => undefined, incident: () => undefined };

/** A log that throws is the service's bug, and must not become a stuck partition. */
export function guardedLog(log: Log): Log {
  return {
    info(line) {
      try {
        log.info(line);
      } catch {}
    },
    incident(incident) {
      try {
        log.incident(incident);
      } catch {}
    },
  };
}
