/** Hashes that rows of the line carry; they are stored, so they must never change. */
import { createHash, hash } from 'node:crypto';
import type { BrokerRecord } from '../broker/broker.ts';

const nothing = new Uint8Array();

/** Of what orders the record; what nothing orders (`undefined`) stands alone, by its offset. */
export function keyHash(key: string | undefined, record: BrokerRecord): bigint {
  if (key === undefined) return record.offset;
  return hash('sha256', Buffer.from(key, 'latin1'), 'buffer').readBigInt64BE(0);
}

/** sha256 of key and value: which record it is, whatever its offset is called. */
export function recordDigest({ key, value }: BrokerRecord): Uint8Array {
  const presence = `${key === null ? '-' : key.length}/${value === null ? '-' : value.length}/`;
  return createHash('sha256')
    .update(presence)
    .update(key ?? nothing)
    .update(value ?? nothing)
    .digest();
}
