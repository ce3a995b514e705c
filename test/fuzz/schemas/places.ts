import type { Dialect, Json, JsonObject } from '../../../generator/src/schema/index.ts';
import { keywordsOf } from '../keywords.ts';

/** Where the subschemas of a raw schema stand, and how to put something else there. Nothing is changed in place. */
export type Path = readonly (string | number)[];

export interface Place {
  readonly path: Path;
  readonly schema: Json;
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** An own member: every object inherits a `constructor`. */
export function memberOf(value: Json | undefined, name: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}

/** The subschemas directly below a schema. */
export function childrenOf(schema: Json, dialect: Dialect): Place[] {
  if (!isObject(schema)) return [];
  return Object.entries(schema).flatMap(([name, value]): Place[] => {
    const holds = keywordsOf(dialect).get(name)?.holds ?? 'value';
    if (holds === 'value') return [];
    if (holds === 'map' || holds === 'map-or-names') {
      return Object.entries(isObject(value) ? value : {})
        .filter(([, schema]) => !isList(schema))
        .map(([key, schema]) => ({ path: [name, key], schema }));
    }
    if (isList(value)) return value.map((schema, index) => ({ path: [name, index], schema }));
    return [{ path: [name], schema: value }];
  });
}

/** The schema itself and every subschema below it, outermost first. */
export function placesOf(schema: Json, dialect: Dialect): Place[] {
  const places: Place[] = [{ path: [], schema }];
  for (const { path, schema: inner } of places) {
    for (const child of childrenOf(inner, dialect))
      places.push({ path: [...path, ...child.path], schema: child.schema });
  }
  return places;
}

export function replaceAt(value: Json, path: Path, replacement: Json): Json {
  const [step, ...rest] = path;
  if (step === undefined) return replacement;
  if (isList(value)) return value.map((item, index) => (index === step ? replaceAt(item, rest, replacement) : item));
  if (!isObject(value)) return value;
  return { ...value, [step]: replaceAt(value[step] ?? null, rest, replacement) };
}

export function without(value: JsonObject, ...names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(value).filter(([name]) => !names.includes(name)));
}

/** Every subschema rewritten, innermost first. */
export function rewriteAll(schema: Json, dialect: Dialect, rewrite: (schema: JsonObject) => Json): Json {
  if (!isObject(schema)) return schema;
  let rewritten: Json = schema;
  for (const { path, schema: child } of childrenOf(schema, dialect)) {
    rewritten = replaceAt(rewritten, path, rewriteAll(child, dialect, rewrite));
  }
  return isObject(rewritten) ? rewrite(rewritten) : rewritten;
}
