import { isValid, type SchemaNode } from '../../schema/index.ts';
import { affected } from '../places.ts';
import type { DesignRule } from '../rule.ts';

export const invalidDefault: DesignRule = {
  id: 'design/invalid-default',
  severity: 'error',
  summary: 'A default is a value that its own schema accepts.',
  why: 'Producers and consumers fill defaults in before they validate. A default that the schema rejects turns every event without the field into one that cannot be sent, and every old one into a dead letter.',
  *check(contract) {
    if (contract.schema.kind === 'avro') return;
    const { assertFormats } = contract.schema.schema;
    for (const node of nodesBelow(contract.schema.schema.root)) {
      if (!node.default || isValid(node, node.default.value, { assertFormats })) continue;
      const { document, pointer } = node.at;
      yield {
        at: contract.source.locateSchema({ document, pointer: `${pointer}/default` }),
        subject: `/schema${pointer}/default`,
        message: `The default ${shown(node.default.value)}${named(pointer)} is not valid by its own schema.`,
        whoPays: 'the producer, whose events without the field are refused',
        consumers: affected(contract),
        hint: 'write a default that the schema accepts, or leave it out',
      };
    }
  },
};

function named(pointer: string): string {
  const name = /\/properties\/([^/]+)$/.exec(pointer)?.[1];
  return name === undefined ? '' : ` of \`${name.replaceAll('~1', '/').replaceAll('~0', '~')}\``;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? '';
  return `\`${text.length > 60 ? `${text.slice(0, 59)}…` : text}\``;
}

/** Every subschema once, through references. */
function nodesBelow(root: SchemaNode): ReadonlySet<SchemaNode> {
  const found = new Set<SchemaNode>([root]);
  for (const node of found) {
    for (const [keyword, value] of Object.entries(node)) {
      // Values of events may look like anything, a schema included.
      if (keyword === 'enum' || keyword === 'default' || keyword === 'annotations') continue;
      const inside: unknown[] = value instanceof Map ? [...value.values()] : Array.isArray(value) ? value : [value];
      for (const candidate of inside) if (isNode(candidate)) found.add(candidate);
    }
  }
  return found;
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && 'at' in value;
}
