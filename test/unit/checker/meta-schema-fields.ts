import contractSchema from '../../../generator/meta-schema/contract.schema.json' with { type: 'json' };

/** Leaves of a published meta-schema, and the entries of its maps; the promises of a consumer are those of the top. */
export function fieldsOf(root: unknown): string[] {
  const inherited = ['delivery', 'idempotency', 'retry', 'deadLetter', 'backpressure'];
  const fields: string[] = [];
  const visit = (schema: unknown, path: string): void => {
    const node = resolve(schema, root);
    const children = Object.entries(record(node.properties)).filter(([name]) => name !== '$ref' && name !== '$schema');
    const entries = record(node.type === 'array' ? node.items : node.additionalProperties);
    const isMap = Object.keys(entries).length > 0 && record(resolve(entries, root)).properties !== undefined;
    if (path === 'classification' || path === 'partitionKey' || path === 'schema') fields.push(path);
    else if (isMap) {
      fields.push(`${path}.*`);
      visit(entries, `${path}.*`);
    } else if (children.length > 0) {
      for (const [name, child] of children)
        if (!(path === 'consumers.*' && inherited.includes(name))) visit(child, path === '' ? name : `${path}.${name}`);
    } else fields.push(path);
  };
  visit(root, '');
  return fields;
}

/** One subschema with its `$ref` and the alternative that is a map laid together. */
function resolve(schema: unknown, root: unknown): Record<string, unknown> {
  let node = record(schema);
  if (typeof node.$ref === 'string') {
    const [file = '', pointer = ''] = node.$ref.split('#');
    const target = pointer
      .slice(1)
      .split('/')
      .reduce<unknown>((here, step) => record(here)[step], file === '' ? root : contractSchema);
    node = { ...record(target), ...node, $ref: undefined };
    return resolve(node, root);
  }
  for (const part of [node.allOf, node.anyOf, node.oneOf].flatMap((list) => (Array.isArray(list) ? list : []))) {
    const inner = resolve(part, root);
    node = {
      ...inner,
      ...node,
      properties: { ...record(inner.properties), ...record(node.properties) },
    };
  }
  return node;
}

/** The value where it is a map, else an empty one. */
export function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
