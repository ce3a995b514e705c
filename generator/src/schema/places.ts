import type { Json, SchemaNode } from './ast.ts';
import { spend } from './budget.ts';
import { isNever, namesOf, speaks } from './declared.ts';
import { defaultsOf } from './default-of-member.ts';
import { byCodeUnit, isRecord } from './json.ts';
import type { Items, Location, Members, Tagged } from './location.ts';
import { matchesPattern } from './patterns.ts';
import { inPlace } from './progress.ts';
import { type Alternative, type Standing, throughReferences, type Unfolded, Unfolder } from './standing.ts';
import { findTag } from './tag.ts';

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

/** What is said of members and items is found out when somebody asks. */
class Place implements Location {
  readonly standing: Standing;
  readonly number: number;
  readonly #findMembers: () => Members | Tagged;
  readonly #findItems: () => Items;
  #members: Members | Tagged | undefined;
  #items: Items | undefined;

  constructor(standing: Standing, number: number, members: () => Members | Tagged, items: () => Items) {
    this.standing = standing;
    this.number = number;
    this.#findMembers = members;
    this.#findItems = items;
  }

  get members(): Members | Tagged {
    this.#members ??= this.#findMembers();
    return this.#members;
  }

  get items(): Items {
    this.#items ??= this.#findItems();
    return this.#items;
  }
}

/** Makes the places of one schema. */
class Places {
  readonly #unfolder = new Unfolder();
  readonly #known = new Map<string, Location>();
  readonly #soles = new Map<SchemaNode, Location>();
  #count = 0;
  readonly #enumerated = new Map<SchemaNode, Map<string | number, SchemaNode>>();

  at(written: Standing): Location {
    spend();
    const [first, second] = written.must;
    const isSole = second === undefined && written.groups.length === 0 && written.looked.length === 0;
    // Most places are said by one subschema, and need no search for what they have in common.
    if (isSole && first !== undefined) return this.#sole(throughReferences(first));
    // Without repetition: what a recursive schema says at every depth would otherwise pile up on the way down.
    const standing = this.#unfolder.distinct({
      must: written.must.map(throughReferences),
      groups: written.groups.map((group) => group.map((nodes) => nodes.map(throughReferences))),
      looked: written.looked.map(throughReferences),
    });
    const [only, other] = standing.must;
    const isOne = other === undefined && standing.groups.length === 0 && standing.looked.length === 0;
    if (isOne && only !== undefined) return this.#sole(only);
    const key = this.#unfolder.key(standing);
    const location = this.#known.get(key) ?? this.#place(standing);
    this.#known.set(key, location);
    return location;
  }

  #sole(node: SchemaNode): Location {
    const location = this.#soles.get(node) ?? this.#place({ must: [node], groups: [], looked: [] });
    this.#soles.set(node, location);
    return location;
  }

  #place(standing: Standing): Location {
    return new Place(
      standing,
      this.#count++,
      () => this.#members(standing, new Map()),
      () => this.#items(standing),
    );
  }

  #members(standing: Standing, chosen: ReadonlyMap<SchemaNode, ReadonlySet<SchemaNode>>): Members | Tagged {
    const unfolded = this.#unfolder.unfold(standing, 'object', chosen);
    for (const choice of unfolded.choices) {
      const closures = choice.branches.map((branch) => [...this.#unfolder.beside(branch, 'object').keys()]);
      const tag = findTag(closures, [...unfolded.must.keys()]);
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
      spend();
      for (const name of namesOf(node)) names.add(name);
      for (const pattern of node.patternProperties?.keys() ?? []) patterns.add(pattern);
      const rest = [node.additionalProperties, node.unevaluatedProperties];
      open ||= rest.some((part) => part !== undefined && !isNever(part));
    }
    const tooMany = patterns.size > mostPatterns;
    const byName = new Map<string, Location>();
    const byCell = new Map<string, Location>();
    const cell = (which: ReadonlySet<string>): Location => {
      if (tooMany) return this.at({ must: [], groups: [], looked: [] });
      const key = which.size === 0 ? '' : cellKey(which);
      const found = byCell.get(key) ?? this.at(this.#memberStanding(unfolded, { matches: (each) => which.has(each) }));
      byCell.set(key, found);
      return found;
    };
    const member = (name: string): Location => {
      const known = byName.get(name);
      if (known !== undefined) return known;
      const matches = (pattern: string): boolean => matchesPattern(pattern, name);
      if (!names.has(name)) return cell(new Set([...patterns].filter(matches)));
      const found = this.at(this.#memberStanding(unfolded, { name, matches }));
      byName.set(name, found);
      return found;
    };
    return {
      kind: 'members',
      open: open || tooMany || !speaks(unfolded),
      names: [...names].sort(byCodeUnit),
      patterns: [...patterns].sort(byCodeUnit),
      defaults: defaultsOf(unfolded.must),
      declares: (name) => names.has(name) || [...patterns].some((pattern) => matchesPattern(pattern, name)),
      member,
      cell,
    };
  }

  #memberStanding(unfolded: Unfolded, slot: Slot): Standing {
    const inside = (nodes: Iterable<SchemaNode>): SchemaNode[] => {
      const found: SchemaNode[] = [];
      for (const node of nodes) found.push(...this.#memberNodes(node, slot));
      return found;
    };
    const must = [...unfolded.must.keys()];
    const everything = unfolded.groups.length === 0 ? must : [...must, ...unfolded.groups.flat(2)];
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
    spend();
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
}

function alternativesInside(
  group: readonly Alternative[],
  inside: (nodes: Iterable<SchemaNode>) => SchemaNode[],
): Alternative[] {
  return group.map((nodes) => inside(nodes)).filter((nodes) => nodes.length > 0);
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
  const longest = (most: number, value: Json): number => (Array.isArray(value) ? Math.max(most, value.length) : most);
  return (node.enum ?? []).reduce(longest, node.prefixItems?.length ?? 0);
}

function cellKey(cell: ReadonlySet<string>): string {
  return JSON.stringify([...cell].sort(byCodeUnit));
}
