/**
 * What the runtime throws. The code is closed, the facts decide: nobody needs to read a message to know what to do.
 */
export type TenetErrorCode =
  /** The event does not satisfy its contract; nothing was sent. */
  | 'invalid-event'
  /** A field of the partition key or of the idempotency key is missing or null. */
  | 'missing-key'
  /** The service is not a producer of the contract. */
  | 'not-a-producer'
  /** A promise cannot be kept; the message lists every reason. */
  | 'refused-at-start'
  /** The call needs a runtime in another state: not started yet, or stopped. */
  | 'wrong-state'
  /** The record is larger than its topic takes. */
  | 'too-large'
  /** The broker did not acknowledge, for good; the record may have been written. */
  | 'send-failed'
  /** The value is not what its encoding says. */
  | 'malformed-payload'
  /** The value does not satisfy the contract that the consumer was generated from. */
  | 'contract-violation'
  /** A record without a value on a topic that takes none. */
  | 'tombstone-refused'
  /** The handler ran longer than the contract's time-out. */
  | 'handler-timeout'
  /** The process died, time and again, while this record and no other was being handled. */
  | 'crash-loop'
  /** The partition belongs to another member. */
  | 'fenced';

export interface TenetErrorFacts {
  /** The contract's name. */
  readonly contract?: string;
  /** The same call may succeed later. Default: false. */
  readonly retryable?: boolean;
  /** The record can never be handled: it goes straight to the dead letter. Default: false. */
  readonly poison?: boolean;
  readonly cause?: unknown;
}

export class TenetError extends Error {
  override readonly name = 'TenetError';
  readonly code: TenetErrorCode;
  readonly contract: string | undefined;
  readonly retryable: boolean;
  readonly poison: boolean;
  constructor(code: TenetErrorCode, message: string, facts: TenetErrorFacts = {}) {
    super(message, facts.cause === undefined ? undefined : { cause: facts.cause });
    this.code = code;
    this.contract = facts.contract;
    this.retryable = facts.retryable ?? false;
    this.poison = facts.poison ?? false;
  }
}
