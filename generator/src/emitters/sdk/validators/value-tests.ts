import type { Json, JsonType, SchemaNode } from '../../../schema/ast.ts';
import { isValid } from '../../../schema/validate.ts';
import { quoted } from '../js-text.ts';
import { counted, cut, listed, patternText, valuesText, valueText } from './source-text.ts';
import type { ValidatorNames } from './validator-names.ts';

/**
 * Expressions that test a value against what one node says about it without looking inside: type, enumeration, bounds.
 * With a sink they also report; `null` as the sink leaves the bare answer.
 */
export interface TestTarget {
  /** An identifier. */
  readonly value: string;
  /** An expression that is evaluated only on failure; `null`: nobody listens. */
  readonly sink: string;
  /** Nothing is known of the value here. Elsewhere the compiler may know its type, and refuse comparisons with others. */
  readonly fresh?: boolean;
}

export function orFail(test: string, expected: string, { value, sink }: TestTarget): string {
  if (test === 'false') return failText(expected, { value, sink });
  return sink === 'null' || test === 'true' ? test : `(${test} || ${failText(expected, { value, sink })})`;
}

export function failText(expected: string, { value, sink }: TestTarget): string {
  return sink === 'null' ? 'false' : `$v.fail(${sink}, ${quoted(expected)}, ${value})`;
}

/** The terms, all of which have to hold; none: everything passes. */
export function valueTests(
  node: SchemaNode,
  target: TestTarget,
  names: ValidatorNames,
  assertFormats: boolean,
): readonly string[] {
  if (node.enum !== undefined) return [enumTest(node, node.enum, target, names, assertFormats)];
  const text = textTerms(node, target, names, assertFormats);
  const number = numberTerms(node, target);
  const types = node.types === undefined ? undefined : [...new Set(node.types)];
  const [only, second] = types ?? [];
  if (only !== undefined && second === undefined && scalarTypes.has(only)) {
    const inner = only === 'string' ? text : only === 'boolean' || only === 'null' ? [] : number;
    const test = typeTest(only, target.value);
    const expected = expectedType([only]);
    if (inner.length === 0) return [orFail(test, expected, target)];
    return [`(${test} ? ${inner.join(' && ')} : ${failText(expected, target)})`];
  }
  const terms: string[] = [];
  if (types !== undefined) {
    const tests = types.filter((type) => type !== 'integer' || !types.includes('number'));
    terms.push(orFail(anyOf(tests.map((type) => typeTest(type, target.value))), expectedType(tests), target));
  }
  if (text.length > 0 && types?.includes('string') !== false) {
    terms.push(`(typeof ${target.value} !== 'string' || ${all(text)})`);
  }
  if (number.length > 0 && (types === undefined || types.includes('number') || types.includes('integer'))) {
    terms.push(`(!$v.isNumber(${target.value}) || ${all(number)})`);
  }
  return terms;
}

const scalarTypes: ReadonlySet<JsonType> = new Set(['string', 'number', 'integer', 'boolean', 'null']);

export function typeTest(type: JsonType, value: string): string {
  switch (type) {
    case 'null':
      return `${value} === null`;
    case 'boolean':
      return `typeof ${value} === 'boolean'`;
    case 'string':
      return `typeof ${value} === 'string'`;
    case 'number':
      return `$v.isNumber(${value})`;
    case 'integer':
      return `$v.isInteger(${value})`;
    case 'array':
      return `$v.isArray(${value})`;
    case 'object':
      return `$v.isObject(${value})`;
  }
}

export function expectedType(types: readonly JsonType[]): string {
  const words: Record<JsonType, string> = {
    null: 'null',
    boolean: 'true or false',
    string: 'a string',
    number: 'a number',
    integer: 'an integer',
    array: 'an array',
    object: 'an object',
  };
  return `must be ${types.map((type) => words[type]).join(' or ')}`;
}

export function all(terms: readonly string[]): string {
  if (terms.includes('false')) return 'false';
  const [first = 'true', second] = terms;
  return second === undefined ? first : `(${terms.join(' && ')})`;
}

export function anyOf(terms: readonly string[]): string {
  if (terms.includes('true')) return 'true';
  const [first = 'false', second, ...others] = terms.filter((term) => term !== 'false');
  return second === undefined ? first : `(${[first, second, ...others].join(' || ')})`;
}

/** How many of the tests hold, as text that the compiler takes for any number; undefined for one that always does. */
export function sum(tests: readonly (string | undefined)[]): string {
  const certain = tests.filter((test = 'true') => test === 'true').length;
  const open = tests.filter((test = 'true') => test !== 'true' && test !== 'false');
  const terms = open.map((test) => `(${test} ? 1 : 0)`);
  return [...terms, ...(certain > 0 || terms.length === 0 ? [certain] : [])].join(' + ');
}

/** True when exactly one of the tests holds. */
export function exactlyOne(tests: readonly (string | undefined)[]): string {
  const count = sum(tests);
  return /^\d+$/.test(count) ? String(count === '1') : `${count} === 1`;
}

/**
 * Targets for alternatives that are tried one after the other: where one has failed, the compiler knows more of the
 * value, unless that one was an enumeration.
 */
export function inTurn<T>(
  branches: readonly SchemaNode[],
  target: TestTarget,
  test: (branch: SchemaNode, target: TestTarget) => T,
): readonly T[] {
  let { fresh = false } = target;
  return branches.map((branch) => {
    const answer = test(branch, { ...target, fresh });
    fresh &&= branch.enum !== undefined;
    return answer;
  });
}

/** The values of an `enum` that the node's other words about scalars leave. */
export function enumValues(node: SchemaNode, assertFormats: boolean): readonly Json[] {
  return (node.enum ?? []).filter((value) => isValid(scalarPart(node), value, { assertFormats }));
}

function scalarPart(node: SchemaNode): SchemaNode {
  const kept = Object.entries(node).filter(([keyword]) => scalarKeywords.has(keyword));
  return { at: node.at, ...Object.fromEntries(kept) };
}

/** Keywords that hold no values of JSON and no subschemas: a test of one is one comparison. */
export const scalarKeywords: ReadonlySet<string> = new Set([
  'types',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'pattern',
  'format',
]);

/** Enumerations of more scalars than this are looked up in a set. */
const mostCompared = 6;

function enumTest(
  node: SchemaNode,
  written: readonly Json[],
  target: TestTarget,
  names: ValidatorNames,
  assertFormats: boolean,
): string {
  const values = enumValues(node, assertFormats);
  const scalars = values.filter((value) => typeof value !== 'object' || value === null);
  const others = values.filter((value) => typeof value === 'object' && value !== null);
  const tests = scalarTests(scalars, target, names);
  for (const other of others) tests.push(`$v.isEqual(${target.value}, ${names.constant('value', valueText(other))})`);
  const shown = values.length > 0 ? values : written;
  const expected = `must be ${shown.length === 1 ? '' : 'one of '}${listed(shown)}`;
  if (target.sink === 'null') return anyOf(tests);
  return `(${[...tests, `$v.differs(${target.sink}, ${quoted(expected)}, ${target.value})`].join(' || ')})`;
}

function scalarTests(scalars: readonly Json[], { value, fresh }: TestTarget, names: ValidatorNames): string[] {
  const [only, second] = scalars;
  if (only === undefined) return [];
  if (fresh === true && scalars.length <= mostCompared) {
    return scalars.map((scalar) => `${value} === ${valueText(scalar)}`);
  }
  if (second === undefined) return [`$v.isEqual(${value}, ${valueText(only)})`];
  return [`${names.constant('values', valuesText(scalars))}.has(${value})`];
}

function textTerms(node: SchemaNode, target: TestTarget, names: ValidatorNames, assertFormats: boolean): string[] {
  const terms: string[] = [];
  const { minLength, maxLength } = node;
  if ((minLength ?? 0) > 0 || maxLength !== undefined) {
    const bounds = [
      ...(minLength === undefined ? [] : [`at least ${counted(minLength, 'character')}`]),
      ...(maxLength === undefined ? [] : [`at most ${counted(maxLength, 'character')}`]),
    ];
    const test = `$v.hasLength(${target.value}, ${minLength ?? 0}, ${maxLength ?? 'Infinity'})`;
    terms.push(orFail(test, `must have ${bounds.join(' and ')}`, target));
  }
  if (node.pattern !== undefined) {
    const test = `${names.constant('pattern', patternText(node.pattern))}.test(${target.value})`;
    terms.push(orFail(test, `must match ${cut(node.pattern)}`, target));
  }
  if (assertFormats && node.format !== undefined) {
    const test = `$v.hasFormat(${target.value}, ${quoted(node.format)})`;
    terms.push(orFail(test, `must be a valid ${cut(node.format)}`, target));
  }
  return terms;
}

function numberTerms(node: SchemaNode, target: TestTarget): string[] {
  const terms: string[] = [];
  const bound = (limit: number | undefined, operator: string, sign: string): void => {
    if (limit === undefined) return;
    terms.push(orFail(`${target.value} ${operator} ${limit}`, `must be ${sign} ${limit}`, target));
  };
  bound(node.minimum, '>=', '≥');
  bound(node.exclusiveMinimum, '>', '>');
  bound(node.maximum, '<=', '≤');
  bound(node.exclusiveMaximum, '<', '<');
  if (node.multipleOf !== undefined) {
    const test = `$v.isMultipleOf(${target.value}, ${node.multipleOf})`;
    terms.push(orFail(test, `must be a multiple of ${node.multipleOf}`, target));
  }
  return terms;
}
