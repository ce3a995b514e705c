import type { Consumer, Contract } from '../../model/contract.ts';
import { payloadShape } from '../payload-shape.ts';
import { affected, entryOf, subjectOf } from '../places.ts';
import type { PromiseRule } from '../rule.ts';
import { askSchema, type PointerAnswer } from '../schema-pointer.ts';

export const readsUnsatisfied: PromiseRule = {
  id: 'promise/reads-unsatisfied',
  severity: 'error',
  summary: 'A field that a consumer reads stays in the schema, and stays there in every event if it was.',
  why: '`reads` is what a consumer told the producer it depends on. When the field goes, or may now be missing or null, the handler finds nothing where it counted on a value, although every schema check may still pass.',
  mirror: { harmless: 'a field that appears, or becomes certain, serves its readers' },
  *check({ before, after }, sets) {
    for (const old of before.consumers) {
      for (const pointer of old.reads) {
        const lost = lossOf(ask(before, old, pointer), ask(after, old, pointer));
        if (lost === undefined) continue;
        const path = ['consumers', old.name, 'reads'];
        const now = after.consumers.find(({ name }) => name === old.name)?.reads ?? [];
        yield {
          at: lost.gone ? after.source.locate(['schema']) : entryOf(sets.after, after, path, pointer, now.length),
          subject: subjectOf([...path, pointer]),
          against: { ...entryOf(sets.before, before, path, pointer, old.reads.length), was: `reads ${pointer}` },
          message: `${old.name} reads \`${pointer}\`, which ${lost.words}.`,
          consumers: affected(before, [old]),
          hint: lost.gone
            ? `${old.owner} stops reading it first; then the field can go`
            : `${old.owner} learns to do without it first; then the schema can allow that`,
        };
      }
    }
  },
};

/** Defaults stand in for what is absent where either side is generated. */
function ask(contract: Contract, { generated }: Consumer, pointer: string): PointerAnswer {
  const filled = generated || contract.producers.every((producer) => producer.generated);
  return askSchema(payloadShape(contract), pointer, filled);
}

function lossOf(was: PointerAnswer, is: PointerAnswer): { readonly gone: boolean; readonly words: string } | undefined {
  if (!was.declared) return undefined;
  if (!is.declared) return { gone: true, words: 'the schema no longer declares' };
  if (was.absent === undefined && is.absent !== undefined)
    return { gone: false, words: `may now be missing: ${is.absent}` };
  return !was.nullable && is.nullable ? { gone: false, words: 'may now be null' } : undefined;
}
