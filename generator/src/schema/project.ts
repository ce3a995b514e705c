import type { Json, JsonObject } from './ast.ts';
import { isArray, isRecord, makeObject } from './json.ts';
import type { Location, Members, Tagged } from './location.ts';

/**
 * The value without the members that the schema does not declare, at every place that is not open. Arrays keep their
 * length. The same reference comes back when there is nothing to drop.
 */
export function project(at: Location, value: Json): Json {
  if (isArray(value)) return mapItems(value, (item, index) => project(itemAt(at, index), item));
  if (!isRecord(value)) return value;
  const members = membersFor(at.members, value);
  if (members === undefined) return value;
  let changed = false;
  const kept: [string, Json][] = [];
  for (const [name, member] of Object.entries(value)) {
    if (!isDeclared(members, name)) {
      changed = true;
      continue;
    }
    const inner = project(members.member(name), member);
    changed ||= inner !== member;
    kept.push([name, inner]);
  }
  return changed ? makeObject(kept) : value;
}

export function itemAt(at: Location, index: number): Location {
  return at.items.prefix[index] ?? at.items.rest;
}

/** The case that the object's tag selects; undefined: none, so nothing is dropped or filled. */
export function membersFor(members: Members | Tagged, value: JsonObject): Members | undefined {
  let found: Members | Tagged | undefined = members;
  while (found?.kind === 'tagged') {
    const tagged: Tagged = found;
    const tag: Json | undefined = Object.hasOwn(value, tagged.property) ? value[tagged.property] : undefined;
    found = tagged.cases.find(({ values }) => values.some((candidate) => candidate === tag))?.members;
  }
  return found;
}

export function isDeclared(members: Members, name: string): boolean {
  return members.open || members.declares(name);
}

/** The same reference when no item changed. */
export function mapItems(items: readonly Json[], change: (item: Json, index: number) => Json): readonly Json[] {
  let changed = false;
  const result = items.map((item, index) => {
    const inner = change(item, index);
    changed ||= inner !== item;
    return inner;
  });
  return changed ? result : items;
}
