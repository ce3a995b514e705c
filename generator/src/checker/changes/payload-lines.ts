import type { Contract } from '../../model/contract.ts';
import { locate } from '../payload/locate-keyword.ts';
import { type FieldChange, touches } from '../payload/words.ts';
import { affected } from '../places.ts';
import type { Change } from './change.ts';

const kinds = { '+': 'added', '-': 'removed', '~': 'changed' } as const;

/** Changes of the payload beside those of the promises, with the consumers that say that they read the field. */
export function payloadLines(after: Contract, changes: readonly FieldChange[]): readonly Change[] {
  return changes.map(({ sign, pointer, place, text, node }) => {
    const readers =
      sign === '+' ? [] : after.consumers.filter(({ reads }) => reads.some((read) => touches(read, pointer)));
    return {
      kind: kinds[sign],
      about: 'payload',
      subject: `/schema${pointer}`,
      at: node ? locate(after, node, '') : after.source.locate(['schema']),
      place,
      text,
      ...(readers.length > 0 ? { consumers: affected(after, readers) } : {}),
    };
  });
}
