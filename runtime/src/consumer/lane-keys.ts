/** What orders a record: its key, its partition, or nothing. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { EventContract } from '../contract.ts';

/** Which lane of its partition a record waits in; `undefined`: in none. */
export function laneKeys(ordering: EventContract['ordering']): (record: BrokerRecord) => string | undefined {
  if (ordering === 'none') return () => undefined;
  if (ordering === 'global') return () => '';
  return (record) => {
    const key = record.key;
    if (key === null) return undefined;
    const bytes = Buffer.isBuffer(key) ? key : Buffer.from(key.buffer, key.byteOffset, key.byteLength);
    return bytes.toString('latin1');
  };
}
