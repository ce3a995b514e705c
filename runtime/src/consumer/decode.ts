/** From a record to the event that the handler sees, or to the reason why no handler ever can. */
import type { BrokerRecord } from '../broker/broker.ts';
import type { EventContract } from '../contract.ts';
import type { Disposition } from '../dead-letter/disposition.ts';
import { compileViolationText } from '../envelope/violation-text.ts';
import { TenetError, type TenetErrorCode } from '../errors.ts';

export type Decoded<Event> =
  | {
      readonly ok: true;
      /** `null`: a tombstone, where the contract allows them. */
      readonly event: Event | null;
      /** As parsed, before defaults and undeclared names. */
      readonly payload: unknown;
    }
  | {
      readonly ok: false;
      readonly disposition: Disposition;
      readonly error: TenetError;
      readonly payload: unknown;
    };

export type Decode<Event> = (record: BrokerRecord) => Decoded<Event>;

export function compileDecode<Event>(contract: EventContract<Event>): Decode<Event> {
  const utf8 = new TextDecoder('utf-8', { fatal: true });
  const describe = compileViolationText(contract.classification);
  const keyed = contract.key !== undefined;
  const allowsTombstones = contract.tombstones === 'allow';
  const poison = (code: TenetErrorCode, disposition: Disposition, text: string, payload: unknown): Decoded<Event> => ({
    ok: false,
    disposition,
    error: new TenetError(code, `${contract.name}: ${text}`, { contract: contract.name, poison: true }),
    payload,
  });
  return (record) => {
    if (record.value === null && !allowsTombstones) {
      return poison(
        'tombstone-refused',
        'TOMBSTONE',
        'a record without a value, and the contract takes none',
        undefined,
      );
    }
    if (record.value === null) {
      if (record.key !== null) return { ok: true, event: null, payload: null };
      return poison('missing-key', 'MISSING_KEY', 'a tombstone without a key says nothing about anything', null);
    }
    let payload: unknown;
    try {
      payload = JSON.parse(utf8.decode(record.value));
    } catch (error) {
      // The parser quotes what it could not read, and that may be anybody's secret.
      const what = error instanceof SyntaxError ? 'the value is not JSON' : 'the value is not UTF-8';
      return poison('malformed-payload', 'DESERIALIZATION', `${what} (${record.value.length} bytes)`, undefined);
    }
    if (keyed && record.key === null) {
      return poison('missing-key', 'MISSING_KEY', 'the record has no key, so it has no place in any order', payload);
    }
    try {
      const validated = contract.validators.accepts(payload);
      if (validated.ok) return { ok: true, event: validated.value, payload };
      return poison('contract-violation', 'CONTRACT_VIOLATION', describe(validated.violations), payload);
    } catch {
      // A payload nested deeper than the stack is: no attempt will ever get through it.
      return poison(
        'contract-violation',
        'CONTRACT_VIOLATION',
        'the value is nested too deeply to be validated',
        payload,
      );
    }
  };
}
