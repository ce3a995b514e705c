import type { Schema, SchemaNode } from './ast.ts';
import { spend } from './budget.ts';
import { cellPattern, type Draft, either, everything, hasTag, nothing } from './drafts.ts';
import { cellsOf, type Effects, effectsFrom } from './effects.ts';
import type { Location, Members, Tagged } from './location.ts';
import { matchesPattern } from './patterns.ts';
import { locate } from './places.ts';

/**
 * What a generated producer may emit, as one schema: valid, and at every place nothing to drop and nothing to fill in
 * (L(S ∧ Closed(S) ∧ Filled(S)) of docs/compatibility.md).
 */
export function emitsNode(schema: Schema): SchemaNode {
  const { at } = schema.root;
  const root = locate(schema.root);
  const settled = new Settled(effectsFrom(root)).at(root);
  return settled === undefined ? schema.root : { at, allOf: [schema.root, settled] };
}

/** Says of a value that `project` and `fill` leave it as it is; undefined where they do so with every value. */
class Settled {
  readonly #effects: Effects;
  readonly #known = new Map<Location, SchemaNode>();

  constructor(effects: Effects) {
    this.#effects = effects;
  }

  at(location: Location): SchemaNode | undefined {
    spend();
    if (!this.#effects.changes(location)) return undefined;
    const known = this.#known.get(location);
    if (known !== undefined) return known;
    const { standing } = location;
    const first = standing.must[0] ?? standing.groups[0]?.[0]?.[0] ?? standing.looked[0];
    const draft: Draft = { at: first?.at ?? { document: '', pointer: '' } };
    this.#known.set(location, draft);
    this.#members(draft, location.members);
    const slots = location.items.prefix.map((item) => this.at(item));
    const rest = this.at(location.items.rest);
    if (slots.length > 0 && [...slots, rest].some((item) => item !== undefined)) {
      draft.prefixItems = slots.map((slot) => slot ?? everything(draft.at));
    }
    if (rest !== undefined) draft.items = rest;
    return draft;
  }

  #members(draft: Draft, members: Members | Tagged): void {
    if (!this.#effects.changes(members)) return;
    if (members.kind === 'tagged') {
      draft.allOf = members.cases.flatMap(({ values, members: selected }) => {
        if (!this.#effects.changes(selected)) return [];
        const inner: Draft = { at: draft.at };
        this.#members(inner, selected);
        return [either(draft.at, hasTag(draft.at, members.property, values), inner)];
      });
      return;
    }
    const { names, patterns, open, defaults } = members;
    draft.properties = new Map(names.map((name) => [name, this.at(members.member(name)) ?? everything(draft.at)]));
    if (defaults.size > 0) draft.required = [...defaults.keys()];
    const cells = cellsOf(members).filter((cell) => cell.size > 0);
    const inside = cells.map((cell) => this.at(members.cell(cell)));
    if (inside.every((node) => node === undefined)) {
      // Whichever of the patterns a name matches, it may stand there.
      if (patterns.length > 0) draft.patternProperties = new Map(patterns.map((each) => [each, everything(draft.at)]));
    } else {
      draft.patternProperties = new Map(
        cells.map((cell, index) => [patternOf(cell, members), inside[index] ?? everything(draft.at)]),
      );
    }
    const rest = open ? this.at(members.cell(new Set())) : nothing(draft.at);
    if (rest !== undefined) draft.additionalProperties = rest;
  }
}

/** The pattern of the names in a cell; the schema's own where that is all there is to it. */
export function patternOf(cell: ReadonlySet<string>, { names, patterns }: Members): string {
  const [only] = cell;
  const plain = patterns.length === 1 && only !== undefined && !names.some((name) => matchesPattern(only, name));
  if (plain) return only;
  return cellPattern(
    patterns.filter((pattern) => cell.has(pattern)),
    patterns.filter((pattern) => !cell.has(pattern)),
    names,
  );
}
