import type { Dialect, Json, JsonObject, Schema, SchemaNode, SchemaPlace, SchemaProblem } from './ast.ts';
import { dialectOfUri, isAtLeast, isKnown, refHidesSiblings } from './dialects.ts';
import type { Draft } from './drafts.ts';
import type { InexactNumbers } from './exact-json.ts';
import { Keywords, readAnnotations, readScalars } from './keywords.ts';
import { noProgress } from './progress.ts';
import { below, escapePointer, isList, isObject, type Position, Registry, type Resource } from './resources.ts';

const noProgressMessages = {
  endless: 'This schema refers to itself without going into a member or an item, so it says nothing.',
  'too-long': 'More than 500 references lead from here to one value.',
};

/**
 * JSON Schema, any dialect from draft-04 to 2020-12, to nodes in their 2020-12 meaning.
 *
 * A dynamic reference depends on the way by which it was reached. So a subschema is parsed once per *scope* (which
 * resource first offered each dynamic anchor on the way here), and every reference is resolved for good. Scopes only
 * grow and anchors are finitely many, so this ends. Nodes are filled from a queue, not by recursion: nesting is not
 * bounded by the stack.
 */
export interface ParseOptions {
  /** Holds where the schema names no dialect of json-schema.org itself. */
  readonly dialect: Dialect;
  /** Default false: `format` is an annotation. */
  readonly assertFormats?: boolean;
  /** Other documents that a `$ref` may mean, by URI, or by path relative to `baseUri`. */
  readonly documents?: ReadonlyMap<string, Json>;
  readonly baseUri?: string;
  /** What `parseJsonExact` found; without it, numbers are the doubles that they were read as. */
  readonly inexact?: InexactNumbers;
}

/** For each dynamic anchor the first resource on the way that offered it; '' stands for `$recursiveAnchor`. */
interface Scope {
  readonly signature: string;
  readonly first: ReadonlyMap<string, Resource>;
}

/** A subschema with the node that is made of it. */
interface Read {
  readonly node: Draft;
  readonly position: Position;
  readonly scope: Scope;
}

/** The schema, or undefined and what is wrong with it. Never throws on any JSON value. */
export function parseSchema(
  raw: unknown,
  options: ParseOptions,
): readonly [Schema | undefined, readonly SchemaProblem[]] {
  if (!isJsonSchema(raw)) {
    return [undefined, [{ at: { document: '', pointer: '' }, message: 'A schema is an object, true or false.' }]];
  }
  const parser = new Parser(raw, options);
  const root = parser.run();
  if (parser.problems.length > 0) return [undefined, parser.problems];
  const schema: Schema = {
    root,
    dialect: parser.dialect,
    assertFormats: options.assertFormats ?? false,
    raw,
    documents: options.documents ?? new Map(),
    ...(options.baseUri === undefined ? {} : { base: options.baseUri }),
    ...(options.inexact !== undefined && options.inexact.size > 0 && { isBeyondDoubles: true }),
    ...(parser.inexactDefault !== undefined && { inexactDefault: parser.inexactDefault }),
  };
  return [schema, []];
}

function isJsonSchema(raw: unknown): raw is boolean | JsonObject {
  return typeof raw === 'boolean' || (typeof raw === 'object' && raw !== null && !Array.isArray(raw));
}

/** The node of a subschema directly below, by the path to it. */
type Child = (path: string, value: Json) => SchemaNode;

class Parser {
  readonly problems: SchemaProblem[] = [];
  inexactDefault: SchemaPlace | undefined;
  readonly #inexact: InexactNumbers | undefined;
  readonly #registry: Registry;
  /** By the JSON that they were written in; one that is shared, or read in two scopes, makes several. */
  readonly #nodes = new Map<Json, readonly Read[]>();
  readonly #queue: Read[] = [];
  readonly #scopes = new Map<string, Scope>();

  constructor(raw: Json, options: ParseOptions) {
    this.#registry = new Registry(raw, options);
    this.#inexact = options.inexact?.size === 0 ? undefined : options.inexact;
  }

  get dialect(): Dialect {
    return this.#registry.root.resource.dialect;
  }

  run(): SchemaNode {
    const root = this.#node(this.#registry.root, { signature: '', first: new Map() });
    // The root document first, before any pointer grows as long as it is deep; referenced ones have been read after.
    if (this.#isTooDeep()) return root;
    const made: SchemaNode[] = [];
    for (let next = this.#queue.pop(); next !== undefined; next = this.#queue.pop()) {
      this.#fill(next.node, next.position, next.scope);
      made.push(next.node);
    }
    if (!this.#isTooDeep() && this.problems.length === 0) {
      const stuck = noProgress(made);
      if (stuck !== undefined) this.problems.push({ at: stuck.node.at, message: noProgressMessages[stuck.why] });
    }
    return root;
  }

  #isTooDeep(): boolean {
    const at = this.#registry.tooDeep;
    if (at !== undefined) this.problems.push({ at, message: 'Subschemas are nested too deeply.' });
    return at !== undefined;
  }

  #problem(position: Position, keyword: string, message: string): void {
    const pointer = keyword === '' ? position.pointer : `${position.pointer}/${escapePointer(keyword)}`;
    this.problems.push({ at: { document: position.document.name, pointer }, message });
  }

  #node(position: Position, from: Scope): SchemaNode {
    const scope = this.#enter(from, position.resource);
    const { raw, pointer } = position;
    const known = this.#nodes.get(raw) ?? [];
    for (const other of known) {
      const isSame = other.scope === scope && other.position.document === position.document;
      if (isSame && other.position.pointer === pointer) return other.node;
    }
    const node: Draft = { at: { document: position.document.name, pointer } };
    const read: Read = { node, position, scope };
    // `true` and `false` stand everywhere and cost nothing to read again.
    if (typeof raw === 'object') this.#nodes.set(raw, known.length === 0 ? [read] : [...known, read]);
    this.#queue.push(read);
    return node;
  }

  #enter(scope: Scope, resource: Resource): Scope {
    if (resource.dynamicAnchors.size === 0 && !resource.recursive) return scope;
    const fresh = [...resource.dynamicAnchors, ...(resource.recursive ? [''] : [])].filter((a) => !scope.first.has(a));
    if (fresh.length === 0) return scope;
    const first = new Map(scope.first);
    for (const anchor of fresh) first.set(anchor, resource);
    const signature = JSON.stringify([...first].map(([anchor, { number }]) => [anchor, number]).sort());
    const known = this.#scopes.get(signature) ?? { signature, first };
    this.#scopes.set(signature, known);
    return known;
  }

  #fill(node: Draft, position: Position, scope: Scope): void {
    const { raw, resource } = position;
    const { dialect } = resource;
    if (typeof raw === 'boolean') {
      node.always = raw;
      return;
    }
    if (!isObject(raw)) {
      this.#problem(position, '', 'A schema is an object, true or false.');
      return;
    }
    if (raw.$schema !== undefined && position.pointer === resource.pointer) this.#checkDialect(position, raw.$schema);
    const read = new Keywords(position, raw, {
      inexact: this.#inexact,
      problem: (keyword, message) => this.#problem(position, keyword, message),
      noteInexactDefault: () => {
        this.inexactDefault ??= node.at;
      },
    });
    const [first, ...others] = read.has('references') ? this.#references(position, raw, scope) : [];
    if (first !== undefined) node.ref = first;
    if (raw.$ref !== undefined && refHidesSiblings(dialect)) return;
    const child = (path: string, value: Json): SchemaNode => this.#node(below(position, path, value), scope);

    readAnnotations(node, read);
    readScalars(node, read);
    if (read.has('arrays')) this.#readArrays(node, read, child);
    if (read.has('objects')) this.#readObjects(node, read, child);
    if (read.has('combinations')) this.#readCombinations(node, read, position, child);
    if (others.length > 0) node.allOf = [...(node.allOf ?? []), ...others];
  }

  #readCombinations(node: Draft, read: Keywords, position: Position, child: Child): void {
    for (const keyword of ['allOf', 'anyOf', 'oneOf'] as const) {
      const list = read.list(keyword);
      if (list === undefined) continue;
      if (list.length === 0) this.#problem(position, keyword, `'${keyword}' needs at least one schema.`);
      else {
        const nodes = list.map((item, index) => child(`${keyword}/${index}`, item));
        node[keyword] = keyword === 'allOf' ? [...(node.allOf ?? []), ...nodes] : nodes;
      }
    }
    const not = read.schema('not');
    if (not !== undefined) node.not = child('not', not);
    const condition = read.schema('if');
    if (condition === undefined) return;
    node.if = child('if', condition);
    for (const keyword of ['then', 'else'] as const) {
      const branch = read.schema(keyword);
      if (branch !== undefined) node[keyword] = child(keyword, branch);
    }
  }

  #checkDialect(position: Position, named: Json): void {
    if (typeof named !== 'string') this.#problem(position, '$schema', "'$schema' must be a string.");
    else if (dialectOfUri(named) === 'unsupported') {
      this.#problem(position, '$schema', `'${named}' is not a dialect from draft-04 to 2020-12.`);
    }
  }

  #references(position: Position, raw: JsonObject, scope: Scope): SchemaNode[] {
    const { dialect } = position.resource;
    const nodes: SchemaNode[] = [];
    for (const keyword of ['$ref', '$recursiveRef', '$dynamicRef'] as const) {
      const reference = raw[keyword];
      if (reference === undefined || !isKnown(keyword, dialect)) continue;
      if (typeof reference !== 'string') {
        this.#problem(position, keyword, `'${keyword}' must be a string.`);
        continue;
      }
      const found = this.#registry.resolve(reference, position);
      if (found === undefined) {
        this.#problem(position, keyword, `'${reference}' refers to nothing that is known here.`);
        continue;
      }
      nodes.push(this.#node(this.#dynamicTarget(keyword, found, scope) ?? found.to, scope));
    }
    return nodes;
  }

  /** Where a dynamic reference leads in this scope; undefined when it behaves like `$ref`. */
  #dynamicTarget(keyword: string, found: { to: Position; anchor?: string }, scope: Scope): Position | undefined {
    let outermost: Resource | undefined;
    let pointer: string | undefined;
    if (keyword === '$recursiveRef') {
      if (!found.to.resource.recursive) return undefined;
      outermost = scope.first.get('');
      pointer = outermost?.pointer;
    } else if (keyword === '$dynamicRef' && found.anchor !== undefined) {
      if (!found.to.resource.dynamicAnchors.has(found.anchor)) return undefined;
      outermost = scope.first.get(found.anchor);
      pointer = outermost?.anchors.get(found.anchor)?.pointer;
    }
    if (outermost === undefined || pointer === undefined) return undefined;
    const raw = pointer === outermost.pointer ? outermost.raw : outermost.anchors.get(found.anchor ?? '')?.raw;
    return raw === undefined ? undefined : { document: outermost.document, pointer, raw, resource: outermost };
  }

  #readArrays(node: Draft, read: Keywords, child: Child): void {
    const { dialect } = read;
    const items = read.raw('items');
    if (isList(items) && !isAtLeast(dialect, '2020-12')) {
      node.prefixItems = items.map((item, index) => child(`items/${index}`, item));
      const rest = read.schema('additionalItems');
      if (rest !== undefined) node.items = child('additionalItems', rest);
    } else {
      const all = read.schema('items');
      if (all !== undefined) node.items = child('items', all);
      const prefix = read.list('prefixItems');
      if (prefix !== undefined) node.prefixItems = prefix.map((item, index) => child(`prefixItems/${index}`, item));
    }
    const minItems = read.count('minItems');
    if (minItems !== undefined) node.minItems = minItems;
    const maxItems = read.count('maxItems');
    if (maxItems !== undefined) node.maxItems = maxItems;
    if (read.flag('uniqueItems') === true) node.uniqueItems = true;
    const contains = read.schema('contains');
    const minContains = read.count('minContains');
    const maxContains = read.count('maxContains');
    if (contains !== undefined) {
      node.contains = child('contains', contains);
      if (minContains !== undefined) node.minContains = minContains;
      if (maxContains !== undefined) node.maxContains = maxContains;
      if (isAtLeast(dialect, '2020-12')) node.containsEvaluates = true;
    }
    const unevaluated = read.schema('unevaluatedItems');
    if (unevaluated !== undefined) node.unevaluatedItems = child('unevaluatedItems', unevaluated);
  }

  #readObjects(node: Draft, read: Keywords, child: Child): void {
    const children = (keyword: string, map: JsonObject): Map<string, SchemaNode> =>
      new Map(Object.entries(map).map(([name, value]) => [name, child(`${keyword}/${escapePointer(name)}`, value)]));
    const properties = read.map('properties');
    if (properties !== undefined) node.properties = children('properties', properties);
    const patterns = read.map('patternProperties');
    if (patterns !== undefined) {
      for (const pattern of Object.keys(patterns)) read.checkPattern(`patternProperties/${pattern}`, pattern);
      node.patternProperties = children('patternProperties', patterns);
    }
    const additional = read.schema('additionalProperties');
    if (additional !== undefined) node.additionalProperties = child('additionalProperties', additional);
    const names = read.schema('propertyNames');
    if (names !== undefined) node.propertyNames = child('propertyNames', names);
    const required = read.names('required');
    if (required !== undefined) node.required = required;
    const minProperties = read.count('minProperties');
    if (minProperties !== undefined) node.minProperties = minProperties;
    const maxProperties = read.count('maxProperties');
    if (maxProperties !== undefined) node.maxProperties = maxProperties;
    this.#readDependencies(node, read, child);
    const unevaluated = read.schema('unevaluatedProperties');
    if (unevaluated !== undefined) node.unevaluatedProperties = child('unevaluatedProperties', unevaluated);
  }

  #readDependencies(node: Draft, read: Keywords, child: Child): void {
    const names = new Map<string, readonly string[]>();
    const schemas = new Map<string, SchemaNode>();
    for (const keyword of ['dependencies', 'dependentRequired', 'dependentSchemas']) {
      for (const [name, value] of Object.entries(read.map(keyword) ?? {})) {
        const path = `${keyword}/${escapePointer(name)}`;
        if (keyword !== 'dependentSchemas' && isList(value)) {
          const list = value.filter((item) => typeof item === 'string');
          if (list.length !== value.length) read.problem(keyword, `'${keyword}' must list names.`);
          names.set(name, [...(names.get(name) ?? []), ...list]);
        } else if (keyword === 'dependentRequired') {
          read.problem(keyword, `'${keyword}' must list names.`);
        } else if (schemas.has(name)) {
          // Written twice, once in the old keyword and once in the new: both hold.
          node.allOf = [
            ...(node.allOf ?? []),
            { at: node.at, dependentSchemas: new Map([[name, child(path, value)]]) },
          ];
        } else {
          schemas.set(name, child(path, value));
        }
      }
    }
    if (names.size > 0) node.dependentRequired = names;
    if (schemas.size > 0) node.dependentSchemas = schemas;
  }
}
