import type { SchemaNode } from '../../../schema/ast.ts';
import { byCodeUnit, throughReferences } from '../../../schema/location.ts';
import { quoted } from '../js-text.ts';
import { type CoverageContext, coverage, coveredItem } from './coverage.ts';
import { counted, memberText, namesText, patternText } from './source-text.ts';
import type { Declaration, ValidatorNames } from './validator-names.ts';
import {
  all,
  anyOf,
  enumValues,
  expectedType,
  failText,
  orFail,
  type TestTarget,
  typeTest,
  valueTests,
} from './value-tests.ts';

/**
 * The functions that test a value against a schema, `(value, sink) => boolean`: one for each subschema that looks
 * inside a value or is met more than once; the others are written where they are needed.
 */
export class CheckFunctions implements CoverageContext {
  readonly #names: ValidatorNames;
  readonly #assertFormats: boolean;
  readonly #functions = new Map<SchemaNode, string>();
  readonly #waiting: SchemaNode[] = [];
  readonly #weights = new Map<SchemaNode, number>();

  constructor(names: ValidatorNames, assertFormats: boolean) {
    this.#names = names;
    this.#assertFormats = assertFormats;
  }

  /** The name of the function for the root; `code` then holds it and all that it needs. */
  functionFor(written: SchemaNode): string {
    const node = throughReferences(written);
    const known = this.#functions.get(node);
    if (known !== undefined) return known;
    const name = this.#names.functionName('check', node);
    this.#functions.set(node, name);
    this.#waiting.push(node);
    return name;
  }

  /** Functions asked for and not yet written, and those that they ask for. */
  code(): Declaration[] {
    const code: Declaration[] = [];
    for (let node = this.#waiting.shift(); node !== undefined; node = this.#waiting.shift()) {
      const name = this.functionFor(node);
      code.push({ name, text: new CheckBody(this, node, this.#names, this.#assertFormats).text(name) });
    }
    return code;
  }

  /** An expression that is true when the value passes; undefined when every value does. */
  test(written: SchemaNode, target: TestTarget): string | undefined {
    const node = throughReferences(written);
    if (node.always === true) return undefined;
    if (node.always === false) return failText('must not be present', target);
    if (this.weight(node) > heaviestInline) return `${this.functionFor(node)}(${target.value}, ${target.sink})`;
    const terms = [...valueTests(node, target, this.#names, this.#assertFormats)];
    const next = (): TestTarget => (terms.length === 0 ? target : { ...target, narrowed: true });
    for (const part of [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])]) {
      const test = this.test(part, next());
      if (test !== undefined) terms.push(test);
    }
    for (const branches of [node.anyOf, node.oneOf]) {
      const tests = branches?.map((branch) => this.test(branch, { ...next(), sink: 'null' }));
      if (tests === undefined) continue;
      const told = tests.filter((test) => test !== undefined);
      const count = `must match one of ${tests.length} alternatives`;
      if (branches === node.anyOf) {
        if (told.length === tests.length) terms.push(orFail(anyOf(told), count, target));
      } else {
        terms.push(orFail(`${sum(tests)} === 1`, `must match exactly one of ${tests.length} alternatives`, target));
      }
    }
    const not = node.not && this.notTest(node.not, next());
    if (not !== undefined) terms.push(not);
    return terms.length === 0 ? undefined : all(terms);
  }

  /** Undefined when nothing is excluded. */
  notTest(not: SchemaNode, target: TestTarget): string | undefined {
    const test = this.test(not, { ...target, sink: 'null' }) ?? 'true';
    if (test === 'false') return undefined;
    return orFail(test === 'true' ? 'false' : `!(${test})`, 'must not match what is excluded', target);
  }

  /** The bare answer. */
  holds(node: SchemaNode, value: string): string {
    return this.test(node, { value, sink: 'null' }) ?? 'true';
  }

  matchesName(pattern: string, key: string): string {
    return `${this.#names.constant('pattern', patternText(pattern))}.test(${key})`;
  }

  /** Whether the key is one of the names. */
  isNamed(names: readonly string[], key: string): string {
    if (names.length <= 3) return anyOf(names.map((name) => `${key} === ${quoted(name)}`));
    return `${this.#names.constant('names', namesText([...names].sort(byCodeUnit)))}.has(${key})`;
  }

  /** Roughly the number of comparisons when written in place; endless when it takes statements. */
  weight(written: SchemaNode): number {
    const node = throughReferences(written);
    const known = this.#weights.get(node);
    if (known !== undefined) return known;
    let weight = 0;
    for (const keyword of Object.keys(node)) {
      if (keyword === 'enum') weight += Math.min(node.enum?.length ?? 0, 7);
      else if (!silentKeywords.has(keyword)) weight += expressible.has(keyword) ? 1 : Number.POSITIVE_INFINITY;
    }
    const parts = [node.ref, node.not, ...(node.allOf ?? []), ...(node.anyOf ?? []), ...(node.oneOf ?? [])];
    if (weight <= heaviestInline) for (const part of parts) weight += part === undefined ? 0 : this.weight(part);
    this.#weights.set(node, weight);
    return weight;
  }
}

const heaviestInline = 8;
const silentKeywords: ReadonlySet<string> = new Set(['at', 'always', 'default', 'annotations', 'containsEvaluates']);
const expressible: ReadonlySet<string> = new Set([
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
  'ref',
  'allOf',
  'anyOf',
  'oneOf',
  'not',
]);

function sum(tests: readonly (string | undefined)[]): string {
  const constants: Readonly<Record<string, string>> = { true: '1', false: '0' };
  return tests.map((test = 'true') => constants[test] ?? `(${test} ? 1 : 0)`).join(' + ');
}

/** The body of one function: `v` is the value, `c` the sink. */
class CheckBody {
  readonly #checks: CheckFunctions;
  readonly #node: SchemaNode;
  readonly #names: ValidatorNames;
  readonly #assertFormats: boolean;
  readonly #lines: string[] = [];
  readonly #target: TestTarget = { value: 'v', sink: 'c' };
  #locals = 0;

  constructor(checks: CheckFunctions, node: SchemaNode, names: ValidatorNames, assertFormats: boolean) {
    this.#checks = checks;
    this.#node = node;
    this.#names = names;
    this.#assertFormats = assertFormats;
  }

  text(name: string): string {
    const node = this.#node;
    // Every value of an enumeration of scalars is told already; nothing is inside them.
    const finite =
      node.enum !== undefined &&
      enumValues(node, this.#assertFormats).every((v) => typeof v !== 'object' || v === null);
    const [only, second] = new Set(node.types ?? []);
    const single =
      node.enum === undefined && second === undefined && (only === 'object' || only === 'array') ? only : undefined;
    if (single !== undefined) {
      this.#lines.push(`if (!${typeTest(single, 'v')}) return ${failText(expectedType([single]), this.#target)};`);
    } else {
      for (const term of valueTests(node, this.#target, this.#names, this.#assertFormats)) this.#must(term);
    }
    if (!finite) {
      if (node.types?.includes('object') !== false) this.#within('object', single, () => this.#members());
      if (node.types?.includes('array') !== false) this.#within('array', single, () => this.#items());
    }
    this.#applicators({ ...this.#target, narrowed: single !== undefined });
    const body = this.#lines.map((line) => `  ${line}`).join('\n');
    const value = this.#lines.length === 0 ? '_v' : 'v';
    return `function ${name}(${value}: unknown, c: $v.Sink): boolean {\n${body}\n  return $v.passed(c);\n}`;
  }

  #must(test: string | undefined, indent = ''): void {
    if (test !== undefined) this.#lines.push(`${indent}if (!${wrapped(test)} && $v.stop(c)) return false;`);
  }

  /** Statements for one type of value, in a block of their own unless the type is certain. */
  #within(type: 'object' | 'array', certain: string | undefined, write: () => void): void {
    const before = this.#lines.length;
    write();
    const written = this.#lines.splice(before);
    if (written.length === 0) return;
    if (certain === type) this.#lines.push(...written);
    else this.#lines.push(`if (${typeTest(type, 'v')}) {`, ...written.map((line) => `  ${line}`), '}');
  }

  #local(): string {
    return `m${this.#locals++}`;
  }

  #members(): void {
    const node = this.#node;
    const properties = node.properties ?? new Map<string, SchemaNode>();
    const required = new Set(node.required);
    // Constants first: they tell the branches of a union apart at once.
    const tells = (name: string): number =>
      throughReferences(properties.get(name) ?? node).enum === undefined ? 1 : 0;
    const names = [...new Set([...properties.keys(), ...required])];
    const told = names.filter((name) => properties.has(name) && tells(name) === 0);
    for (const name of [...told, ...names.filter((each) => !told.includes(each))]) {
      this.#member(name, properties.get(name), required.has(name));
    }
    const count = (limit: number | undefined, operator: string, words: string): void => {
      if (limit === undefined) return;
      this.#must(
        orFail(
          `$v.countMembers(v) ${operator} ${limit}`,
          `must have ${words} ${counted(limit, 'member')}`,
          this.#target,
        ),
      );
    };
    count(node.minProperties, '>=', 'at least');
    count(node.maxProperties, '<=', 'at most');
    for (const [name, needed] of node.dependentRequired ?? []) {
      for (const other of needed) {
        const present = `${memberText('v', name)} === undefined || ${memberText('v', other)} !== undefined`;
        this.#must(`${present} || $v.missing(c, ${quoted(other)})`);
      }
    }
    for (const [name, dependent] of node.dependentSchemas ?? []) {
      this.#must(`${memberText('v', name)} === undefined || ${this.#checks.functionFor(dependent)}(v, c)`);
    }
    this.#everyMember(properties);
  }

  #member(name: string, schema: SchemaNode | undefined, required: boolean): void {
    const access = memberText('v', name);
    const local = this.#local();
    const test =
      schema === undefined ? undefined : this.#checks.test(schema, { value: local, sink: `$v.at(c, ${quoted(name)})` });
    const absent = `$v.missing(c, ${quoted(name)})`;
    if (test === undefined) {
      if (required) this.#must(`${access} !== undefined || ${absent}`);
      return;
    }
    this.#lines.push(`const ${local}: unknown = ${access};`);
    this.#must(required ? `(${local} === undefined ? ${absent} : ${test})` : `${local} === undefined || ${test}`);
  }

  /** What holds of members by their names' shape, or because no other keyword took charge of them. */
  #everyMember(properties: ReadonlyMap<string, SchemaNode>): void {
    const node = this.#node;
    const sink = '$v.at(c, k)';
    const terms: string[] = [];
    const member: TestTarget = { value: 'm', sink };
    const patterns = [...(node.patternProperties ?? [])];
    for (const [pattern, schema] of patterns) {
      const test = this.#checks.test(schema, member);
      if (test !== undefined) terms.push(`!${this.#checks.matchesName(pattern, 'k')} || ${test}`);
    }
    if (node.additionalProperties !== undefined) {
      const test = this.#checks.test(node.additionalProperties, member);
      const covered = [
        ...(properties.size > 0 ? [this.#checks.isNamed([...properties.keys()], 'k')] : []),
        ...patterns.map(([pattern]) => this.#checks.matchesName(pattern, 'k')),
      ];
      if (test !== undefined) terms.push([...covered, test].join(' || '));
    }
    if (node.unevaluatedProperties !== undefined) {
      const test = this.#checks.test(node.unevaluatedProperties, member);
      const covered = coverage(node, this.#checks, true);
      if (test !== undefined && covered !== 'true') terms.push(`${covered} || ${test}`);
    }
    if (node.propertyNames !== undefined) {
      const test = this.#checks.test(node.propertyNames, { value: 'k', sink: 'null' });
      if (test !== undefined) terms.push(`${test} || $v.fail(${sink}, 'must have another name', m)`);
    }
    if (terms.length === 0) return;
    this.#lines.push('for (const k in v) {', '  const m: unknown = v[k];', '  if (m === undefined) continue;');
    for (const term of terms) this.#must(term, '  ');
    this.#lines.push('}');
  }

  #items(): void {
    const node = this.#node;
    const count = (test: string, words: string): void => this.#must(orFail(test, `must have ${words}`, this.#target));
    if ((node.minItems ?? 0) > 0)
      count(`v.length >= ${node.minItems}`, `at least ${counted(node.minItems ?? 0, 'item')}`);
    if (node.maxItems !== undefined) count(`v.length <= ${node.maxItems}`, `at most ${counted(node.maxItems, 'item')}`);
    const prefix = node.prefixItems ?? [];
    for (const [index, slot] of prefix.entries()) {
      const local = this.#local();
      const test = this.#checks.test(slot, { value: local, sink: `$v.at(c, ${index})` });
      if (test === undefined) continue;
      this.#lines.push(`const ${local}: unknown = v[${index}];`);
      this.#must(`v.length <= ${index} || ${test}`);
    }
    const item: TestTarget = { value: 'm', sink: '$v.at(c, i)' };
    const rest = node.items && this.#checks.test(node.items, item);
    if (rest !== undefined) this.#everyItem(prefix.length, rest);
    const unevaluated = node.unevaluatedItems && this.#checks.test(node.unevaluatedItems, item);
    const covered = unevaluated === undefined ? 'true' : coveredItem(node, this.#checks, true);
    if (covered !== 'true') this.#everyItem(0, `${covered} || ${unevaluated}`);
    if (node.uniqueItems === true) count('$v.isUnique(v)', 'no two equal items');
    if (node.contains !== undefined) this.#contains(node.contains);
  }

  #everyItem(from: number, test: string): void {
    this.#lines.push(`for (let i = ${from}; i < v.length; i++) {`, '  const m: unknown = v[i];');
    this.#must(test, '  ');
    this.#lines.push('}');
  }

  #contains(contains: SchemaNode): void {
    const least = this.#node.minContains ?? 1;
    const most = this.#node.maxContains;
    const test = this.#checks.holds(contains, 'm');
    const counter = `n${this.#local()}`;
    const tests = [least > 0 ? `${counter} >= ${least}` : '', most === undefined ? '' : `${counter} <= ${most}`];
    const bounds = tests.filter((bound) => bound !== '');
    if (bounds.length === 0) return;
    if (test === 'true') this.#lines.push(`const ${counter} = v.length;`);
    else if (test === 'false') this.#lines.push(`const ${counter}: number = 0;`);
    else this.#lines.push(`let ${counter} = 0;`, `for (const m of v) if (${test}) ${counter}++;`);
    const words = [least > 0 ? `at least ${least}` : '', most === undefined ? '' : `at most ${most}`];
    const expected = `must hold ${words.filter((word) => word !== '').join(' and ')} items that match`;
    this.#must(orFail(all(bounds), expected, this.#target));
  }

  #applicators(target: TestTarget): void {
    const node = this.#node;
    for (const part of [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])]) {
      this.#must(this.#checks.test(part, target));
    }
    if (node.anyOf !== undefined) this.#anyOf(node.anyOf, target);
    if (node.oneOf !== undefined) this.#oneOf(node.oneOf, target);
    if (node.not !== undefined) this.#must(this.#checks.notTest(node.not, target));
    if (node.if !== undefined) {
      const branches = [node.then, node.else].map((branch) => branch && this.#checks.test(branch, target));
      const [held, failed] = branches;
      const condition = this.#checks.test(node.if, { ...target, sink: 'null' }) ?? 'true';
      if (condition === 'true') this.#must(held);
      else if (condition === 'false') this.#must(failed);
      else if (held !== undefined || failed !== undefined) {
        this.#must(`(${condition} ? ${held ?? 'true'} : ${failed ?? 'true'})`);
      }
    }
  }

  #anyOf(branches: readonly SchemaNode[], target: TestTarget): void {
    const tests = branches.map((branch) => this.#checks.test(branch, { ...target, sink: 'null' }));
    const told = tests.filter((test) => test !== undefined);
    if (told.length === tests.length) {
      const possible = told.filter((test) => test !== 'false');
      this.#must([...possible, this.#none(branches)].join(' || '));
    }
  }

  #oneOf(branches: readonly SchemaNode[], target: TestTarget): void {
    const [sole, second] = branches;
    if (sole !== undefined && second === undefined) {
      this.#must(this.#checks.test(sole, target));
      return;
    }
    const counter = `n${this.#local()}`;
    const tests = branches.map((branch) => this.#checks.test(branch, { ...target, sink: 'null' }));
    this.#lines.push(`const ${counter}: number = ${sum(tests)};`);
    const several = failText(`must match only one of ${tests.length} alternatives`, this.#target);
    this.#must(`${counter} === 1 || (${counter} === 0 ? ${this.#none(branches)} : ${several})`);
  }

  /** Reports what the nearest alternative misses, of those with functions of their own. */
  #none(branches: readonly SchemaNode[]): string {
    const tries = branches.filter((branch) => this.#checks.weight(branch) > heaviestInline);
    const functions = tries.map((branch) => this.#checks.functionFor(branch));
    return `$v.noneHolds(c, v, ${branches.length}, [${functions.join(', ')}])`;
  }
}

/** In parentheses, unless it is one call or stands in parentheses already. */
function wrapped(test: string): string {
  const call = /^[$.\w]*/.exec(test)?.[0] ?? '';
  return closesAt(test, call.length) === test.length - 1 ? test : `(${test})`;
}

/** Where the parenthesis that opens at a position closes; -1 when none opens there. */
function closesAt(source: string, start: number): number {
  if (source[start] !== '(') return -1;
  let depth = 0;
  let quoted = false;
  for (let i = start; i < source.length; i++) {
    const char = source[i];
    if (quoted && char === '\\') i++;
    else if (char === "'") quoted = !quoted;
    else if (!quoted && char === '(') depth++;
    else if (!quoted && char === ')' && --depth === 0) return i;
  }
  return -1;
}
