import type { SchemaNode } from './ast.ts';
import { canonicalText } from './json.ts';

/**
 * One number per subschema, equal for subschemas that say the same: `old` and `new` are parsed apart, and most of a new
 * version is the old one. Annotations do not count, nor the order in `required` or `enum`, nor a wrapper around a single
 * subschema. Different numbers prove nothing.
 */
export class Identities {
  readonly #numbers = new Map<SchemaNode, number>();
  readonly #byText = new Map<string, number>();
  #next = 0;
  #work = 0;

  of(node: SchemaNode): number {
    const bare = unwrap(node);
    const known = this.#numbers.get(bare);
    if (known !== undefined) return known;
    this.#work = 0;
    const { id } = this.#describe(bare, new Map());
    if (id !== undefined) return id;
    // Part of a cycle that began above it: its text refers to something that it does not contain.
    const own = this.#next++;
    this.#numbers.set(bare, own);
    return own;
  }

  /** `escapes`: the outermost enclosing subschema that the text refers to, as a depth. */
  #describe(node: SchemaNode, open: Map<SchemaNode, number>): { text: string; escapes: number; id?: number } {
    const bare = unwrap(node);
    const known = this.#numbers.get(bare);
    if (known !== undefined) return { text: `#${known}`, escapes: Number.POSITIVE_INFINITY, id: known };
    const above = open.get(bare);
    if (above !== undefined) return { text: `^${open.size - above}`, escapes: above };
    if (++this.#work > 5_000) {
      const own = this.#next++;
      this.#numbers.set(bare, own);
      return { text: `#${own}`, escapes: Number.POSITIVE_INFINITY, id: own };
    }
    const depth = open.size;
    open.set(bare, depth);
    let escapes = Number.POSITIVE_INFINITY;
    const child = (inner: SchemaNode): string => {
      const described = this.#describe(inner, open);
      escapes = Math.min(escapes, described.escapes);
      return described.text;
    };
    const text = describe(bare, child);
    open.delete(bare);
    if (escapes < depth) return { text: `{${text}}`, escapes };
    const id = this.#byText.get(text) ?? this.#next++;
    this.#byText.set(text, id);
    this.#numbers.set(bare, id);
    return { text: `#${id}`, escapes: Number.POSITIVE_INFINITY, id };
  }
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
