import type { Json, JsonType, SchemaNode } from '../../../schema/ast.ts';
import { conjunction } from '../conjunction.ts';
import { without } from './values.ts';

/** What a schema says about one place of an event, laid together for words. */
export interface Place {
  /** Everything that must hold there: through `$ref`, `allOf`, sole alternatives, and what stands beside `null`. */
  readonly nodes: readonly SchemaNode[];
  /** Undefined: any type. Empty: nothing is valid. */
  readonly types: readonly JsonType[] | undefined;
  /** Undefined: not counted out. */
  readonly values: readonly Json[] | undefined;
  readonly unions: readonly Union[];
}

/** Alternatives of which one (or at least one) must hold. */
export interface Union {
  readonly keyword: 'anyOf' | 'oneOf';
  readonly branches: readonly SchemaNode[];
}

export function placeOf(start: readonly SchemaNode[]): Place {
  const [only] = start;
  return only && start.length === 1 ? placeOfOne(only) : laidTogether(start, true);
}

const placeOfOne = remembered((node) => laidTogether([node], true));

/** As `placeOf`, with a sole alternative, and one beside `null`, kept apart like any other. */
export function placeApart(start: readonly SchemaNode[]): Place {
  return laidTogether(start, false);
}

function laidTogether(start: readonly SchemaNode[], joined: boolean): Place {
  const nodes = new Set(conjunction(start));
  const unions: Union[] = [];
  const typeLists: (readonly JsonType[])[] = [];
  let nullable = false;
  for (const node of nodes) {
    if (node.types) typeLists.push(node.types);
    for (const union of unionsOf(node)) {
      const types = union.branches.map(plainTypes);
      const others = union.branches.filter((branch) => !isNull(branch));
      if (types.every((list) => list.length > 0)) typeLists.push(types.flat());
      else if (joined && others.length === 1) {
        nullable ||= others.length < union.branches.length;
        for (const each of conjunction(others)) nodes.add(each);
      } else unions.push(union);
    }
  }
  const all = [...nodes];
  const counted = meet(all.flatMap((node) => (node.enum ? [node.enum] : [])));
  const values = counted?.filter((value) => typeLists.every((list) => takes(list, typeOf(value))));
  const types = all.some(({ always }) => always === false) ? [] : typesOf(typeLists, values);
  return {
    nodes: all,
    types: nullable && types && !types.includes('null') ? [...types, 'null'] : types,
    values: nullable && values && !values.includes(null) ? [...values, null] : values,
    unions,
  };
}

function unionsOf(node: SchemaNode): readonly Union[] {
  return (['anyOf', 'oneOf'] as const).flatMap((keyword) => {
    const branches = node[keyword];
    return branches ? [{ keyword, branches }] : [];
  });
}

/** The types of an alternative that says nothing else: another way to write a list of types. Empty where it says more. */
const plainTypes = remembered((branch): readonly JsonType[] => {
  const nodes = conjunction([branch]);
  const isPlain = nodes.every((node) => Object.keys(node).every((key) => silent.includes(key)));
  return isPlain ? nodes.flatMap(({ types }) => types ?? []) : [];
});

const silent: readonly string[] = ['at', 'types', 'annotations', 'ref', 'allOf'];

const isNull = remembered((branch) =>
  conjunction([branch]).some(
    ({ types, enum: values }) =>
      (types?.length === 1 && types[0] === 'null') || (values?.length === 1 && values[0] === null),
  ),
);

/** Nodes never change, and alternatives are asked about again and again. */
function remembered<Answer>(ask: (node: SchemaNode) => Answer): (node: SchemaNode) => Answer {
  const answers = new WeakMap<SchemaNode, { readonly answer: Answer }>();
  return (node) => {
    const found = answers.get(node) ?? { answer: ask(node) };
    answers.set(node, found);
    return found.answer;
  };
}

const everyType: readonly JsonType[] = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

function typesOf(
  lists: readonly (readonly JsonType[])[],
  values: readonly Json[] | undefined,
): readonly JsonType[] | undefined {
  if (values) return everyType.filter((type) => values.some((value) => typeOf(value) === type));
  if (lists.length === 0) return undefined;
  const types = everyType.filter((type) => lists.every((list) => takes(list, type)));
  return types.includes('number') ? types.filter((type) => type !== 'integer') : types;
}

function takes(list: readonly JsonType[], type: JsonType): boolean {
  return list.includes(type) || (type === 'integer' && list.includes('number'));
}

function typeOf(value: Json): JsonType {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value as 'boolean' | 'string' | 'object';
}

/** The values that all of the lists have; undefined when there is no list. */
function meet(lists: readonly (readonly Json[])[]): readonly Json[] | undefined {
  const [first, ...others] = lists;
  return first && others.reduce((left, list) => without(left, without(left, list)), first);
}
