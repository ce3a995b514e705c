import fc from 'fast-check';
import { type AvroType, parseAvro } from '../../../generator/src/schema/avro/index.ts';
import type { Json } from '../../../generator/src/schema/index.ts';

/** Random schemas over few names, so that two of them meet often, recursive ones among them. No logical types. */
interface Drawn {
  readonly kind: string;
  readonly name: string;
  readonly inside: readonly Drawn[];
  readonly fields: readonly { readonly name: string; readonly type: Drawn; readonly defaulted: boolean }[];
  readonly symbols: readonly string[];
  readonly fallback: boolean;
}

const drawn: fc.Arbitrary<Drawn> = fc.letrec<{ type: Drawn }>((tie) => {
  const common = {
    name: fc.constantFrom('A', 'B'),
    symbols: fc.uniqueArray(fc.constantFrom('X', 'Y', 'Z'), { minLength: 1 }),
    fallback: fc.boolean(),
  };
  const field = fc.record({ name: fc.constantFrom('a', 'b', 'c'), type: tie('type'), defaulted: fc.boolean() });
  const leaf = fc.constantFrom('null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string', 'A', 'E');
  const branching = fc.constantFrom('record', 'record', 'record', 'enum', 'fixed', 'array', 'map', 'union', 'union');
  return {
    type: fc.oneof(
      { maxDepth: 3 },
      fc.record({ ...common, kind: leaf, inside: fc.constant([]), fields: fc.constant([]) }),
      fc.record({
        ...common,
        kind: branching,
        inside: fc.array(tie('type'), { maxLength: 3 }),
        fields: fc.uniqueArray(field, { maxLength: 3, selector: ({ name }) => name }),
      }),
    ),
  };
}).type;

/** What was drawn as a schema that is valid: the first of two definitions stays, the second becomes a reference. */
function written(type: Drawn, defined: Set<string>): Json {
  const { kind, name, inside, fields, symbols, fallback } = type;
  const [first] = inside;
  switch (kind) {
    case 'A':
    case 'E':
      return defined.has(kind) ? kind : 'int';
    case 'array':
      return { type: 'array', items: first ? written(first, defined) : 'int' };
    case 'map':
      return { type: 'map', values: first ? written(first, defined) : 'int' };
    case 'union':
      return union(inside.map((branch) => written(branch, defined)));
    case 'enum':
      if (defined.has('E')) return 'E';
      defined.add('E');
      return { type: 'enum', name: 'E', symbols, ...(fallback ? { default: symbols[0] ?? '' } : {}) };
    case 'fixed':
      if (defined.has('F')) return 'F';
      defined.add('F');
      return { type: 'fixed', name: 'F', size: symbols.length };
    case 'record':
      if (defined.has(name)) return name;
      defined.add(name);
      return { type: 'record', name, fields: fields.map((field) => writtenField(field, defined)) };
    default:
      return kind;
  }
}

function writtenField({ name, type, defaulted }: Drawn['fields'][number], defined: Set<string>): Json {
  const made = written(type, defined);
  const standIn = defaulted ? simpleDefault(made) : undefined;
  return { name, type: made, ...(standIn === undefined ? {} : { default: standIn }) };
}

function simpleDefault(type: Json): Json | undefined {
  const kind = Array.isArray(type) ? type[0] : typeof type === 'object' ? (type as { type: string }).type : type;
  const defaults: Readonly<Record<string, Json>> = { null: null, boolean: false, int: 0, long: 0, float: 0, double: 0 };
  const containers: Readonly<Record<string, Json>> = { bytes: '', string: '', array: [], map: {} };
  return typeof kind === 'string' ? { ...defaults, ...containers }[kind] : undefined;
}

/** At least one branch: avsc does not take a union of none. */
function union(branches: readonly Json[]): Json {
  const byName = new Map<string, Json>();
  for (const branch of branches.flat() as Json[]) {
    const { type, name = type } =
      typeof branch === 'string' ? { type: branch } : (branch as { type: string; name?: string });
    if (!byName.has(name)) byName.set(name, branch);
  }
  return byName.size === 0 ? ['null'] : [...byName.values()];
}

/** A union keeps one branch of a kind, and the other one may have held the definition of what is referred to behind it. */
const isWhole = (raw: Json): boolean => parseAvro(raw)[0] !== undefined;

export const schema: fc.Arbitrary<Json> = drawn.map((type) => written(type, new Set())).filter(isWhole);

/** Two schemas, often one with a small change: independent ones rarely resolve. */
export const pair: fc.Arbitrary<readonly [Json, Json]> = fc.oneof(
  fc.tuple(schema, schema),
  fc
    .tuple(drawn, fc.array(fc.nat(7), { minLength: 40, maxLength: 40 }))
    .map(([type, choices]) => {
      const rest = [...choices];
      return [
        written(type, new Set()),
        written(
          changed(type, () => rest.pop() ?? 7),
          new Set(),
        ),
      ] as const;
    })
    .filter((both) => both.every(isWhole)),
);

/** The same, but that now and then something is another thing. */
function changed(type: Drawn, next: () => number): Drawn {
  const wider: Readonly<Record<string, string>> = { int: 'long', long: 'double', float: 'double', string: 'bytes' };
  const choice = next();
  const fields = type.fields.map((field) => ({ ...field, type: changed(field.type, next) }));
  return {
    ...type,
    kind: choice === 0 ? 'string' : ((choice < 3 ? wider[type.kind] : undefined) ?? type.kind),
    inside: type.inside.map((inside) => changed(inside, next)),
    fields: choice === 3 ? fields.slice(1) : choice === 4 ? [...fields].reverse() : fields,
    symbols: choice === 5 ? type.symbols.slice(0, 1) : type.symbols,
    fallback: choice === 6 || type.fallback,
  };
}

/** A random value of a type in the JSON encoding; undefined where it got too deep. */
export function aValueOf(type: AvroType, next: () => number, depth = 0): Json | undefined {
  if (depth > 12) return undefined;
  const inner = (below: AvroType): Json | undefined => aValueOf(below, next, depth + 1);
  switch (type.kind) {
    case 'null':
      return null;
    case 'boolean':
      return next() % 2 === 0;
    case 'int':
    case 'long':
      return next() - 500;
    case 'float':
    case 'double':
      return next() / 4;
    case 'bytes':
    case 'string':
      return 'ab'.slice(next() % 3);
    case 'fixed':
      return 'f'.repeat(type.size);
    case 'enum':
      return type.symbols[next() % type.symbols.length];
    case 'array': {
      const item = next() % 2 === 0 ? undefined : inner(type.items);
      return item === undefined ? [] : [item];
    }
    case 'map': {
      const entry = next() % 2 === 0 ? undefined : inner(type.values);
      return entry === undefined ? {} : { k: entry };
    }
    case 'union': {
      const branch = type.branches[next() % type.branches.length];
      const value = branch && inner(branch);
      if (!branch || value === undefined || branch.kind === 'null') return value;
      return { ['name' in branch ? branch.name : branch.kind]: value };
    }
    case 'record': {
      const members = type.fields.map((field) => [field.name, inner(field.type)] as const);
      if (members.some(([, member]) => member === undefined)) return undefined;
      return Object.fromEntries(members as [string, Json][]);
    }
  }
}
