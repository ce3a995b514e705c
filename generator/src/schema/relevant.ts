import type { Dialect, Json, JsonObject } from './ast.ts';
import { subschemasUnder } from './dialects.ts';
import { isArray, isRecord, makeObject } from './json.ts';

/** The names of all members of a value, at any depth. */
export function memberNames(value: Json, into: Set<string> = new Set()): ReadonlySet<string> {
  if (isArray(value)) for (const item of value) memberNames(item, into);
  else if (isRecord(value)) {
    for (const [name, member] of Object.entries(value)) {
      into.add(name);
      memberNames(member, into);
    }
  }
  return into;
}

/**
 * The schema without the `properties` that no value with members of these names can have: what is left judges such
 * values as the whole does, and takes a validator that compiles far less to read. A reference to something that was left
 * out now leads nowhere, which validators refuse. Undefined where references depend on the way by which they are reached.
 */
export function relevantTo(names: ReadonlySet<string>, raw: Json, dialect: Dialect): Json | undefined {
  if (!isRecord(raw)) return raw;
  const kept: [string, Json][] = [];
  for (const [keyword, content] of Object.entries(raw)) {
    if (dynamic.has(keyword)) return undefined;
    const part = contentRelevantTo(names, keyword, content, dialect);
    if (part === undefined) return undefined;
    kept.push([keyword, part]);
  }
  return makeObject(kept);
}

const dynamic: ReadonlySet<string> = new Set(['$dynamicRef', '$dynamicAnchor', '$recursiveRef', '$recursiveAnchor']);

function contentRelevantTo(
  names: ReadonlySet<string>,
  keyword: string,
  content: Json,
  dialect: Dialect,
): Json | undefined {
  const holds = subschemasUnder(keyword, dialect);
  if (holds === undefined) return content;
  if (isArray(content)) {
    if (holds !== 'schemas' && holds !== 'schema-or-schemas') return content;
    const parts = content.map((part) => relevantTo(names, part, dialect));
    return parts.every((part) => part !== undefined) ? parts : undefined;
  }
  if (!isRecord(content)) return content;
  if (holds === 'schema' || holds === 'schema-or-schemas') return relevantTo(names, content, dialect);
  return holds === 'schemas' ? content : membersRelevantTo(names, keyword, content, dialect);
}

function membersRelevantTo(
  names: ReadonlySet<string>,
  keyword: string,
  content: JsonObject,
  dialect: Dialect,
): Json | undefined {
  const kept: [string, Json][] = [];
  for (const [name, member] of Object.entries(content)) {
    if (keyword === 'properties' && !names.has(name)) continue;
    const part = relevantTo(names, member, dialect);
    if (part === undefined) return undefined;
    kept.push([name, part]);
  }
  return makeObject(kept);
}
