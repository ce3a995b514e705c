import type { SchemaNode } from './ast.ts';
import { spend } from './budget.ts';
import { canonicalText } from './json.ts';

/** Subschemas that are described for one; what is part of many cycles is described again and again. */
const mostWork = 1_000;

/**
 * One number per subschema, equal for subschemas that say the same: `old` and `new` are parsed apart, and most of a new
 * version is the old one. Annotations do not count, nor the order in `required` or `enum`, nor a wrapper around a single
 * subschema. Different numbers prove nothing.
 */
export class Identities {
  readonly #numbers = new Map<SchemaNode, number>();
  readonly #byText = new Map<string, number>();
  #next = 2;
  #work = 0;
  /** The subschemas that are being described, by depth. */
  readonly #open = new Map<SchemaNode, number>();
  /** The outermost of these that the text being written refers to, as a depth. */
  #escapes = Number.POSITIVE_INFINITY;

  of(node: SchemaNode): number {
    const bare = unwrap(node);
    if (bare.always !== undefined) return Number(bare.always);
    const known = this.#numbers.get(bare);
    if (known !== undefined) return known;
    this.#work = 0;
    this.#text(bare);
    return this.#numbers.get(bare) ?? this.#number(bare, this.#next++);
  }

  #number(node: SchemaNode, number: number): number {
    this.#numbers.set(node, number);
    return number;
  }

  /** The number of a subschema, or all it says while it is part of a cycle that began above it. */
  readonly #text = (node: SchemaNode): string => {
    const bare = unwrap(node);
    const known = bare.always === undefined ? this.#numbers.get(bare) : Number(bare.always);
    if (known !== undefined) return `#${known}`;
    const depth = this.#open.size;
    const above = this.#open.get(bare);
    if (above !== undefined) {
      this.#escapes = Math.min(this.#escapes, above);
      return `^${depth - above}`;
    }
    spend();
    if (++this.#work > mostWork) return `#${this.#number(bare, this.#next++)}`;
    const outside = this.#escapes;
    this.#escapes = Number.POSITIVE_INFINITY;
    this.#open.set(bare, depth);
    const text = describe(bare, this.#text);
    this.#open.delete(bare);
    if (this.#escapes < depth) {
      this.#escapes = Math.min(this.#escapes, outside);
      return `{${text}}`;
    }
    this.#escapes = outside;
    const id = this.#byText.get(text) ?? this.#next++;
    this.#byText.set(text, id);
    return `#${this.#number(bare, id)}`;
  };
}

const silent: ReadonlySet<string> = new Set(['at', 'default', 'annotations']);

/** Through `{$ref}`, `{allOf: [x]}`, `{anyOf: [x]}` and `{oneOf: [x]}` that say nothing else. */
export function unwrap(node: SchemaNode): SchemaNode {
  let at = node;
  for (let steps = 0; steps < 1_000; steps++) {
    const only = at.ref ?? single(at.allOf) ?? single(at.anyOf) ?? single(at.oneOf);
    if (only === undefined) return at;
    let keywords = 0;
    for (const keyword in at) if (!silent.has(keyword)) keywords++;
    if (keywords !== 1) return at;
    at = only;
  }
  return at;
}

function single(nodes: readonly SchemaNode[] | undefined): SchemaNode | undefined {
  return nodes?.length === 1 ? nodes[0] : undefined;
}

/** Every keyword with its content, in the order of their names. */
function describe(node: SchemaNode, child: (inner: SchemaNode) => string): string {
  const parts: string[] = [];
  for (const [keyword, content] of Object.entries(node)) {
    if (content === undefined || silent.has(keyword)) continue;
    parts.push(`${keyword}=${describeContent(keyword, content, child)}`);
  }
  return parts.length > 1 ? parts.sort().join(';') : (parts[0] ?? '');
}

function describeContent(keyword: string, content: unknown, child: (inner: SchemaNode) => string): string {
  if (typeof content === 'number') return String(content);
  if (isNode(content)) return child(content);
  if (content instanceof Map) {
    const members: string[] = [];
    for (const [name, inner] of content) members.push(`${JSON.stringify(name)}:${describeMember(inner, child)}`);
    return `{${members.sort().join(',')}}`;
  }
  if (Array.isArray(content)) {
    if (keyword === 'types') return content.join();
    if (keyword === 'enum') return [...new Set(content.map(canonicalText))].sort().join(',');
    const parts = content.map((part) => describeMember(part, child));
    if (keyword === 'prefixItems') return parts.join(',');
    // `oneOf` counts: the same branch twice is a contradiction.
    return (keyword === 'oneOf' ? parts : [...new Set(parts)]).sort().join(',');
  }
  return describeMember(content, child);
}

function describeMember(content: unknown, child: (inner: SchemaNode) => string): string {
  if (isNode(content)) return child(content);
  if (Array.isArray(content)) return JSON.stringify([...content].sort());
  return JSON.stringify(content) ?? '';
}

function isNode(content: unknown): content is SchemaNode {
  return typeof content === 'object' && content !== null && 'at' in content;
}
