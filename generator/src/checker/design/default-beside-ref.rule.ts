import { refHidesSiblings } from '../../schema/index.ts';
import { everyNode } from '../every-node.ts';
import { affected } from '../places.ts';
import type { DesignRule } from '../rule.ts';
import { ofProperty, shown, writtenDefault } from '../schema-text.ts';

export const defaultBesideRef: DesignRule = {
  id: 'design/default-beside-ref',
  severity: 'warning',
  summary: 'No default stands where the dialect does not look at it.',
  why: 'Up to draft-07 everything beside a `$ref` is ignored, a default too: the field stays absent. Since 2019-09 it counts.',
  *check(contract) {
    if (contract.schema.kind === 'avro' || !refHidesSiblings(contract.schema.schema.dialect)) return;
    const { schema } = contract.schema;
    for (const { ref, at } of everyNode(schema.root)) {
      const written = ref === undefined ? undefined : writtenDefault(schema, at);
      if (written === undefined) continue;
      yield {
        at: contract.source.locateSchema({ ...at, pointer: `${at.pointer}/default` }),
        subject: `/schema${at.pointer}/default`,
        message: `The default ${shown(written)}${ofProperty(at.pointer)} stands beside \`$ref\` and is ignored in ${schema.dialect}.`,
        whoPays: 'consumers that count on the default',
        consumers: affected(contract),
        hint: 'write `allOf: [{ $ref: … }]` with the default beside it, or a newer `$schema`',
      };
    }
  },
};
