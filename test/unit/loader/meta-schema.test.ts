import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { kinds } from '../../../generator/src/loader/kinds.ts';
import { metaSchemas, readMetaSchema, validatorOf } from '../../../generator/src/loader/meta-schema.ts';

const published = fileURLToPath(new URL('../../../contracts/schema', import.meta.url));

describe.each(metaSchemas)('%s', (name) => {
  const schema: object = readMetaSchema(name);

  test('the published file is the one that the loader validates with', () => {
    expect(JSON.parse(readFileSync(`${published}/${name}.schema.json`, 'utf8'))).toEqual(schema);
  });

  test('compiles as draft-07', () => {
    expect(validatorOf(name)).toBeTypeOf('function');
    expect(schema).toMatchObject({ $schema: 'http://json-schema.org/draft-07/schema#' });
  });

  test('every field is described, and every kind is known', () => {
    for (const [path, node] of nodes(schema)) {
      if (/\/properties\/[^/]+$/.test(path)) expect(node, path).toHaveProperty('description');
      const kind = Object(node)['x-tenet-kind'];
      if (kind !== undefined) expect([...kinds.keys()], path).toContain(kind);
    }
  });
});

function* nodes(node: unknown, path = ''): Iterable<[string, object]> {
  if (typeof node !== 'object' || node === null) return;
  if (!Array.isArray(node)) yield [path, node];
  for (const [key, child] of Object.entries(node)) yield* nodes(child, `${path}/${key}`);
}
