import type { Json, SchemaNode } from './ast.ts';
import { leftOverFails, leftOverHolds } from './coverage.ts';
import { decimalOf, one } from './decimal.ts';
import { speaksOf } from './formats.ts';
import { isArray, isRecord, typeOfValue, type ValueType } from './json.ts';
import { type Alternative, type Expansion, type Literal, nowhere } from './literals.ts';

/**
 * One subschema, or its negation, broken down for values of one type. A keyword that speaks of another type holds of
 * every value here, so its negation is no way to fail.
 */
export interface ExpandOptions {
  readonly assertFormats: boolean;
  /** Whether two subschemas have a value of this type in common, for `oneOf`; true when that was not shown. */
  readonly mayOverlap: (a: SchemaNode, b: SchemaNode) => boolean;
}

const most = Number.POSITIVE_INFINITY;
const noDemand = { holds: [], fails: [] };

function admits(node: SchemaNode, type: ValueType): boolean {
  const { types } = node;
  return types === undefined || types.some((t) => t === type || (t === 'integer' && type === 'number'));
}

function isWholeOnly(node: SchemaNode): boolean {
  return node.types?.includes('integer') === true && !node.types.includes('number');
}

export function expandHolds(node: SchemaNode, type: ValueType, options: ExpandOptions): Expansion {
  const literals: Literal[] = [];
  const holds: SchemaNode[] = [];
  const fails: SchemaNode[] = [];
  const choices: (readonly Alternative[])[] = [];
  const made = { literals, holds, fails, choices };
  if (node.always !== undefined) return { ...made, impossible: !node.always };
  if (!admits(node, type)) return { ...made, impossible: true };
  if (type === 'number') numberHolds(node, literals);
  else if (type === 'string') stringHolds(node, literals);
  else if (type === 'array') arrayHolds(node, literals);
  else if (type === 'object') objectHolds(node, literals, choices);
  const format = options.assertFormats ? node.format : undefined;
  if (format !== undefined && (type === 'string' || type === 'number') && speaksOf(format, type)) {
    literals.push({ kind: 'format', format, holds: true });
  }
  if (type === 'array' || type === 'object') {
    const scenarios = leftOverHolds(node, type);
    if (scenarios !== undefined) choices.push(scenarios);
  }
  if (node.ref !== undefined) holds.push(node.ref);
  for (const part of node.allOf ?? []) holds.push(part);
  if (node.not !== undefined) fails.push(node.not);
  if (node.anyOf !== undefined) choices.push(node.anyOf.map((branch) => ({ holds: [branch] })));
  if (node.oneOf !== undefined) {
    const branches = node.oneOf;
    choices.push(
      branches.map((branch, index) => ({ holds: [branch], fails: branches.filter((_, other) => other !== index) })),
    );
  }
  if (node.if !== undefined && (node.then !== undefined || node.else !== undefined)) {
    choices.push([
      { holds: [node.if, ...(node.then === undefined ? [] : [node.then])] },
      { holds: node.else === undefined ? [] : [node.else], fails: [node.if] },
    ]);
  }
  if (node.enum === undefined) return made;
  return { ...made, values: node.enum.filter((v) => typeOfValue(v) === type) };
}

const bounds = [
  ['minimum', 'above', true],
  ['maximum', 'below', true],
  ['exclusiveMinimum', 'above', false],
  ['exclusiveMaximum', 'below', false],
] as const;

function numberHolds(node: SchemaNode, literals: Literal[]): void {
  if (isWholeOnly(node)) literals.push({ kind: 'multiple', of: one, holds: true });
  for (const [keyword, kind, inclusive] of bounds) {
    const bound = decimalOf(node, keyword);
    if (bound !== undefined) literals.push({ kind, bound, inclusive });
  }
  const of = decimalOf(node, 'multipleOf');
  if (of !== undefined) literals.push({ kind: 'multiple', of, holds: true });
}

function stringHolds(node: SchemaNode, literals: Literal[]): void {
  if (node.minLength !== undefined) literals.push({ kind: 'shortest', length: node.minLength });
  if (node.maxLength !== undefined) literals.push({ kind: 'longest', length: node.maxLength });
  if (node.pattern !== undefined) literals.push({ kind: 'pattern', pattern: node.pattern, holds: true });
}

function arrayHolds(node: SchemaNode, literals: Literal[]): void {
  if (node.minItems !== undefined || node.maxItems !== undefined) {
    literals.push({ kind: 'length', min: node.minItems ?? 0, max: node.maxItems ?? most });
  }
  if (node.uniqueItems === true) literals.push({ kind: 'distinct', holds: true });
  if (node.prefixItems !== undefined || node.items !== undefined) {
    const slots = node.prefixItems ?? [];
    literals.push({ kind: 'items', slots, ...(node.items !== undefined && { rest: node.items }) });
  }
  if (node.contains !== undefined) {
    const min = node.minContains ?? 1;
    const max = node.maxContains ?? most;
    if (min > 0 || max < most) literals.push({ kind: 'count', from: 0, node: node.contains, holds: true, min, max });
  }
}

function objectHolds(node: SchemaNode, literals: Literal[], choices: (readonly Alternative[])[]): void {
  if (node.minProperties !== undefined || node.maxProperties !== undefined) {
    literals.push({ kind: 'size', min: node.minProperties ?? 0, max: node.maxProperties ?? most });
  }
  for (const name of node.required ?? []) literals.push({ kind: 'present', name });
  if (node.propertyNames !== undefined) literals.push({ kind: 'names', node: node.propertyNames });
  if (
    node.properties !== undefined ||
    node.patternProperties !== undefined ||
    node.additionalProperties !== undefined
  ) {
    const names = node.properties ?? new Map<string, SchemaNode>();
    const patterns = node.patternProperties ?? new Map<string, SchemaNode>();
    literals.push({ kind: 'members', group: { names, patterns, others: node.additionalProperties } });
  }
  for (const [name, needed] of node.dependentRequired ?? []) {
    if (needed.length === 0) continue;
    choices.push([
      { literals: [{ kind: 'absent', name }] },
      { literals: needed.map((other) => ({ kind: 'present', name: other }) as const) },
    ]);
  }
  for (const [name, schema] of node.dependentSchemas ?? []) {
    choices.push([{ literals: [{ kind: 'absent', name }] }, { holds: [schema] }]);
  }
}

/** The ways in which a value of this type fails the node; none when it cannot, undefined when it always does. */
export function expandFails(
  node: SchemaNode,
  type: ValueType,
  options: ExpandOptions,
): readonly Alternative[] | undefined {
  if (node.always !== undefined) return node.always ? [] : undefined;
  if (!admits(node, type)) return undefined;
  const ways: Alternative[] = [];
  const way = (...literals: Literal[]): void => {
    ways.push({ literals });
  };
  if (type === 'number') numberFails(node, way);
  else if (type === 'string') stringFails(node, way);
  else if (type === 'array') arrayFails(node, way);
  else if (type === 'object') objectFails(node, way, ways);
  const format = options.assertFormats ? node.format : undefined;
  if (format !== undefined && (type === 'string' || type === 'number') && speaksOf(format, type)) {
    way({ kind: 'format', format, holds: false });
  }
  if (node.enum !== undefined) {
    const values = node.enum.filter((v) => typeOfValue(v) === type);
    if (values.length === 0) return undefined;
    const literals = values.map(differs).filter((literal) => literal !== undefined);
    // `enum` of arrays or objects is spelled out one value at a time, as a conjunction of choices.
    if (literals.length === values.length) ways.push({ literals });
    else ways.push({ holds: values.map(unlike) });
  }
  if (node.ref !== undefined) ways.push({ fails: [node.ref] });
  for (const part of node.allOf ?? []) ways.push({ fails: [part] });
  if (node.not !== undefined) ways.push({ holds: [node.not] });
  if (node.anyOf !== undefined) ways.push({ fails: node.anyOf });
  for (const failure of node.oneOf === undefined ? [] : oneOfFails(node.oneOf, options)) ways.push(failure);
  if (node.if !== undefined) {
    if (node.then !== undefined) ways.push({ holds: [node.if], fails: [node.then] });
    if (node.else !== undefined) ways.push({ fails: [node.if, node.else] });
  }
  if (type === 'array' || type === 'object') ways.push(...leftOverFails(node, type));
  return ways;
}

function oneOfFails(branches: readonly SchemaNode[], { mayOverlap }: ExpandOptions): readonly Alternative[] {
  const ways: Alternative[] = [{ fails: branches }];
  branches.forEach((a, index) => {
    for (const b of branches.slice(index + 1)) if (mayOverlap(a, b)) ways.push({ holds: [a, b] });
  });
  return ways;
}

function differs(from: Json): Literal | undefined {
  if (typeof from === 'number') return { kind: 'differs', from };
  return typeof from === 'string' ? { kind: 'differs', from } : undefined;
}

const allBut = (value: Json): SchemaNode => ({ at: nowhere, not: { at: nowhere, enum: [value] } });

/** "Not this array" or "not this object" in the keywords of the type. */
function unlike(value: Json): SchemaNode {
  if (isArray(value)) {
    const ways: SchemaNode[] = [{ at: nowhere, minItems: value.length + 1 }];
    if (value.length > 0) ways.unshift({ at: nowhere, maxItems: value.length - 1 });
    value.forEach((item, index) => {
      const slots: SchemaNode[] = new Array(index).fill({ at: nowhere, always: true });
      ways.push({ at: nowhere, prefixItems: [...slots, allBut(item)], minItems: index + 1 });
    });
    return { at: nowhere, anyOf: ways };
  }
  if (!isRecord(value)) return allBut(value);
  const ways: SchemaNode[] = [];
  for (const [name, member] of Object.entries(value)) {
    ways.push({ at: nowhere, not: { at: nowhere, required: [name] } });
    ways.push({ at: nowhere, required: [name], properties: new Map([[name, allBut(member)]]) });
  }
  const anything: SchemaNode = { at: nowhere, always: true };
  const known = new Map(Object.keys(value).map((name) => [name, anything]));
  const closed: SchemaNode = { at: nowhere, properties: known, additionalProperties: { at: nowhere, always: false } };
  ways.push({ at: nowhere, not: closed });
  return { at: nowhere, anyOf: ways };
}

type Way = (...literals: Literal[]) => void;

function numberFails(node: SchemaNode, way: Way): void {
  if (isWholeOnly(node)) way({ kind: 'multiple', of: one, holds: false });
  for (const [keyword, kind, inclusive] of bounds) {
    const bound = decimalOf(node, keyword);
    if (bound !== undefined) way({ kind: kind === 'above' ? 'below' : 'above', bound, inclusive: !inclusive });
  }
  const of = decimalOf(node, 'multipleOf');
  if (of !== undefined) way({ kind: 'multiple', of, holds: false });
}

function stringFails(node: SchemaNode, way: Way): void {
  if (node.minLength !== undefined && node.minLength > 0) way({ kind: 'longest', length: node.minLength - 1 });
  if (node.maxLength !== undefined) way({ kind: 'shortest', length: node.maxLength + 1 });
  if (node.pattern !== undefined) way({ kind: 'pattern', pattern: node.pattern, holds: false });
}

function arrayFails(node: SchemaNode, way: Way): void {
  if (node.minItems !== undefined && node.minItems > 0) way({ kind: 'length', min: 0, max: node.minItems - 1 });
  if (node.maxItems !== undefined) way({ kind: 'length', min: node.maxItems + 1, max: most });
  if (node.contains !== undefined) {
    const min = node.minContains ?? 1;
    const max = node.maxContains ?? most;
    if (min > 0) way({ kind: 'count', from: 0, node: node.contains, holds: true, min: 0, max: min - 1 });
    if (max < most) way({ kind: 'count', from: 0, node: node.contains, holds: true, min: max + 1, max: most });
  }
  node.prefixItems?.forEach((slot, index) => {
    if (slot.always !== true) way({ kind: 'at', index, demand: { holds: [], fails: [slot] } });
  });
  if (node.items !== undefined && node.items.always !== true) {
    const from = node.prefixItems?.length ?? 0;
    way({ kind: 'count', from, node: node.items, holds: false, min: 1, max: most });
  }
  if (node.uniqueItems === true) way({ kind: 'distinct', holds: false });
}

function objectFails(node: SchemaNode, way: Way, ways: Alternative[]): void {
  if (node.minProperties !== undefined && node.minProperties > 0) {
    way({ kind: 'size', min: 0, max: node.minProperties - 1 });
  }
  for (const name of node.required ?? []) way({ kind: 'absent', name });
  for (const [name, schema] of node.properties ?? []) {
    if (schema.always !== true) way({ kind: 'present', name, demand: { holds: [], fails: [schema] } });
  }
  for (const [pattern, schema] of node.patternProperties ?? []) {
    if (schema.always === true) continue;
    const demand = { holds: [], fails: [schema] };
    way({ kind: 'some', except: new Set(), like: [pattern], unlike: [], name: noDemand, demand });
  }
  if (node.additionalProperties !== undefined && node.additionalProperties.always !== true) {
    way({
      kind: 'some',
      except: new Set(node.properties?.keys() ?? []),
      like: [],
      unlike: [...(node.patternProperties?.keys() ?? [])],
      name: noDemand,
      demand: { holds: [], fails: [node.additionalProperties] },
    });
  }
  if (node.propertyNames !== undefined) {
    const name = { holds: [], fails: [node.propertyNames] };
    way({ kind: 'some', except: new Set(), like: [], unlike: [], name, demand: noDemand });
  }
  if (node.maxProperties !== undefined) way({ kind: 'size', min: node.maxProperties + 1, max: most });
  for (const [name, needed] of node.dependentRequired ?? []) {
    for (const other of needed) way({ kind: 'present', name }, { kind: 'absent', name: other });
  }
  for (const [name, schema] of node.dependentSchemas ?? []) {
    ways.push({ literals: [{ kind: 'present', name }], fails: [schema] });
  }
}
