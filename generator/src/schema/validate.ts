import type { Json, JsonObject, NumberKeyword, SchemaNode } from './ast.ts';
import { spend } from './budget.ts';
import { compareDecimals, decimal, decimalOf, isMultiple, isMultipleOf } from './decimal.ts';
import { matchesFormat } from './formats.ts';
import { canonicalText, codePoints, equalJson, isArray, isRecord, typeOfValue } from './json.ts';
import { matchesPattern } from './patterns.ts';

/**
 * Our own validator: the standard's meaning of a node, read off directly. It is the second opinion beside Ajv on
 * every witness, and it decides finite cases (`enum`, `const`) inside containment.
 */
export interface ValidateOptions {
  readonly assertFormats: boolean;
}

/** What the subschemas that held have looked at, for `unevaluatedProperties` and `unevaluatedItems`. */
interface Evaluated {
  readonly names: Set<string>;
  readonly items: Set<number>;
}

export function isValid(node: SchemaNode, value: Json, options: ValidateOptions): boolean {
  return check(node, value, options.assertFormats, undefined);
}

function check(node: SchemaNode, value: Json, formats: boolean, outer: Evaluated | undefined): boolean {
  if (node.always !== undefined) return node.always;
  spend();
  const needsOwn = node.unevaluatedItems !== undefined || node.unevaluatedProperties !== undefined;
  const evaluated: Evaluated | undefined =
    outer !== undefined || needsOwn ? { names: new Set(), items: new Set() } : undefined;
  const held =
    checkAny(node, value) &&
    checkSimple(node, value, formats) &&
    (!isArray(value) || checkItems(node, value, formats, evaluated)) &&
    (!isRecord(value) || checkMembers(node, value, formats, evaluated)) &&
    checkApplicators(node, value, formats, evaluated) &&
    checkUnevaluated(node, value, formats, evaluated);
  if (held && outer !== undefined && evaluated !== undefined) {
    for (const name of evaluated.names) outer.names.add(name);
    for (const index of evaluated.items) outer.items.add(index);
  }
  return held;
}

function checkAny(node: SchemaNode, value: Json): boolean {
  if (node.types !== undefined) {
    const type = typeOfValue(value);
    const fits = node.types.some((t) => t === type) || (node.types.includes('integer') && Number.isInteger(value));
    if (!fits) return false;
  }
  return node.enum === undefined || isOneOf(node.enum, value);
}

const longEnums = new WeakMap<readonly Json[], ReadonlySet<string>>();

/** A long `enum` is looked up instead of searched: containment asks about each of its values. */
function isOneOf(values: readonly Json[], value: Json): boolean {
  if (values.length <= 16) return values.some((allowed) => equalJson(allowed, value));
  let texts = longEnums.get(values);
  if (texts === undefined) {
    texts = new Set(values.map(canonicalText));
    longEnums.set(values, texts);
  }
  return texts.has(canonicalText(value));
}

function checkSimple(node: SchemaNode, value: Json, formats: boolean): boolean {
  if (typeof value === 'number') {
    const isWithin = node.exact === undefined ? isWithinDoubles : isWithinExactly;
    if (!isWithin(node, value)) return false;
  } else if (typeof value === 'string') {
    if (node.minLength !== undefined || node.maxLength !== undefined) {
      const length = codePoints(value);
      if (length < (node.minLength ?? 0) || length > (node.maxLength ?? length)) return false;
    }
    if (node.pattern !== undefined && !matchesPattern(node.pattern, value)) return false;
  }
  return !formats || node.format === undefined || matchesFormat(node.format, value);
}

function isWithinDoubles(node: SchemaNode, value: number): boolean {
  return !(
    (node.minimum !== undefined && value < node.minimum) ||
    (node.maximum !== undefined && value > node.maximum) ||
    (node.exclusiveMinimum !== undefined && value <= node.exclusiveMinimum) ||
    (node.exclusiveMaximum !== undefined && value >= node.exclusiveMaximum) ||
    (node.multipleOf !== undefined && !isMultipleOf(value, node.multipleOf))
  );
}

function isWithinExactly(node: SchemaNode, value: number): boolean {
  const order = (keyword: NumberKeyword): number | undefined => {
    const bound = decimalOf(node, keyword);
    return bound === undefined ? undefined : compareDecimals(decimal(value), bound);
  };
  const step = decimalOf(node, 'multipleOf');
  return (
    (order('minimum') ?? 0) >= 0 &&
    (order('maximum') ?? 0) <= 0 &&
    (order('exclusiveMinimum') ?? 1) > 0 &&
    (order('exclusiveMaximum') ?? -1) < 0 &&
    (step === undefined || isMultiple(decimal(value), step))
  );
}

function checkItems(
  node: SchemaNode,
  value: readonly Json[],
  formats: boolean,
  evaluated: Evaluated | undefined,
): boolean {
  if (value.length < (node.minItems ?? 0) || value.length > (node.maxItems ?? value.length)) return false;
  const prefix = node.prefixItems?.length ?? 0;
  for (const [index, item] of value.entries()) {
    const at = index < prefix ? node.prefixItems?.[index] : node.items;
    if (at === undefined) break;
    if (!check(at, item, formats, undefined)) return false;
    evaluated?.items.add(index);
  }
  if (node.uniqueItems === true && value.length > 1 && new Set(value.map(canonicalText)).size < value.length) {
    return false;
  }
  if (node.contains !== undefined) {
    let count = 0;
    for (const [index, item] of value.entries()) {
      if (!check(node.contains, item, formats, undefined)) continue;
      count++;
      if (node.containsEvaluates === true) evaluated?.items.add(index);
    }
    if (count < (node.minContains ?? 1) || count > (node.maxContains ?? count)) return false;
  }
  return true;
}

function checkMembers(
  node: SchemaNode,
  value: JsonObject,
  formats: boolean,
  evaluated: Evaluated | undefined,
): boolean {
  const names = Object.keys(value);
  if (names.length < (node.minProperties ?? 0) || names.length > (node.maxProperties ?? names.length)) return false;
  if (node.required?.some((name) => !Object.hasOwn(value, name)) === true) return false;
  for (const [name, needed] of node.dependentRequired ?? []) {
    if (Object.hasOwn(value, name) && needed.some((other) => !Object.hasOwn(value, other))) return false;
  }
  for (const name of names) {
    if (node.propertyNames !== undefined && !check(node.propertyNames, name, formats, undefined)) return false;
    const member = value[name];
    if (member === undefined) continue;
    for (const schema of memberSchemas(node, name)) {
      if (!check(schema, member, formats, undefined)) return false;
      evaluated?.names.add(name);
    }
  }
  return true;
}

/** The subschemas of one node that apply to the member of this name; `unevaluatedProperties` aside. */
export function memberSchemas(node: SchemaNode, name: string): readonly SchemaNode[] {
  const found: SchemaNode[] = [];
  const declared = node.properties?.get(name);
  if (declared !== undefined) found.push(declared);
  for (const [pattern, schema] of node.patternProperties ?? []) {
    if (matchesPattern(pattern, name)) found.push(schema);
  }
  if (found.length === 0 && node.additionalProperties !== undefined) found.push(node.additionalProperties);
  return found;
}

function checkApplicators(node: SchemaNode, value: Json, formats: boolean, evaluated: Evaluated | undefined): boolean {
  const holds = (schema: SchemaNode): boolean => check(schema, value, formats, evaluated);
  if (node.ref !== undefined && !holds(node.ref)) return false;
  if (node.allOf !== undefined && !node.allOf.every(holds)) return false;
  if (node.anyOf !== undefined) {
    // With tracking on, every branch that holds adds what it evaluated.
    const any = evaluated === undefined ? node.anyOf.some(holds) : node.anyOf.filter(holds).length > 0;
    if (!any) return false;
  }
  if (node.oneOf !== undefined && node.oneOf.filter(holds).length !== 1) return false;
  if (node.not !== undefined && check(node.not, value, formats, undefined)) return false;
  if (node.if !== undefined) {
    const branch = holds(node.if) ? node.then : node.else;
    if (branch !== undefined && !holds(branch)) return false;
  }
  if (node.dependentSchemas !== undefined && isRecord(value)) {
    for (const [name, schema] of node.dependentSchemas) {
      if (Object.hasOwn(value, name) && !holds(schema)) return false;
    }
  }
  return true;
}

function checkUnevaluated(node: SchemaNode, value: Json, formats: boolean, evaluated: Evaluated | undefined): boolean {
  if (evaluated === undefined) return true;
  if (node.unevaluatedItems !== undefined && isArray(value)) {
    for (const [index, item] of value.entries()) {
      if (evaluated.items.has(index)) continue;
      if (!check(node.unevaluatedItems, item, formats, undefined)) return false;
      evaluated.items.add(index);
    }
  }
  if (node.unevaluatedProperties !== undefined && isRecord(value)) {
    for (const [name, member] of Object.entries(value)) {
      if (evaluated.names.has(name)) continue;
      if (!check(node.unevaluatedProperties, member, formats, undefined)) return false;
      evaluated.names.add(name);
    }
  }
  return true;
}
