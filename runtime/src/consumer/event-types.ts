/**
 * Which event of its topic a record is, by `ce_type`. Contracts that name one topic form a stream; what a consumer does
 * not declare of it is skipped.
 */
import type { BrokerRecord } from '../broker/broker.ts';
import type { EventContract } from '../contract.ts';
import { headerBytes, headerNames } from '../envelope/headers.ts';

/** An event that the consumer does not declare. */
export const foreign = -1;

/** Answers the place of the record's event among the given ones, `foreign`, or their number: it does not say. */
export type TypeOf = (record: BrokerRecord) => number;

/** Written by producers of Tenet: `tenet:orders.order-placed/1.2.0`. */
const ourSchema = Buffer.from('tenet:');

export function compileTypeOf(events: readonly EventContract[], stream: boolean): TypeOf {
  const names = events.map(({ name }) => Buffer.from(name));
  // A topic of one event needs no headers. Yet another contract may have joined it since this code was generated, and
  // its producers say so; a type that somebody else writes means nothing to us.
  const untold = stream ? names.length : 0;
  return ({ headers }) => {
    const type = headerBytes(headers, headerNames.type);
    if (type === undefined) return untold;
    for (let i = 0; i < names.length; i++) if (same(type, names[i])) return i;
    if (stream) return foreign;
    const schema = headerBytes(headers, headerNames.dataSchema);
    return schema !== undefined && same(schema.subarray(0, ourSchema.length), ourSchema) ? foreign : untold;
  };
}

function same(a: Uint8Array, b: Uint8Array | undefined): boolean {
  if (b === undefined || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
