/** The sequence number of a record, where its contract declares one: it counts the events of a key. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { EventContract } from '../contract.ts';
import { headerNames, headerText } from '../envelope/headers.ts';
import { compilePointer } from '../envelope/pointer.ts';

/** `payload`: as it was parsed; the header has the number of one that cannot be. */
export type SequenceOf = (record: BrokerRecord, payload: unknown) => number | undefined;

export function compileSequenceOf(event: EventContract): SequenceOf {
  const pointer = event.attributes.sequence;
  if (pointer === undefined) return () => undefined;
  const read = compilePointer(pointer);
  return (record, payload) => {
    const value = read(payload) ?? headerText(record.headers, headerNames.sequence);
    const sequence = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value;
    return typeof sequence === 'number' && Number.isSafeInteger(sequence) ? sequence : undefined;
  };
}
