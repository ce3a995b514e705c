import { isObject, type Members } from './checks.ts';

/** What generated `project` and `fill` are made of. None changes its argument; each answers it when nothing changes. */
export type Change = (value: unknown) => unknown;

export const noSlots: readonly Change[] = [];
export const noPatterns: readonly RegExp[] = [];

/** `changed` with this member; a copy is made when it still is the original. */
export function withMember(changed: Members, original: Members, name: string, value: unknown): Members {
  if (changed[name] === value && Object.hasOwn(changed, name)) return changed;
  const copy: Record<string, unknown> = changed === original ? { ...original } : changed;
  put(copy, name, value);
  return copy;
}

/** Without the members whose names are not declared: neither in the set nor matched by one of the patterns. */
export function onlyDeclared(original: Members, names: ReadonlySet<string>, patterns: readonly RegExp[]): Members {
  for (const name in original) {
    if (!isDeclared(name, names, patterns)) return declaredOf(original, names, patterns);
  }
  return original;
}

function declaredOf(original: Members, names: ReadonlySet<string>, patterns: readonly RegExp[]): Members {
  const kept: Record<string, unknown> = {};
  for (const name in original) if (isDeclared(name, names, patterns)) put(kept, name, original[name]);
  return kept;
}

function put(members: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') members[name] = value;
  // Assigning would set the prototype and make no member.
  else Object.defineProperty(members, name, { value, enumerable: true, writable: true, configurable: true });
}

function isDeclared(name: string, names: ReadonlySet<string>, patterns: readonly RegExp[]): boolean {
  if (names.has(name)) return true;
  for (const pattern of patterns) if (pattern.test(name)) return true;
  return false;
}

/** Every item changed by `rest`, the first ones by the change of their own slot. */
export function changeItems(items: readonly unknown[], slots: readonly Change[], rest: Change): readonly unknown[] {
  let changed: unknown[] | undefined;
  for (let i = 0; i < items.length; i++) {
    const item = items[i];
    const next = (slots[i] ?? rest)(item);
    if (next === item) continue;
    changed ??= [...items];
    changed[i] = next;
  }
  return changed ?? items;
}

export function unchanged(value: unknown): unknown {
  return value;
}

/** Pointers of the members that `project` dropped. */
export function droppedPointers(before: unknown, after: unknown): readonly string[] {
  const pointers: string[] = [];
  collectDropped(before, after, '', pointers);
  return pointers;
}

function collectDropped(before: unknown, after: unknown, pointer: string, into: string[]): void {
  if (before === after) return;
  if (Array.isArray(before) && Array.isArray(after)) {
    for (const [index, item] of before.entries()) collectDropped(item, after[index], `${pointer}/${index}`, into);
  } else if (isObject(before) && isObject(after)) {
    for (const [name, member] of Object.entries(before)) {
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (!Object.hasOwn(after, name)) {
        if (member !== undefined) into.push(at);
      } else collectDropped(member, after[name], at, into);
    }
  }
}
