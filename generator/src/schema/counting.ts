import type { SchemaNode, SchemaPlace } from './ast.ts';
import { cellPattern, everything, nothing, without } from './drafts.ts';
import type { Members } from './location.ts';
import { matchesPattern } from './patterns.ts';

/** Members beyond which counting them becomes too long a disjunction. */
const mostCounted = 8;

/**
 * `minProperties` or `maxProperties` of what is left after dropping and filling, said of what was there before;
 * undefined where that takes too many words.
 */
export function countingNode(
  at: SchemaPlace,
  members: Members,
  keyword: 'minProperties' | 'maxProperties',
  limit: number,
): SchemaNode | undefined {
  if (keyword === 'minProperties') return atLeast(at, members, limit);
  const more = atLeast(at, members, limit + 1);
  // Both keywords let everything pass that is no object.
  return (
    more && {
      at,
      anyOf: [without(at, 'object'), { at, not: more }],
    }
  );
}

function atLeast(at: SchemaPlace, members: Members, count: number): SchemaNode | undefined {
  const defaulted = [...members.defaults.keys()];
  if (count <= defaulted.length) return everything(at);
  if (members.open) {
    if (defaulted.length > mostCounted) return undefined;
    // What is filled in counts on top; of the ways to count, the true one reaches furthest.
    const ways = choices(defaulted, defaulted.length).map((absent): SchemaNode => {
      const properties = new Map(absent.map((name) => [name, nothing(at)]));
      return { at, properties, minProperties: count - absent.length };
    });
    return { at, anyOf: ways };
  }
  const others = members.names.filter((name) => !members.defaults.has(name));
  const needed = count - defaulted.length;
  if (members.patterns.length > 0) return needed === 1 ? one(at, members, others) : undefined;
  if (others.length > mostCounted && needed > 1 && needed < others.length) return undefined;
  const ways = choices(others, needed).filter((chosen) => chosen.length === needed);
  const present = ways.map((required): SchemaNode => ({ at, types: ['object'], required }));
  return { at, anyOf: [without(at, 'object'), ...present] };
}

/** At least one member of these names, or of another name that a pattern declares. */
function one(at: SchemaPlace, { names, patterns }: Members, others: readonly string[]): SchemaNode {
  const counted: SchemaNode[] = patterns.map((pattern) => {
    const plain = !names.some((name) => matchesPattern(pattern, name));
    return { at, pattern: plain ? pattern : cellPattern([pattern], [], names) };
  });
  if (others.length > 0) counted.push({ at, enum: others });
  const none: SchemaNode = { at, types: ['object'], propertyNames: { at, not: { at, anyOf: counted } } };
  return { at, not: none };
}

/** Every way to take at most so many. */
function choices(names: readonly string[], most: number): readonly (readonly string[])[] {
  const [first, ...rest] = names;
  if (first === undefined || most === 0) return [[]];
  const without = choices(rest, most);
  return [...without, ...choices(rest, most - 1).map((chosen) => [first, ...chosen])];
}
