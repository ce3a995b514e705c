import { createHash } from 'node:crypto';

/**
 * What exceptions refer to: the same mistake has the same fingerprint in later commits, so it is made of names only,
 * never of lines, labels of a tree, or words of a message.
 */
export interface FingerprintParts {
  readonly rule: string;
  /** Name of the contract; a file relative to the contracts root where there is none. */
  readonly contract?: string;
  /** Tells two findings of one rule in one contract apart: a field, a consumer's name. */
  readonly subject?: string;
}

/** 12 hex digits of SHA-256. JSON keeps the parts apart whatever characters they hold. */
export function fingerprint({ rule, contract, subject }: FingerprintParts): string {
  const text = JSON.stringify([rule, contract ?? '', subject ?? '']);
  return createHash('sha256').update(text).digest('hex').slice(0, 12);
}
