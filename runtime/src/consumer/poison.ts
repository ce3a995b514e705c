/** Why a record can never be handled. */
import type { Disposition } from '../dead-letter/disposition.ts';
import type { TenetError, TenetErrorCode } from '../errors.ts';

/** Kept in `entry.error` of a poison record. */
export class Poison extends Error {
  readonly disposition: Disposition;
  readonly code: TenetErrorCode;
  constructor(disposition: Disposition, cause: TenetError) {
    super(cause.message, { cause });
    this.disposition = disposition;
    this.code = cause.code;
  }
}
