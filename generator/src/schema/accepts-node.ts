import { acceptDependentNames, acceptNames, presenceOf } from './accepts-names.ts';
import type { Json, Schema, SchemaNode } from './ast.ts';
import { spend } from './budget.ts';
import { countingNode } from './counting.ts';
import { allOf, cellPattern, type Draft, demand, either, everything, hasTag, without } from './drafts.ts';
import { changesItems, type Effects, effectsFrom } from './effects.ts';
import { filledDefault } from './fill.ts';
import { isArray, isRecord } from './json.ts';
import type { Location, Members, Tagged } from './location.ts';
import {
  containsKeywords,
  countKeywords,
  itemKeywords,
  memberKeywords,
  pick,
  scalarKeywords,
} from './node-keywords.ts';
import { matchesPattern } from './patterns.ts';
import { locate, mostPatterns } from './places.ts';
import { spelledOut } from './spelled-out.ts';
import { isValid, memberSchemas } from './validate.ts';

/**
 * What a generated consumer accepts, as one schema: the values that are valid after undeclared members were dropped and
 * defaults filled in (R(S) of docs/compatibility.md). What changes at a place does not depend on the subschema that
 * looks at it, so every applicator stays what it is, and only what speaks of members and items is rewritten.
 */
export interface AcceptsNode {
  readonly node: SchemaNode;
  /** What could not be expressed; where there is anything, `node` is one bound of what is accepted. */
  readonly inexact: readonly string[];
}

/** `under`: nothing that is not accepted; `over`: everything that is. The same thing when all is exact. */
export type Bound = 'under' | 'over';

export function acceptsNode(schema: Schema, bound: Bound): AcceptsNode {
  const root = locate(schema.root);
  const effects = effectsFrom(root);
  const plain = new Reduction(schema, effects, false);
  const node = plain.at(schema.root, root, bound);
  if (plain.inexact.size === 0) return { node, inexact: [] };
  const bounded = new Reduction(schema, effects, true);
  return { node: bounded.at(schema.root, root, bound), inexact: [...bounded.inexact].sort() };
}

/** A place as one case of its tag sees it; `undefined` members: objects stay as they are. */
interface Spot {
  readonly location: Location;
  readonly members: Members | Tagged | undefined;
}

class Reduction {
  readonly inexact = new Set<string>();
  readonly #schema: Schema;
  readonly #effects: Effects;
  readonly #bounded: boolean;
  readonly #known = {
    under: new Map<SchemaNode, Map<object, SchemaNode>>(),
    over: new Map<SchemaNode, Map<object, SchemaNode>>(),
  };

  /** Not bounded, atoms that cannot be expressed are only gathered. */
  constructor(schema: Schema, effects: Effects, bounded: boolean) {
    this.#schema = schema;
    this.#effects = effects;
    this.#bounded = bounded;
  }

  at(node: SchemaNode, location: Location, bound: Bound): SchemaNode {
    if (!this.#effects.changes(location)) return node;
    return this.#reduce(node, { location, members: location.members }, bound);
  }

  #reduce(node: SchemaNode, spot: Spot, bound: Bound): SchemaNode {
    spend();
    if (
      node.always !== undefined ||
      (!changesMembers(spot, this.#effects) && !changesItems(spot.location, this.#effects))
    )
      return node;
    const key = spot.members ?? spot.location;
    const known = this.#known[bound].get(node) ?? new Map<object, SchemaNode>();
    this.#known[bound].set(node, known);
    const made = known.get(key);
    if (made !== undefined) return made;
    const draft: Draft = { at: node.at };
    known.set(key, draft);
    if (spot.members?.kind === 'tagged') this.#byTag(draft, node, spot.location, spot.members, bound);
    else this.#rewrite(draft, node, spot.location, spot.members, bound);
    return draft;
  }

  #byTag(draft: Draft, node: SchemaNode, location: Location, { property, cases }: Tagged, bound: Bound): void {
    let rest = this.#reduce(node, { location, members: undefined }, bound);
    for (const { values, members } of [...cases].reverse()) {
      const chosen = this.#reduce(node, { location, members }, bound);
      rest = either(node.at, hasTag(node.at, property, values), chosen, rest);
    }
    demand(draft, rest);
  }

  /** Where something cannot be expressed: nothing passes, or everything does. */
  #give(draft: Draft, node: SchemaNode, kind: 'object' | 'array', what: string, bound: Bound): void {
    this.inexact.add(`${what} at ${node.at.pointer === '' ? 'the root' : node.at.pointer}`);
    if (bound === 'under') demand(draft, without(node.at, kind));
  }

  #rewrite(draft: Draft, node: SchemaNode, location: Location, members: Members | undefined, bound: Bound): void {
    const spot: Spot = { location, members };
    const inner = (part: SchemaNode): SchemaNode => this.#reduce(part, spot, bound);
    Object.assign(draft, pick(node, scalarKeywords));
    if (node.enum !== undefined) this.#values(draft, node, node.enum, spot);
    if (members === undefined) Object.assign(draft, pick(node, memberKeywords));
    else if (this.#effects.changes(members)) this.#members(draft, node, members, bound);
    else Object.assign(draft, pick(node, memberKeywords));
    this.#items(draft, node, location, bound);
    if (node.ref !== undefined) draft.ref = inner(node.ref);
    demand(draft, ...(node.allOf ?? []).map(inner));
    if (node.anyOf !== undefined) draft.anyOf = node.anyOf.map(inner);
    if (node.dependentSchemas !== undefined) this.#dependents(draft, node, spot, bound);
    const other: Bound = bound === 'under' ? 'over' : 'under';
    const opposite = (part: SchemaNode): SchemaNode => this.#reduce(part, spot, other);
    if (node.not !== undefined)
      demand(draft, { at: node.at, not: this.#bounded ? opposite(node.not) : inner(node.not) });
    if (!this.#bounded) {
      if (node.oneOf !== undefined) draft.oneOf = node.oneOf.map(inner);
      for (const keyword of ['if', 'then', 'else'] as const) {
        const part = node[keyword];
        if (part !== undefined) draft[keyword] = inner(part);
      }
      return;
    }
    const excluded = (part: SchemaNode): SchemaNode => ({ at: node.at, not: opposite(part) });
    const { oneOf } = node;
    if (oneOf !== undefined) {
      const exactly = (branch: SchemaNode): SchemaNode =>
        allOf(node.at, [inner(branch), ...oneOf.filter((each) => each !== branch).map(excluded)]);
      demand(draft, { at: node.at, anyOf: oneOf.map(exactly) });
    }
    if (node.if !== undefined) {
      if (node.then !== undefined) demand(draft, { at: node.at, anyOf: [excluded(node.if), inner(node.then)] });
      if (node.else !== undefined) demand(draft, { at: node.at, anyOf: [inner(node.if), inner(node.else)] });
    }
  }

  /** `enum` over objects and arrays, spelled out member by member. */
  #values(draft: Draft, node: SchemaNode, values: readonly Json[], spot: Spot): void {
    const scalars = values.filter((value) => !isArray(value) && !isRecord(value));
    const others = values.filter((value) => isArray(value) || isRecord(value));
    if (others.length === 0) draft.enum = values;
    else {
      const spelled = others.map((value) => spelledOut(node.at, value, spot.location, spot.members, this.#effects));
      demand(draft, {
        at: node.at,
        anyOf: [...(scalars.length > 0 ? [{ at: node.at, enum: scalars }] : []), ...spelled],
      });
    }
  }

  #items(draft: Draft, node: SchemaNode, location: Location, bound: Bound): void {
    Object.assign(draft, pick(node, countKeywords));
    if (!changesItems(location, this.#effects)) {
      Object.assign(draft, pick(node, itemKeywords));
      return;
    }
    const { prefix, rest } = location.items;
    const own = node.prefixItems ?? [];
    const slots: SchemaNode[] = [];
    for (let index = 0; index < Math.max(prefix.length, own.length); index++) {
      const slot = own[index] ?? node.items;
      if (slot === undefined) break;
      slots.push(this.at(slot, prefix[index] ?? rest, bound));
    }
    if (slots.length > 0) draft.prefixItems = slots;
    if (node.items !== undefined) draft.items = this.at(node.items, rest, bound);
    if (node.uniqueItems === true)
      this.#give(draft, node, 'array', '`uniqueItems` over items that change on the way', bound);
    const everywhere = (part: SchemaNode): SchemaNode | undefined => {
      const forms = new Set([...prefix, rest].map((item) => this.at(part, item, bound)));
      const [only] = forms;
      return forms.size === 1 ? only : undefined;
    };
    const { contains, unevaluatedItems } = node;
    if (contains !== undefined) {
      const same = everywhere(contains);
      if (same === undefined) this.#give(draft, node, 'array', '`contains` over slots that change differently', bound);
      else if (this.#bounded) this.#boundedContains(draft, node, contains, rest, bound);
      else Object.assign(draft, pick(node, containsKeywords), { contains: same });
    }
    if (unevaluatedItems !== undefined) {
      const same = everywhere(unevaluatedItems);
      if (same === undefined || this.#bounded) this.#give(draft, node, 'array', '`unevaluatedItems`', bound);
      else draft.unevaluatedItems = same;
    }
  }

  /** At least so many by the one bound, at most so many by the other. */
  #boundedContains(draft: Draft, node: SchemaNode, contains: SchemaNode, rest: Location, bound: Bound): void {
    const { at, minContains = 1, maxContains } = node;
    const other: Bound = bound === 'under' ? 'over' : 'under';
    if (minContains > 0) demand(draft, { at, contains: this.at(contains, rest, bound), minContains });
    if (maxContains !== undefined) {
      demand(draft, { at, contains: this.at(contains, rest, other), minContains: 0, maxContains });
    }
  }

  #dependents(draft: Draft, node: SchemaNode, spot: Spot, bound: Bound): void {
    const dependents = new Map<string, SchemaNode>();
    for (const [name, dependent] of node.dependentSchemas ?? []) {
      const inner = this.#reduce(dependent, spot, bound);
      const presence = presenceOf(name, spot.members);
      if (presence === 'always') demand(draft, either(node.at, { at: node.at, types: ['object'] }, inner));
      else if (presence === 'asked') dependents.set(name, inner);
    }
    if (dependents.size > 0) draft.dependentSchemas = dependents;
  }

  #members(draft: Draft, node: SchemaNode, members: Members, bound: Bound): void {
    const required = new Set<string>();
    for (const name of node.required ?? []) {
      const presence = presenceOf(name, members);
      if (presence === 'asked') required.add(name);
      else if (presence === 'never') demand(draft, without(node.at, 'object'));
    }
    acceptDependentNames(draft, node, members);
    this.#memberSchemas(draft, node, members, required, bound);
    acceptNames(draft, node, members, this.#schema);
    for (const keyword of ['minProperties', 'maxProperties'] as const) {
      const limit = node[keyword];
      if (limit === undefined) continue;
      const counted = countingNode(node.at, members, keyword, limit);
      if (counted === undefined) this.#give(draft, node, 'object', `\`${keyword}\` over too many members`, bound);
      else demand(draft, counted);
    }
    if (node.unevaluatedProperties !== undefined) {
      this.#unevaluated(draft, node, node.unevaluatedProperties, members, bound);
    }
    if (required.size > 0) draft.required = [...required];
  }

  /** `properties`, `patternProperties` and `additionalProperties`, name by name and cell by cell. */
  #memberSchemas(draft: Draft, node: SchemaNode, members: Members, required: Set<string>, bound: Bound): void {
    const properties = new Map<string, SchemaNode>();
    const names = [...new Set([...members.names, ...(node.properties?.keys() ?? [])])];
    for (const name of names) {
      if (presenceOf(name, members) === 'never') continue;
      const schemas = memberSchemas(node, name);
      if (schemas.length === 0) continue;
      const place = members.member(name);
      properties.set(
        name,
        allOf(
          node.at,
          schemas.map((schema) => this.at(schema, place, bound)),
        ),
      );
      const found = members.defaults.get(name);
      const filled = found && filledDefault(members, name, found);
      if (filled !== undefined && !schemas.every((schema) => isValid(schema, filled, this.#schema))) required.add(name);
    }
    if (properties.size > 0) draft.properties = properties;
    const patterns = [...new Set([...members.patterns, ...(node.patternProperties?.keys() ?? [])])];
    if (node.patternProperties === undefined && node.additionalProperties === undefined) return;
    if (patterns.length > mostPatterns) {
      this.#give(draft, node, 'object', 'more `patternProperties` than are told apart', bound);
      return;
    }
    const cells = new Map<string, SchemaNode>();
    for (const matched of subsets(patterns)) {
      const cell = new Set(matched.filter((pattern) => members.patterns.includes(pattern)));
      if (!members.open && cell.size === 0) continue;
      const own = matched.flatMap((pattern) => node.patternProperties?.get(pattern) ?? []);
      const schemas = own.length === 0 && node.additionalProperties !== undefined ? [node.additionalProperties] : own;
      if (schemas.length === 0) continue;
      const inner = allOf(
        node.at,
        schemas.map((schema) => this.at(schema, members.cell(cell), bound)),
      );
      if (matched.length === 0) draft.additionalProperties = inner;
      else cells.set(this.#cellText(matched, patterns, names), inner);
    }
    if (cells.size > 0) draft.patternProperties = cells;
    // Everything counts as looked at, for `unevaluatedProperties`.
    if (node.additionalProperties !== undefined) draft.additionalProperties ??= everything(node.at);
  }

  #cellText(matched: readonly string[], patterns: readonly string[], names: readonly string[]): string {
    const [only] = matched;
    if (patterns.length === 1 && only !== undefined && !names.some((name) => matchesPattern(only, name))) return only;
    return cellPattern(
      matched,
      patterns.filter((pattern) => !matched.includes(pattern)),
      names,
    );
  }

  #unevaluated(draft: Draft, node: SchemaNode, unevaluated: SchemaNode, members: Members, bound: Bound): void {
    const places = members.names.map((name) => members.member(name));
    const forms = new Set([...places, members.cell(new Set())].map((place) => this.at(unevaluated, place, bound)));
    const [same] = forms;
    // A default may be filled in where nothing looks at it, which only the value itself tells.
    const hidden = [...members.defaults].some(([name, found]) => {
      const valid = isValid(unevaluated, filledDefault(members, name, found), this.#schema);
      return !valid && !surelyEvaluates(node, name);
    });
    const vague = members.patterns.length > 0 && unevaluated.always === undefined;
    if (same === undefined || forms.size > 1 || hidden || vague || this.#bounded) {
      this.#give(draft, node, 'object', '`unevaluatedProperties`', bound);
      return;
    }
    draft.unevaluatedProperties = same;
    if (members.open) return;
    const dropped = cellPattern([], members.patterns, members.names);
    demand(draft, { at: node.at, patternProperties: new Map([[dropped, everything(node.at)]]) });
  }
}

function changesMembers({ members }: Spot, effects: Effects): boolean {
  return members !== undefined && effects.changes(members);
}

/** The member is looked at whichever alternative holds. */
function surelyEvaluates(node: SchemaNode, name: string): boolean {
  const beside = [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])];
  return (
    memberSchemas(node, name).length > 0 ||
    beside.some((part) => part.unevaluatedProperties !== undefined || surelyEvaluates(part, name))
  );
}

function subsets<T>(of: readonly T[]): readonly (readonly T[])[] {
  return of.reduce<(readonly T[])[]>((all, each) => all.flatMap((some) => [some, [...some, each]]), [[]]);
}
