import type { Dialect, Json, JsonObject } from '../../../generator/src/schema/index.ts';
import { definitionsKeyword, hidesSiblings, schemaUris } from '../keywords.ts';
import type { Random } from '../random.ts';
import { type Grammar, isSince, someKeywords, someObject, subschema } from './grammar.ts';

/** A random schema as a whole. */
export function randomSchema(random: Random, dialect: Dialect): Json {
  const root = randomRoot(random, dialect);
  return typeof root === 'object' && random.chance(0.2) ? { $schema: schemaUris[dialect], ...root } : root;
}

/** Definitions to refer to, by every kind of name that the dialect has, and a root. */
function randomRoot(random: Random, dialect: Dialect): Json {
  const plain: Grammar = { random, dialect, references: [] };
  if (random.chance(0.35)) return subschema(plain, 3);
  if (random.chance(0.25) && isSince(dialect, '2019-09')) return dynamicSchema(random, dialect);
  // The old name of `$defs` goes on being a place to refer to.
  const keyword = random.chance(0.2) ? 'definitions' : definitionsKeyword(dialect);
  const { naming, reference } = random.pick(referenceStyles(dialect, keyword));
  const references: JsonObject[] = [{ $ref: reference('r') }, { $ref: reference('s') }];
  if (random.chance(0.4)) references.push({ $ref: '#' });
  const definition = (name: string, grammar: Grammar): Json => {
    const named = subschema(grammar, 2);
    // A name beside a `$ref` counts for nothing in old drafts.
    if (typeof named === 'boolean' || Object.hasOwn(named as JsonObject, '$ref'))
      return { allOf: [named], ...naming(name) };
    return { ...(named as JsonObject), ...naming(name) };
  };
  // References lead on and not back, so that few schemas refer to themselves without going into the value.
  const definitions = {
    s: definition('s', plain),
    r: definition('r', { ...plain, references: [{ $ref: reference('s') }] }),
  };
  const root = subschema({ ...plain, references }, 3);
  if (typeof root === 'boolean') return root;
  const own = hidesSiblings(dialect) && Object.hasOwn(root as JsonObject, '$ref') ? { allOf: [root] } : root;
  return { ...(own as JsonObject), [keyword]: definitions };
}

interface ReferenceStyle {
  readonly naming: (name: string) => JsonObject;
  readonly reference: (name: string) => string;
}

function referenceStyles(dialect: Dialect, definitions: string): readonly ReferenceStyle[] {
  const idKeyword = dialect === 'draft-04' ? 'id' : '$id';
  const pointer = (name: string): string => `#/${definitions}/${name}`;
  const byPointer: ReferenceStyle = { naming: () => ({}), reference: pointer };
  const byId: ReferenceStyle = {
    naming: (name) => ({ [idKeyword]: `https://fuzz.example/${name}` }),
    reference: (name) => `https://fuzz.example/${name}`,
  };
  const byAnchor: ReferenceStyle = {
    naming: (name) => (isSince(dialect, '2019-09') ? { $anchor: name } : { [idKeyword]: `#${name}` }),
    reference: (name) => `#${name}`,
  };
  return [byPointer, byPointer, byPointer, byId, byAnchor];
}

/** A tree that whoever refers to it may extend, which is what dynamic references are for. */
function dynamicSchema(random: Random, dialect: Dialect): Json {
  const anchor: JsonObject = dialect === '2019-09' ? { $recursiveAnchor: true } : { $dynamicAnchor: 'node' };
  const again: JsonObject = dialect === '2019-09' ? { $recursiveRef: '#' } : { $dynamicRef: '#node' };
  const grammar: Grammar = { random, dialect, references: [again] };
  const tree = {
    $id: 'tree',
    ...anchor,
    ...someObject(grammar, 1),
  };
  const extended = random.chance(0.8);
  const plain: Grammar = { random, dialect, references: [] };
  return {
    $id: 'https://fuzz.example/root',
    ...(extended && anchor),
    ...someKeywords(plain, 1),
    $ref: 'tree',
    $defs: { tree },
  };
}
