import type { Json, SchemaNode, SchemaPlace } from './ast.ts';
import { cellPattern, type Draft, nothing } from './drafts.ts';
import { changesItems, type Effects } from './effects.ts';
import { filledDefault } from './fill.ts';
import { equalJson, isArray, isRecord } from './json.ts';
import type { Location, Members, Tagged } from './location.ts';
import { membersFor } from './project.ts';

/**
 * The values that become `value` when undeclared members are dropped and defaults filled in, member by member and item
 * by item. `members` is that of the location, one of its cases, or nothing where objects stay as they are.
 */
export function spelledOut(
  at: SchemaPlace,
  value: Json,
  location: Location,
  members: Members | Tagged | undefined,
  effects: Effects,
): SchemaNode {
  const inside = (part: Json, place: Location): SchemaNode => spelledOut(at, part, place, place.members, effects);
  if (isArray(value) && changesItems(location, effects)) {
    const items = value.map((item, index) => inside(item, location.items.prefix[index] ?? location.items.rest));
    return { at, types: ['array'], minItems: value.length, maxItems: value.length, prefixItems: items };
  }
  const own = members !== undefined && isRecord(value) ? membersFor(members, value) : undefined;
  if (!isRecord(value) || own === undefined || !effects.changes(own)) return { at, enum: [value] };
  const properties = new Map<string, SchemaNode>();
  const required: string[] = [];
  for (const [name, member] of Object.entries(value)) {
    if (!own.open && !own.declares(name)) return nothing(at);
    properties.set(name, inside(member, own.member(name)));
    const found = own.defaults.get(name);
    if (found === undefined || !equalJson(filledDefault(own, name, found), member)) required.push(name);
  }
  for (const name of own.names) {
    if (properties.has(name)) continue;
    if (own.defaults.has(name)) return nothing(at);
    properties.set(name, nothing(at));
  }
  const draft: Draft = { at, types: ['object'], properties, required };
  const names = [...properties.keys()];
  if (own.open) draft.additionalProperties = nothing(at);
  else if (own.patterns.length > 0) {
    draft.patternProperties = new Map(own.patterns.map((pattern) => [cellPattern([pattern], [], names), nothing(at)]));
  }
  return draft;
}
