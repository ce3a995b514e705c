import type { Json, SchemaNode } from './ast.ts';
import { type ContainsOptions, findValue } from './contains.ts';
import { formatSample } from './formats.ts';
import { makeObject } from './json.ts';
import { isValid } from './validate.ts';

/**
 * A value that the schema accepts, put together rather than searched: what is required and no more, the first of every
 * choice. Undefined where the schema is not so plain; `findValue` may find one all the same.
 */
export function plainValue(root: SchemaNode, options: ContainsOptions): Json | undefined {
  const guess = new Guess(options).at([root], 0);
  return guess !== undefined && isValid(root, guess, options) ? guess : undefined;
}

const deepest = 32;
const mostItems = 16;
const longestText = 1_000;

class Guess {
  readonly #options: ContainsOptions;

  constructor(options: ContainsOptions) {
    this.#options = options;
  }

  /** A value for a place where all of the nodes are to hold. */
  at(nodes: readonly SchemaNode[], depth: number): Json | undefined {
    if (depth > deepest) return undefined;
    const parts = withFirstChoices(nodes);
    const listed = parts.find((node) => node.enum !== undefined)?.enum;
    if (listed !== undefined) return listed[0];
    const type = parts.find((node) => node.types !== undefined)?.types?.[0];
    if (type === 'object') return this.#object(parts, depth);
    if (type === 'array') return this.#array(parts, depth);
    if (type === 'string') return this.#text(parts);
    if (type === 'boolean') return true;
    if (type === 'integer' || type === 'number') return most(parts, least);
    return null;
  }

  #object(parts: readonly SchemaNode[], depth: number): Json | undefined {
    const members: [string, Json][] = [];
    for (const name of new Set(parts.flatMap(({ required = [] }) => required))) {
      const nodes = parts.map((node) => node.properties?.get(name)).filter((node) => node !== undefined);
      const member = this.at(nodes, depth + 1);
      if (member === undefined) return undefined;
      members.push([name, member]);
    }
    return makeObject(members);
  }

  #array(parts: readonly SchemaNode[], depth: number): Json | undefined {
    const length = most(parts, (node) => node.minItems);
    if (length > mostItems) return undefined;
    const items: Json[] = [];
    while (items.length < length) {
      const nodes = parts.map((node) => node.prefixItems?.[items.length] ?? node.items);
      const item = this.at(
        nodes.filter((node) => node !== undefined),
        depth + 1,
      );
      if (item === undefined) return undefined;
      items.push(item);
    }
    return items;
  }

  #text(parts: readonly SchemaNode[]): Json | undefined {
    if (parts.some(({ pattern }) => pattern !== undefined)) {
      const found = findValue({ holds: parts, fails: [] }, this.#options);
      return found.kind === 'value' ? found.value : undefined;
    }
    const format = parts.find((node) => node.format !== undefined)?.format;
    const sample = format === undefined ? undefined : formatSample(format);
    const length = most(parts, (node) => node.minLength);
    return sample ?? (length > longestText ? undefined : 'a'.repeat(length));
  }
}

/** The nodes with all that holds beside them, of alternatives the first. */
function withFirstChoices(nodes: readonly SchemaNode[]): SchemaNode[] {
  const parts = new Set(nodes);
  // A set that grows while it is walked: what is added is walked too.
  for (const { ref, allOf = [], anyOf = [], oneOf = [] } of parts) {
    for (const part of [ref, ...allOf, anyOf[0], oneOf[0]]) if (part !== undefined) parts.add(part);
  }
  return [...parts];
}

function least({ minimum, exclusiveMinimum }: SchemaNode): number | undefined {
  return minimum ?? (exclusiveMinimum === undefined ? undefined : Math.floor(exclusiveMinimum) + 1);
}

/** The largest of the limits that the nodes set, 0 where none does. */
function most(nodes: readonly SchemaNode[], limit: (node: SchemaNode) => number | undefined): number {
  const limits = nodes.map(limit).filter((each) => each !== undefined);
  return limits.length === 0 ? 0 : Math.max(...limits);
}
