import { isValid, type Schema, type SchemaPlace } from '../../schema/index.ts';
import { everyNode } from '../every-node.ts';
import { problemsOfDefaults } from '../judged-schema.ts';
import { affected } from '../places.ts';
import type { DesignRule } from '../rule.ts';
import { ofProperty, shown, writtenDefault } from '../schema-text.ts';

export const invalidDefault: DesignRule = {
  id: 'design/invalid-default',
  severity: 'error',
  summary: 'A default is a value that its own schema accepts.',
  why: 'Producers and consumers fill defaults in before they validate. A default that the schema rejects, by itself or once the defaults inside of it are filled in, turns every event without the field into one that cannot be sent, and every old one into a dead letter.',
  *check(contract) {
    if (contract.schema.kind === 'avro') return;
    const { schema } = contract.schema;
    for (const [{ document, pointer }, words] of invalidDefaults(schema)) {
      const place = { document, pointer: `${pointer}/default` };
      yield {
        at: contract.source.locateSchema(place),
        subject: `/schema${place.pointer}`,
        message: `The default ${shown(writtenDefault(schema, { document, pointer }))}${ofProperty(pointer)} ${words}.`,
        whoPays: 'the producer, whose events without the field are refused',
        consumers: affected(contract),
        hint: 'write a default that the schema accepts, or leave it out',
      };
    }
  },
};

/** Also defaults that nothing fills in, below an array or a branch: a reader believes them all the same. */
function invalidDefaults(schema: Schema): Iterable<readonly [SchemaPlace, words: string]> {
  const found = new Map<string, readonly [SchemaPlace, string]>();
  const add = (at: SchemaPlace, words: string): void => {
    const key = JSON.stringify([at.document, at.pointer]);
    if (!found.has(key)) found.set(key, [at, words]);
  };
  for (const node of everyNode(schema.root)) {
    if (node.default && !isValid(node, node.default.value, schema)) add(node.at, 'is not valid by its own schema');
  }
  for (const { kind, at, message } of problemsOfDefaults(schema)) {
    if (kind === 'invalid') add(at, message === 'is not valid' ? 'is not valid by what else the schema says' : message);
  }
  return found.values();
}
