import type { Json, SchemaNode, SchemaPlace } from './ast.ts';
import { canonicalText, isRecord } from './json.ts';
import { matchesPattern } from './patterns.ts';
import { inPlace } from './progress.ts';
import { type Alternative, type Standing, type Unfolded, Unfolder } from './standing.ts';

/**
 * A place in an instance with everything that a schema says there (docs/compatibility.md, "Location"). What may be
 * dropped from an event and what is filled in depend on the place alone, never on the subschema that looks at it; so
 * `project`, `fill`, the reduction of the events relation and the generated validators all read these.
 *
 * Places are made when they are first asked for and are the same object whenever the same nodes stand there, so a
 * recursive schema has finitely many.
 */
export interface Location {
  readonly standing: Standing;
  /** Positions in the order of discovery, unique in one schema. */
  readonly number: number;
  readonly members: Members | Tagged;
  readonly items: Items;
}

export interface Members {
  readonly kind: 'members';
  /** Every name counts as declared: nothing is dropped. */
  readonly open: boolean;
  /** Sorted. */
  readonly names: readonly string[];
  readonly patterns: readonly string[];
  readonly defaults: ReadonlyMap<string, MemberDefault>;
  /** Whether the name is one of `names` or matches one of `patterns`. */
  declares(name: string): boolean;
  member(name: string): Location;
  /** The place of a member without a name of its own, which matches exactly these patterns. */
  cell(patterns: ReadonlySet<string>): Location;
}

/** The member `property` of an object tells which of the cases it is. A value of none is left as it is. */
export interface Tagged {
  readonly kind: 'tagged';
  readonly property: string;
  readonly cases: readonly { readonly values: readonly Json[]; readonly members: Members | Tagged }[];
}

export interface Items {
  readonly prefix: readonly Location[];
  readonly rest: Location;
}

export interface MemberDefault {
  readonly value: Json;
  readonly at: SchemaPlace;
  /** Another default with the same right to be taken. */
  readonly rival?: { readonly value: Json; readonly at: SchemaPlace };
}

/** Which member is meant: one of a name, or any that matches some patterns and has no name of its own. */
interface Slot {
  readonly name?: string;
  matches(pattern: string): boolean;
}

/** Patterns at one place beyond which it counts as open, and its members without a name of their own are left alone. */
export const mostPatterns = 6;

/** Schemas whose places are kept: several questions are asked about one before it is the turn of the next. */
const mostRoots = 16;

/** Begun anew when it is full: a map that forgets one by one drags what it forgot through the garbage collector. */
let roots = new Map<SchemaNode, Location>();

/** The root place of a schema; the same object for the same root, until others were asked for. */
export function locate(root: SchemaNode): Location {
  const known = roots.get(root);
  if (known !== undefined) return known;
  const location = new Places().at({ must: [root], groups: [], looked: [] });
  if (roots.size === mostRoots) roots = new Map();
  roots.set(root, location);
  return location;
}

class Places {
  readonly #unfolder = new Unfolder();
  readonly #known = new Map<string, Location>();
  readonly #enumerated = new Map<SchemaNode, Map<string | number, SchemaNode>>();

  at(written: Standing): Location {
    // Without repetition: what a recursive schema says at every depth would otherwise pile up on the way down.
    const standing = this.#unfolder.distinct({
      must: written.must.map(throughReferences),
      groups: written.groups.map((group) => group.map((nodes) => nodes.map(throughReferences))),
      looked: written.looked.map(throughReferences),
    });
    const key = this.#unfolder.key(standing);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const places = this;
    let members: Members | Tagged | undefined;
    let items: Items | undefined;
    const location: Location = {
      standing,
      number: this.#known.size,
      get members() {
        members ??= places.#members(standing, new Map());
        return members;
      },
      get items() {
        items ??= places.#items(standing);
        return items;
      },
    };
    this.#known.set(key, location);
    return location;
  }

  #members(standing: Standing, chosen: ReadonlyMap<SchemaNode, ReadonlySet<SchemaNode>>): Members | Tagged {
    const unfolded = this.#unfolder.unfold(standing, 'object', chosen);
    for (const choice of unfolded.choices) {
      const tag = this.#tag(choice.branches, unfolded);
      if (tag === undefined) continue;
      const cases = choice.branches.map((branch, index) => {
        const selected = new Set([...(chosen.get(choice.owner) ?? []), branch]);
        return {
          values: tag.values[index] ?? [],
          members: this.#members(standing, new Map([...chosen, [choice.owner, selected]])),
        };
      });
      return { kind: 'tagged', property: tag.property, cases };
    }
    const everything = new Set([...unfolded.must.keys(), ...unfolded.groups.flat(2), ...unfolded.looked]);
    const names = new Set<string>();
    const patterns = new Set<string>();
    let open = unfolded.blurred;
    for (const node of everything) {
      for (const name of namesOf(node)) names.add(name);
      for (const pattern of node.patternProperties?.keys() ?? []) patterns.add(pattern);
      const rest = [node.additionalProperties, node.unevaluatedProperties];
      open ||= rest.some((part) => part !== undefined && !isNever(part));
    }
    const tooMany = patterns.size > mostPatterns;
    const slotted = new Map<string, Location>();
    const slot = (key: string, which: Slot): Location => {
      const known = slotted.get(key) ?? this.at(this.#memberStanding(unfolded, which));
      slotted.set(key, known);
      return known;
    };
    const cell = (which: ReadonlySet<string>): Location =>
      tooMany
        ? this.at({ must: [], groups: [], looked: [] })
        : slot(`~${cellKey(which)}`, { matches: (pattern) => which.has(pattern) });
    return {
      kind: 'members',
      open: open || tooMany || !speaks(unfolded),
      names: [...names].sort(byCodeUnit),
      patterns: [...patterns].sort(byCodeUnit),
      defaults: defaultsOf(unfolded.must),
      declares: (name) => names.has(name) || [...patterns].some((pattern) => matchesPattern(pattern, name)),
      member: (name) => {
        if (!names.has(name)) return cell(new Set([...patterns].filter((pattern) => matchesPattern(pattern, name))));
        return slot(`=${name}`, { name, matches: (pattern) => matchesPattern(pattern, name) });
      },
      cell,
    };
  }

  #memberStanding(unfolded: Unfolded, slot: Slot): Standing {
    const inside = (nodes: Iterable<SchemaNode>): SchemaNode[] =>
      [...nodes].flatMap((node) => this.#memberNodes(node, slot));
    const must = [...unfolded.must.keys()];
    const everything = [...must, ...unfolded.groups.flat(2)];
    const unevaluated = everything
      .map((node) => node.unevaluatedProperties !== undefined && !evaluates(node, slot) && node.unevaluatedProperties)
      .filter((node) => node !== false);
    return {
      must: inside(must),
      groups: [
        ...unfolded.groups.map((group) => alternativesInside(group, inside)).filter((group) => group.length > 0),
        ...unevaluated.map((node) => [[node]]),
      ],
      looked: inside(unfolded.looked),
    };
  }

  #memberNodes(node: SchemaNode, slot: Slot): SchemaNode[] {
    const nodes: SchemaNode[] = [];
    const own = slot.name === undefined ? undefined : node.properties?.get(slot.name);
    if (own !== undefined) nodes.push(own);
    for (const [pattern, part] of node.patternProperties ?? []) if (slot.matches(pattern)) nodes.push(part);
    if (nodes.length === 0 && node.additionalProperties !== undefined) nodes.push(node.additionalProperties);
    if (slot.name !== undefined && node.enum !== undefined) nodes.push(...this.#enumeratedAt(node, slot.name));
    return nodes;
  }

  #items(standing: Standing): Items {
    const unfolded = this.#unfolder.unfold(standing, 'array', new Map());
    const everything = [...new Set([...unfolded.must.keys(), ...unfolded.groups.flat(2), ...unfolded.looked])];
    const length = everything.reduce((most, node) => Math.max(most, slotsOf(node)), 0);
    const at = (index: number): Location => {
      const inside = (nodes: Iterable<SchemaNode>): SchemaNode[] =>
        [...nodes].flatMap((node) => {
          const own = node.prefixItems?.[index] ?? node.items;
          const listed = node.enum === undefined ? [] : this.#enumeratedAt(node, index);
          return own === undefined ? listed : [own, ...listed];
        });
      const holding = [...unfolded.must.keys(), ...unfolded.groups.flat(2)];
      const unevaluated = holding
        .map((node) => node.unevaluatedItems !== undefined && !evaluatesItem(node, index) && node.unevaluatedItems)
        .filter((node) => node !== false);
      return this.at({
        must: inside(unfolded.must.keys()),
        groups: [
          ...unfolded.groups.map((group) => alternativesInside(group, inside)).filter((group) => group.length > 0),
          ...unevaluated.map((node) => [[node]]),
        ],
        looked: [
          ...inside(unfolded.looked),
          ...everything.map((node) => node.contains).filter((node) => node !== undefined),
        ],
      });
    };
    return { prefix: Array.from({ length }, (_, index) => at(index)), rest: at(length) };
  }

  /** What an `enum` of objects or arrays says about one member or item, as a node of its own. */
  #enumeratedAt(node: SchemaNode, key: string | number): SchemaNode[] {
    const known = this.#enumerated.get(node) ?? new Map<string | number, SchemaNode>();
    this.#enumerated.set(node, known);
    const made = known.get(key);
    if (made !== undefined) return [made];
    const values = (node.enum ?? []).flatMap((value): Json[] => {
      if (typeof key === 'number') return Array.isArray(value) && key < value.length ? [value[key]] : [];
      const member = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
      return member === undefined ? [] : [member];
    });
    if (values.length === 0) return [];
    const part: SchemaNode = { at: node.at, enum: values };
    known.set(key, part);
    return [part];
  }

  /** The property that tells the branches apart, and which of its values mean each of them. */
  #tag(
    branches: readonly SchemaNode[],
    unfolded: Unfolded,
  ): { readonly property: string; readonly values: readonly (readonly Json[])[] } | undefined {
    const closures = branches.map((branch) => [...this.#unfolder.beside(branch, 'object').keys()]);
    const beside = [...unfolded.must.keys()];
    const candidates = new Set(closures[0]?.flatMap((nodes) => [...(nodes.properties?.keys() ?? [])]));
    for (const property of [...candidates].sort(byCodeUnit)) {
      const values = closures.map((nodes) => {
        const required = [...beside, ...nodes].some((node) => node.required?.includes(property) === true);
        return required ? scalarsOf(nodes, property) : undefined;
      });
      const told = values.filter((list) => list !== undefined);
      const texts = told.flatMap((list) => list.map((value) => JSON.stringify(value)));
      if (told.length < values.length || new Set(texts).size < texts.length) continue;
      if (closures.some((nodes) => defaultsOf([...beside, ...nodes].map((node) => [node, 0])).has(property))) continue;
      return { property, values: told };
    }
    return undefined;
  }
}

/** Where a node leads that does nothing but refer; its default and its words belong to the member, not to the place. */
export function throughReferences(node: SchemaNode): SchemaNode {
  let found = node;
  while (found.ref !== undefined && Object.keys(found).every((key) => refers.has(key))) found = found.ref;
  return found;
}

const refers: ReadonlySet<string> = new Set(['at', 'ref', 'default', 'annotations']);

/** The scalars that `const` or `enum` leave for a member; undefined when they leave more than scalars, or nothing says. */
function scalarsOf(nodes: readonly SchemaNode[], property: string): readonly Json[] | undefined {
  let left: Map<string, Json> | undefined;
  for (const node of nodes) {
    const member = node.properties?.get(property);
    for (const [part] of member === undefined ? [] : sameValue(member)) {
      if (part.enum === undefined) continue;
      const own = new Map(part.enum.map((value) => [JSON.stringify(value), value]));
      left = left === undefined ? own : new Map([...left].filter(([text]) => own.has(text)));
    }
  }
  const values = left === undefined ? [] : [...left.values()];
  const scalar = values.every((value) => typeof value !== 'object' || value === null);
  return left !== undefined && scalar ? values : undefined;
}

/** A node and what holds wherever it does, whatever the type of the value, with the number of steps to it. */
function sameValue(node: SchemaNode): ReadonlyMap<SchemaNode, number> {
  const found = new Map<SchemaNode, number>();
  const queue: (readonly [SchemaNode, number])[] = [[node, 0]];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [part, depth] = next;
    if (found.has(part)) continue;
    found.set(part, depth);
    const single = [part.anyOf, part.oneOf].filter((branches) => branches?.length === 1);
    for (const inner of [part.ref, ...(part.allOf ?? []), ...single.flatMap((branches) => branches ?? [])]) {
      if (inner !== undefined) queue.push([inner, depth + 1]);
    }
  }
  return found;
}

/** The nearest default of each member; of several equally near ones that with the smallest text, so that order is nothing. */
function defaultsOf(must: Iterable<readonly [SchemaNode, number]>): ReadonlyMap<string, MemberDefault> {
  const best = new Map<string, MemberDefault & { readonly depth: number }>();
  for (const [owner, distance] of must) {
    for (const [name, member] of owner.properties ?? []) {
      for (const [node, steps] of sameValue(member)) {
        if (node.default === undefined) continue;
        const found = { value: node.default.value, at: node.at, depth: distance + steps };
        const known = best.get(name);
        if (known === undefined || found.depth < known.depth) best.set(name, found);
        else if (found.depth === known.depth && canonicalText(found.value) !== canonicalText(known.value)) {
          const [first, second] =
            canonicalText(found.value) < canonicalText(known.value) ? [found, known] : [known, found];
          best.set(name, { ...first, rival: { value: second.value, at: second.at } });
        }
      }
    }
  }
  return new Map([...best].map(([name, { depth: _, ...found }]) => [name, found]));
}

export function byCodeUnit(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function alternativesInside(
  group: readonly Alternative[],
  inside: (nodes: Iterable<SchemaNode>) => SchemaNode[],
): Alternative[] {
  return group.map((nodes) => inside(nodes)).filter((nodes) => nodes.length > 0);
}

function* namesOf(node: SchemaNode): Generator<string> {
  yield* node.properties?.keys() ?? [];
  yield* node.required ?? [];
  for (const [name, others] of node.dependentRequired ?? []) yield* [name, ...others];
  yield* node.dependentSchemas?.keys() ?? [];
  for (const value of node.enum ?? []) if (isRecord(value)) yield* Object.keys(value);
}

/** Whether, of what stands here, something beside or every alternative of a group says which members there are. */
function speaks(unfolded: Unfolded): boolean {
  return (
    [...unfolded.must.keys()].some(isSpeaker) ||
    unfolded.groups.some((group) => group.every((nodes) => nodes.some(isSpeaker)))
  );
}

function isSpeaker(node: SchemaNode): boolean {
  const filled = [node.properties, node.patternProperties, node.dependentRequired, node.dependentSchemas];
  const rest = [node.additionalProperties, node.unevaluatedProperties];
  return (
    filled.some((map) => map !== undefined && map.size > 0) ||
    (node.required?.length ?? 0) > 0 ||
    node.enum?.some(isRecord) === true ||
    rest.some((part) => part !== undefined && isNever(part))
  );
}

/** `false`, also behind references. */
export function isNever(node: SchemaNode): boolean {
  return node.always === false || [node.ref, ...(node.allOf ?? [])].some((part) => part !== undefined && isNever(part));
}

/** Whether a keyword of the node or of anything applied beside it may take charge of the member. */
function evaluates(node: SchemaNode, slot: Slot): boolean {
  return [node, ...inPlace(node)].some(
    (part) =>
      (part !== node && (part.unevaluatedProperties !== undefined || evaluates(part, slot))) ||
      (slot.name !== undefined && part.properties?.has(slot.name) === true) ||
      [...(part.patternProperties?.keys() ?? [])].some((pattern) => slot.matches(pattern)) ||
      part.additionalProperties !== undefined,
  );
}

function evaluatesItem(node: SchemaNode, index: number): boolean {
  return [node, ...inPlace(node)].some(
    (part) =>
      (part !== node && (part.unevaluatedItems !== undefined || evaluatesItem(part, index))) ||
      index < (part.prefixItems?.length ?? 0) ||
      part.items !== undefined,
  );
}

function slotsOf(node: SchemaNode): number {
  const listed = (node.enum ?? []).map((value) => (Array.isArray(value) ? value.length : 0));
  return Math.max(node.prefixItems?.length ?? 0, ...listed);
}

function cellKey(cell: ReadonlySet<string>): string {
  return JSON.stringify([...cell].sort(byCodeUnit));
}
