import type { Json } from './ast.ts';
import { isArray, isRecord, makeObject } from './json.ts';
import type { Location, MemberDefault, Members } from './location.ts';
import { itemAt, mapItems, membersFor } from './project.ts';

/**
 * The value with the default of every absent member that has one: the parent first, then inside what was added.
 * Arrays never grow, `null` is a value, the root has no default. The same reference comes back when nothing was absent.
 */
export function fill(at: Location, value: Json): Json {
  return fillWithin(at, value, new Set());
}

/** What `fill` puts in place of an absent member: its default, filled in turn. */
export function filledDefault(members: Members, name: string, found: MemberDefault): Json {
  return fillWithin(members.member(name), found.value, new Set([found]));
}

/**
 * Whether filling the default of this member would come back to the same default, and so never end. `fill` breaks off
 * there: the innermost one stays as it is written.
 */
export function fillsForever(members: Members, name: string, found: MemberDefault): boolean {
  let forever = false;
  fillWithin(members.member(name), found.value, new Set([found]), () => {
    forever = true;
  });
  return forever;
}

function fillWithin(at: Location, value: Json, within: ReadonlySet<MemberDefault>, onCycle?: () => void): Json {
  if (at.standing.must.length === 0) return value;
  if (isArray(value)) return mapItems(value, (item, index) => fillWithin(itemAt(at, index), item, within, onCycle));
  if (!isRecord(value)) return value;
  const members = membersFor(at.members, value);
  if (members === undefined) return value;
  let changed = false;
  const filled: [string, Json][] = Object.entries(value).map(([name, member]) => {
    const inner = fillWithin(members.member(name), member, within, onCycle);
    changed ||= inner !== member;
    return [name, inner];
  });
  for (const [name, found] of members.defaults) {
    if (Object.hasOwn(value, name)) continue;
    changed = true;
    if (within.has(found)) {
      onCycle?.();
      filled.push([name, found.value]);
    } else {
      filled.push([name, fillWithin(members.member(name), found.value, new Set([...within, found]), onCycle)]);
    }
  }
  return changed ? makeObject(filled) : value;
}
