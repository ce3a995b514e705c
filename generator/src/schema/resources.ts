import { type Dialect, dialects, type Json, type JsonObject } from './ast.ts';
import { dialectOfUri, isAtLeast, isKnown, refHidesSiblings, subschemasUnder } from './dialects.ts';
import { metaSchema } from './meta-schemas.ts';

/**
 * Who is called what: the identifiers (`$id`, `id`, `$anchor`, `$dynamicAnchor`, `$recursiveAnchor`) of every document
 * and the place that a reference means. Identifiers count only where a subschema stands, so an `$id` inside `enum`
 * or under an unknown keyword names nothing.
 */
export interface SchemaDocument {
  /** As the caller named it; '' for the root document. */
  readonly name: string;
  readonly raw: Json;
  /** Resources by the JSON pointer at which they begin. */
  readonly resources: Map<string, Resource>;
}

export interface Resource {
  /** Position in the order of discovery, unique in one registry. */
  readonly number: number;
  readonly uri: string;
  readonly document: SchemaDocument;
  readonly pointer: string;
  readonly raw: Json;
  readonly dialect: Dialect;
  readonly anchors: Map<string, { readonly pointer: string; readonly raw: Json }>;
  readonly dynamicAnchors: Set<string>;
  /** `$recursiveAnchor: true` at its root (2019-09). */
  readonly recursive: boolean;
}

/** A subschema before it became a node. */
export interface Position {
  readonly document: SchemaDocument;
  readonly pointer: string;
  readonly raw: Json;
  readonly resource: Resource;
}

/** Subschemas nested deeper are refused: nobody writes that, and everything that follows recurses as deep as they are. */
const maxDepth = 500;

/** Stands in for the address of a document that has none, so that relative identifiers can be resolved. */
const nowhere = 'schema:/';

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function escapePointer(token: string): string {
  return token.includes('~') || token.includes('/') ? token.replaceAll('~', '~0').replaceAll('/', '~1') : token;
}

function absolute(uri: string, base: string): string | undefined {
  if (uri === '') return base;
  try {
    const url = new URL(uri, base);
    url.hash = '';
    return url.href;
  } catch {
    return undefined;
  }
}

export class Registry {
  readonly root: Position;
  readonly #byUri = new Map<string, Resource>();
  readonly #waiting = new Map<string, readonly [string, Json]>();
  readonly #fallback: Dialect;
  #count = 0;
  #tooDeep: { readonly document: string; readonly pointer: string } | undefined;

  constructor(raw: Json, options: { dialect: Dialect; documents?: ReadonlyMap<string, Json>; baseUri?: string }) {
    this.#fallback = options.dialect;
    const base = absolute(options.baseUri ?? '', nowhere) ?? nowhere;
    for (const [name, document] of options.documents ?? []) {
      this.#waiting.set(absolute(name, base) ?? name, [name, document]);
    }
    this.root = this.#add('', raw, base);
  }

  /** Where a document nests subschemas beyond `maxDepth`; it is not read further there. */
  get tooDeep(): { readonly document: string; readonly pointer: string } | undefined {
    return this.#tooDeep;
  }

  /** The place that a reference means, or undefined. `fragment` is the anchor's name when an anchor was meant. */
  resolve(reference: string, from: Position): { readonly to: Position; readonly anchor?: string } | undefined {
    const hash = reference.indexOf('#');
    const resource = this.#find(hash < 0 ? reference : reference.slice(0, hash), from.resource);
    if (resource === undefined) return undefined;
    let fragment = hash < 0 ? '' : reference.slice(hash + 1);
    if (fragment.includes('%')) {
      try {
        fragment = decodeURIComponent(fragment);
      } catch {
        return undefined;
      }
    }
    if (fragment === '') return { to: rootOf(resource) };
    if (fragment.startsWith('/')) {
      const to = descend(resource, fragment);
      return to && { to };
    }
    const anchor = resource.anchors.get(fragment);
    return anchor && { to: { document: resource.document, resource, ...anchor }, anchor: fragment };
  }

  #find(reference: string, from: Resource): Resource | undefined {
    if (reference === '') return from;
    const uri = absolute(reference, from.uri);
    if (uri === undefined) return undefined;
    const known = this.#byUri.get(uri);
    if (known !== undefined) return known;
    const waiting = this.#waiting.get(uri);
    if (waiting !== undefined) {
      this.#waiting.delete(uri);
      return this.#add(waiting[0], waiting[1], uri).resource;
    }
    // The address may be an `$id` that only the document itself tells.
    for (const [address, [name, raw]] of this.#waiting) {
      this.#waiting.delete(address);
      this.#add(name, raw, address);
      const found = this.#byUri.get(uri);
      if (found !== undefined) return found;
    }
    const official = metaSchema(uri);
    return official === undefined ? undefined : this.#add(uri, official, uri).resource;
  }

  #add(name: string, raw: Json, uri: string): Position {
    const document: SchemaDocument = { name, raw, resources: new Map() };
    const dialect = ownDialect(raw) ?? this.#fallback;
    const identified = identifier(raw, dialect);
    const own = identified === undefined ? uri : (absolute(identified.uri, uri) ?? uri);
    const resource = this.#resource(document, '', raw, own, dialect);
    if (own !== uri && !this.#byUri.has(uri)) this.#byUri.set(uri, resource);
    this.#index(document, resource);
    return { document, pointer: '', raw, resource };
  }

  #resource(document: SchemaDocument, pointer: string, raw: Json, uri: string, dialect: Dialect): Resource {
    const resource: Resource = {
      number: this.#count++,
      uri,
      document,
      pointer,
      raw,
      dialect,
      anchors: new Map(),
      dynamicAnchors: new Set(),
      recursive: isKnown('$recursiveAnchor', dialect) && isObject(raw) && raw.$recursiveAnchor === true,
    };
    if (!this.#byUri.has(uri)) this.#byUri.set(uri, resource);
    document.resources.set(pointer, resource);
    return resource;
  }

  /** Walks every place of the document where a subschema stands; a loop instead of recursion, for depth. */
  #index(document: SchemaDocument, top: Resource): void {
    const open = [{ raw: top.raw, pointer: '', resource: top, depth: 0 }];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      const { raw, pointer } = next;
      let resource = next.resource;
      if (!isObject(raw)) continue;
      const depth = next.depth + 1;
      if (depth > maxDepth) {
        this.#tooDeep ??= { document: document.name, pointer };
        continue;
      }
      const dialect = (pointer !== '' && hasIdentifier(raw) ? ownDialect(raw) : undefined) ?? resource.dialect;
      const identified = identifier(raw, dialect);
      if (identified !== undefined) {
        const uri = absolute(identified.uri, resource.uri);
        if (pointer !== '' && uri !== undefined && identified.uri !== '' && uri !== resource.uri) {
          resource = this.#resource(document, pointer, raw, uri, dialect);
        }
        if (identified.anchor !== undefined) resource.anchors.set(identified.anchor, { pointer, raw });
      }
      if (isKnown('$anchor', dialect) && typeof raw.$anchor === 'string') {
        resource.anchors.set(raw.$anchor, { pointer, raw });
      }
      if (isKnown('$dynamicAnchor', dialect) && typeof raw.$dynamicAnchor === 'string') {
        resource.anchors.set(raw.$dynamicAnchor, { pointer, raw });
        resource.dynamicAnchors.add(raw.$dynamicAnchor);
      }
      for (const keyword of Object.keys(raw)) {
        const holds = subschemasUnder(keyword, dialect);
        if (holds === undefined) continue;
        const value = raw[keyword];
        const at = `${pointer}/${keyword}`;
        if (isObject(value) && (holds === 'map' || holds === 'map-or-names')) {
          for (const name of Object.keys(value)) {
            const child = value[name];
            if (isObject(child)) open.push({ raw: child, pointer: `${at}/${escapePointer(name)}`, resource, depth });
          }
        } else if (isList(value) && (holds === 'schemas' || holds === 'schema-or-schemas')) {
          value.forEach((child, index) => {
            if (isObject(child)) open.push({ raw: child, pointer: `${at}/${index}`, resource, depth });
          });
        } else if (isObject(value) && (holds === 'schema' || holds === 'schema-or-schemas')) {
          open.push({ raw: value, pointer: at, resource, depth });
        }
      }
    }
  }
}

function hasIdentifier(raw: JsonObject): boolean {
  return typeof raw.$id === 'string' || typeof raw.id === 'string';
}

function ownDialect(raw: Json): Dialect | undefined {
  if (!isObject(raw) || typeof raw.$schema !== 'string') return undefined;
  const named = dialectOfUri(raw.$schema);
  return dialects.find((dialect) => dialect === named);
}

/** `$id` split into address and, where old dialects allow it, an anchor behind `#`. */
function identifier(raw: Json, dialect: Dialect): { readonly uri: string; readonly anchor?: string } | undefined {
  if (!isObject(raw)) return undefined;
  const id = dialect === 'draft-04' ? raw.id : raw.$id;
  if (typeof id !== 'string') return undefined;
  if (refHidesSiblings(dialect) && typeof raw.$ref === 'string') return undefined;
  const hash = id.indexOf('#');
  if (hash < 0) return { uri: id };
  const anchor = id.slice(hash + 1);
  if (anchor === '' || isAtLeast(dialect, '2019-09')) return { uri: id.slice(0, hash) };
  return { uri: id.slice(0, hash), anchor };
}

function rootOf(resource: Resource): Position {
  return { document: resource.document, pointer: resource.pointer, raw: resource.raw, resource };
}

/** Follows a JSON pointer through raw JSON; a resource that begins on the way takes over. */
function descend(start: Resource, pointer: string): Position | undefined {
  let raw = start.raw;
  let at = start.pointer;
  let resource = start;
  for (const escaped of pointer.slice(1).split('/')) {
    const token = escaped.replaceAll('~1', '/').replaceAll('~0', '~');
    if (isList(raw)) {
      const item: Json | undefined = /^(0|[1-9]\d*)$/.test(token) ? raw[Number(token)] : undefined;
      if (item === undefined) return undefined;
      raw = item;
    } else if (isObject(raw) && Object.hasOwn(raw, token)) {
      const member: Json | undefined = raw[token];
      if (member === undefined) return undefined;
      raw = member;
    } else {
      return undefined;
    }
    at = `${at}/${escapePointer(token)}`;
    resource = start.document.resources.get(at) ?? resource;
  }
  return { document: start.document, pointer: at, raw, resource };
}

/** The position of a subschema directly under another one. */
export function below(position: Position, path: string, raw: Json): Position {
  const pointer = `${position.pointer}/${path}`;
  const { document } = position;
  const begun = document.resources.size > 1 ? document.resources.get(pointer) : undefined;
  return { document, pointer, raw, resource: begun ?? position.resource };
}
