import type { Json, JsonObject } from '../../../generator/src/schema/index.ts';
import type { Random } from '../random.ts';
import { isList, isObject, memberOf } from '../schemas/places.ts';
import { matchingText } from '../schemas/random-pattern.ts';
import { formatted, names, numbers, strings, types } from '../world.ts';
import { randomValue } from './random-value.ts';

/**
 * A value that the schema may well hold of, or just about not: built along its keywords, right at their bounds. It need
 * not be valid; the judges say whether it is. Knows nothing of the engine.
 */
export function fittingValue(random: Random, schema: Json): Json {
  return new Fitting(random, schema).value([schema], 6);
}

class Fitting {
  readonly #random: Random;
  readonly #root: Json;

  constructor(random: Random, root: Json) {
    this.#random = random;
    this.#root = root;
  }

  value(schemas: readonly Json[], depth: number): Json {
    const random = this.#random;
    const parts = schemas.flatMap((schema) => this.#unfold(schema, 5));
    const given = parts.flatMap((part) => valuesOf(part));
    if (given.length > 0 && random.chance(0.85)) return random.pick(given);
    if (depth <= 0) return randomValue(random, 0);
    const type = this.#typeOf(parts);
    if (type === 'null') return null;
    if (type === 'boolean') return random.chance(0.5);
    if (type === 'integer' || type === 'number') return this.#number(parts, type);
    if (type === 'string') return this.#string(parts);
    return type === 'array' ? this.#array(parts, depth) : this.#object(parts, depth);
  }

  /** The schema and what holds beside it, one branch of each union taken. */
  #unfold(schema: Json, depth: number): JsonObject[] {
    if (!isObject(schema) || depth <= 0) return [];
    const random = this.#random;
    const inner: Json[] = [];
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = schema[keyword];
      if (isList(branches) && branches.length > 0) inner.push(random.pick(branches));
    }
    if (isList(schema.allOf)) inner.push(...schema.allOf);
    if (schema.if !== undefined) {
      inner.push(...(random.chance(0.5) ? [schema.if, schema.then ?? true] : [schema.else ?? true]));
    }
    for (const keyword of ['$ref', '$dynamicRef', '$recursiveRef']) {
      const reference = schema[keyword];
      if (typeof reference === 'string') inner.push(this.#target(reference));
    }
    for (const map of [schema.dependentSchemas, schema.dependencies]) {
      if (isObject(map) && random.chance(0.4)) inner.push(...Object.values(map));
    }
    return [schema, ...inner.flatMap((part) => this.#unfold(part, depth - 1))];
  }

  /** Pointers into this document; what is called by any other name is somewhere among the definitions. */
  #target(reference: string): Json {
    if (reference === '#') return this.#root;
    if (reference.startsWith('#/')) {
      let found: Json | undefined = this.#root;
      for (const token of reference.slice(2).split('/')) {
        const name = decodeURIComponent(token).replaceAll('~1', '/').replaceAll('~0', '~');
        found = isList(found) ? found[Number(name)] : memberOf(found, name);
      }
      return found ?? true;
    }
    const root = isObject(this.#root) ? this.#root : {};
    const named = Object.entries({ ...asObject(root.definitions), ...asObject(root.$defs) });
    return named.find(([name]) => reference.endsWith(name))?.[1] ?? true;
  }

  #typeOf(parts: readonly JsonObject[]): string {
    const random = this.#random;
    const said = parts.flatMap(({ type }) => (type === undefined ? [] : [type]));
    const first = said.length > 0 ? random.pick(said) : undefined;
    if (typeof first === 'string') return first;
    if (isList(first) && first.length > 0) return String(random.pick(first));
    const hinted = Object.entries(hints).filter(([keyword]) => parts.some((part) => Object.hasOwn(part, keyword)));
    return hinted.length > 0 && random.chance(0.8) ? random.pick(hinted)[1] : random.pick(types);
  }

  #number(parts: readonly JsonObject[], type: string): number {
    const random = this.#random;
    const bounds = numbersOf(parts, 'minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum');
    const step = numbersOf(parts, 'multipleOf')[0] ?? (type === 'integer' ? 1 : 0.5);
    const near = bounds.flatMap((limit) => [limit, limit + step, limit - step, Math.round(limit / step) * step]);
    const found = near.length > 0 && random.chance(0.8) ? random.pick(near) : random.pick(numbers);
    if (type === 'integer' && random.chance(0.8)) return Math.round(found);
    return random.chance(0.5) ? Math.round(found / step) * step : found;
  }

  #string(parts: readonly JsonObject[]): string {
    const random = this.#random;
    const expressions = parts.flatMap(({ pattern }) => (typeof pattern === 'string' ? [pattern] : []));
    const found = this.#matching(expressions) ?? random.pick(strings);
    const lengths = numbersOf(parts, 'minLength', 'maxLength').filter((length) => length <= 100);
    if (lengths.length === 0 || random.chance(0.4)) return found;
    const wanted = Math.max(0, random.pick(lengths) + random.pick([0, 0, 1, -1]));
    return (found === '' ? 'a' : found).repeat(wanted + 1).slice(0, wanted);
  }

  #matching(patterns: readonly string[]): string | undefined {
    const random = this.#random;
    const expressions = patterns.map(expressionOf);
    const known = [...strings, ...formatted].filter((text) => expressions.every((each) => each.test(text)));
    if (known.length > 0 && random.chance(0.6)) return random.pick(known);
    return matchingText(random, expressions);
  }

  #array(parts: readonly JsonObject[], depth: number): Json {
    const random = this.#random;
    const lengths = numbersOf(parts, 'minItems', 'maxItems', 'minContains', 'maxContains').filter((n) => n <= 8);
    const slots = Math.max(0, ...parts.map((part) => tupleOf(part).length));
    const length = random.pick([...lengths, ...lengths.map((n) => n + 1), slots, slots + 1, random.below(4)]);
    return Array.from({ length }, (_, index) => {
      const schemas = parts.flatMap((part) => {
        const tuple = tupleOf(part);
        const rest = isList(part.items) ? part.additionalItems : part.items;
        return tuple[index] ?? rest ?? part.unevaluatedItems ?? [];
      });
      const contained = parts.flatMap(({ contains }) =>
        contains !== undefined && random.chance(0.4) ? [contains] : [],
      );
      return this.value([...schemas, ...contained], depth - 1);
    });
  }

  #object(parts: readonly JsonObject[], depth: number): Json {
    const random = this.#random;
    const needed = parts.flatMap(({ required }) => (isList(required) ? required.map(String) : []));
    const declared = parts.flatMap(({ properties }) => Object.keys(asObject(properties)));
    const byPattern = parts.flatMap(({ patternProperties }) =>
      Object.keys(asObject(patternProperties)).flatMap((pattern) => {
        const found = random.chance(0.4) ? this.#matching([pattern]) : undefined;
        return found ?? [];
      }),
    );
    const own = [
      ...needed.filter(() => random.chance(0.93)),
      ...declared.filter(() => random.chance(0.5)),
      ...byPattern,
      ...(random.chance(0.2) ? [random.pick(names)] : []),
    ];
    return Object.fromEntries([...new Set(own)].map((name) => [name, this.#member(parts, name, depth)]));
  }

  #member(parts: readonly JsonObject[], name: string, depth: number): Json {
    const schemas = parts.flatMap((part): Json[] => {
      const found = Object.entries(asObject(part.patternProperties))
        .filter(([pattern]) => expressionOf(pattern).test(name))
        .map(([, schema]) => schema);
      const declared = memberOf(part.properties, name);
      if (declared !== undefined) found.push(declared);
      const rest = part.additionalProperties ?? part.unevaluatedProperties;
      return found.length === 0 && rest !== undefined ? [rest] : found;
    });
    return this.value(schemas, depth - 1);
  }
}

/** Keywords that make one think of a type. */
const hints: Readonly<Record<string, string>> = {
  minimum: 'number',
  maximum: 'number',
  exclusiveMinimum: 'number',
  exclusiveMaximum: 'number',
  multipleOf: 'number',
  minLength: 'string',
  maxLength: 'string',
  pattern: 'string',
  format: 'string',
  items: 'array',
  prefixItems: 'array',
  contains: 'array',
  minItems: 'array',
  maxItems: 'array',
  uniqueItems: 'array',
  unevaluatedItems: 'array',
  properties: 'object',
  patternProperties: 'object',
  additionalProperties: 'object',
  required: 'object',
  propertyNames: 'object',
  minProperties: 'object',
  maxProperties: 'object',
  dependencies: 'object',
  dependentRequired: 'object',
  dependentSchemas: 'object',
  unevaluatedProperties: 'object',
};

function valuesOf(schema: JsonObject): readonly Json[] {
  const listed = isList(schema.enum) ? schema.enum : [];
  return schema.const === undefined ? listed : [...listed, schema.const];
}

function tupleOf(schema: JsonObject): readonly Json[] {
  if (isList(schema.prefixItems)) return schema.prefixItems;
  return isList(schema.items) ? schema.items : [];
}

function asObject(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {};
}

function numbersOf(parts: readonly JsonObject[], ...keywords: readonly string[]): number[] {
  return parts.flatMap((part) => keywords.map((keyword) => part[keyword])).filter((value) => typeof value === 'number');
}

/** What is no expression matches nothing. */
function expressionOf(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return /(?!)/;
  }
}
