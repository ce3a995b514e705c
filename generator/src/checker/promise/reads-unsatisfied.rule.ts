import { payloadShape } from '../payload-shape.ts';
import { affected, entryOf, subjectOf } from '../places.ts';
import type { PromiseRule } from '../rule.ts';
import { askSchema } from '../schema-pointer.ts';

export const readsUnsatisfied: PromiseRule = {
  id: 'promise/reads-unsatisfied',
  severity: 'error',
  summary: 'A field that a consumer reads stays in the schema, and stays there in every event if it was.',
  why: '`reads` is what a consumer told the producer it depends on. When the field goes, or may now be missing, the handler finds `undefined` where it counted on a value, although every schema check still passes.',
  mirror: { harmless: 'a field that appears, or becomes certain, serves its readers' },
  *check({ before, after }, sets) {
    for (const old of before.consumers) {
      for (const pointer of old.reads) {
        const was = askSchema(payloadShape(before), pointer);
        const is = askSchema(payloadShape(after), pointer);
        if (!was.declared) continue;
        const gone = !is.declared;
        if (!gone && (was.absent !== undefined || is.absent === undefined)) continue;
        const path = ['consumers', old.name, 'reads'];
        const now = after.consumers.find(({ name }) => name === old.name)?.reads ?? [];
        yield {
          at: gone ? after.source.locate(['schema']) : entryOf(sets.after, after, path, pointer, now.length),
          subject: subjectOf([...path, pointer]),
          against: { ...entryOf(sets.before, before, path, pointer, old.reads.length), was: `reads ${pointer}` },
          message: gone
            ? `${old.name} reads \`${pointer}\`, which the schema no longer declares.`
            : `${old.name} reads \`${pointer}\`, which may now be missing: ${is.absent}.`,
          consumers: affected(before, [old]),
          hint: `${old.owner} stops reading it first; then the field can go`,
        };
      }
    }
  },
};
