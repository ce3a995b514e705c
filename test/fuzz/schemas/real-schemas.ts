import type { Dialect, Json, JsonObject } from '../../../generator/src/schema/index.ts';
import { definitionsKeyword, keywordsOf } from '../keywords.ts';
import type { Random } from '../random.ts';
import { isObject, memberOf, placesOf, rewriteAll, without } from './places.ts';

/** Schemas that people wrote, cut to a size that can be compared in bulk, and then changed. */
export interface RealSchemas {
  /** Schemas and definitions to cut from. */
  readonly count: number;
  /** A schema or a part of one with what it refers to, as a schema of the dialect. */
  readonly pick: (random: Random, dialect: Dialect) => Json;
}

/** Subschemas of a cutting: one of the larger ones would make a round as long as ten. */
const mostPlaces = 40;
const tries = 100;

/** Files are written in any dialect; this one has the most keywords that hold subschemas in places of old and new. */
const readAs: Dialect = '2019-09';

interface Source {
  readonly file: JsonObject;
  /** The root without its definitions, and each definition. */
  readonly parts: readonly JsonObject[];
}

export function realSchemas(files: readonly Json[]): RealSchemas {
  const sources = files
    .filter(isObject)
    .map(sourceOf)
    .filter(({ parts }) => parts.length > 0);
  return {
    count: sources.reduce((sum, { parts }) => sum + parts.length, 0),
    pick: (random, dialect) => {
      for (let left = sources.length > 0 ? tries : 0; left > 0; left--) {
        const found = cutting(random.pick(sources), random, dialect);
        if (found !== undefined) return found;
      }
      return { type: 'object' };
    },
  };
}

function sourceOf(file: JsonObject): Source {
  const root = without(file, 'definitions', '$defs');
  return { file, parts: [root, ...Object.values(definitionsOf(file))].filter(isObject).filter(saysMuch) };
}

function saysMuch(schema: JsonObject): boolean {
  return Object.keys(schema).some((name) => keywordsOf(readAs).get(name)?.turns === 'always' && name !== '$id');
}

function definitionsOf(file: JsonObject): JsonObject {
  return { ...asObject(file.definitions), ...asObject(file.$defs) };
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function cutting({ file, parts }: Source, random: Random, dialect: Dialect): Json | undefined {
  const part = random.pick(parts);
  const place = random.chance(0.5) ? part : random.pick(placesOf(part, readAs)).schema;
  if (!isObject(place) || !saysMuch(place)) return undefined;
  const whole = withDefinitions(place, definitionsOf(file), dialect);
  return whole !== undefined && placesOf(whole, readAs).length <= mostPlaces ? inDialect(whole, dialect) : undefined;
}

/** With the definitions that it leads to, directly or not; undefined when those are too many. */
function withDefinitions(part: JsonObject, all: JsonObject, dialect: Dialect): JsonObject | undefined {
  const needed = new Map<string, Json>();
  const queue: Json[] = [part];
  for (const schema of queue) {
    for (const { schema: inner } of placesOf(schema, readAs)) {
      const reference = isObject(inner) && typeof inner.$ref === 'string' ? inner.$ref : '';
      const name = /^#\/(?:definitions|\$defs)\/([^/%~]+)$/.exec(reference)?.[1];
      const definition = name === undefined ? undefined : memberOf(all, name);
      if (name === undefined || definition === undefined || needed.has(name)) continue;
      if (needed.size >= mostPlaces) return undefined;
      needed.set(name, definition);
      queue.push(definition);
    }
  }
  return needed.size === 0 ? part : { ...part, [definitionsKeyword(dialect)]: Object.fromEntries(needed) };
}

const ofAnotherPlace: ReadonlySet<string> = new Set(['$schema', 'id', '$id', '$vocabulary']);

/** Without keywords that the dialect does not have, and without names that count in the place it was cut from. */
function inDialect(cut: JsonObject, dialect: Dialect): Json {
  const known = keywordsOf(dialect);
  const definitions = definitionsKeyword(dialect);
  return rewriteAll(cut, readAs, (schema) =>
    Object.fromEntries(
      Object.entries(schema)
        .filter(([name]) => known.has(name) && !ofAnotherPlace.has(name))
        .map(([name, value]) => [name, name === '$ref' ? reference(value, definitions) : value]),
    ),
  );
}

function reference(to: Json, definitions: string): Json {
  return typeof to === 'string' ? to.replace(/^#\/(?:definitions|\$defs)\//, `#/${definitions}/`) : to;
}
