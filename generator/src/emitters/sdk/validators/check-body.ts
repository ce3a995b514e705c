import type { SchemaNode } from '../../../schema/ast.ts';
import { throughReferences } from '../../../schema/standing.ts';
import { quoted } from '../js-text.ts';
import { type CoverageContext, coverage, coveredItem } from './coverage.ts';
import { counted, inParts, memberText } from './source-text.ts';
import type { ValidatorNames } from './validator-names.ts';
import {
  all,
  enumValues,
  expectedType,
  failText,
  inTurn,
  orFail,
  sum,
  type TestTarget,
  typeTest,
  valueTests,
} from './value-tests.ts';

/** Expressions for the subschemas that a function looks at. */
export interface CheckTests extends CoverageContext {
  /** Undefined when every value passes. */
  test(node: SchemaNode, target: TestTarget): string | undefined;
  /** Undefined when nothing is excluded. */
  notTest(not: SchemaNode, target: TestTarget): string | undefined;
  functionFor(node: SchemaNode): string;
  /** Tested by a function of its own. */
  isHeavy(node: SchemaNode): boolean;
}

/** The body of one function: `v` is the value, `c` the sink. */
export class CheckBody {
  readonly #checks: CheckTests;
  readonly #node: SchemaNode;
  readonly #names: ValidatorNames;
  readonly #assertFormats: boolean;
  readonly #lines: string[] = [];
  readonly #target: TestTarget = { value: 'v', sink: 'c', fresh: true };
  #locals = 0;

  constructor(checks: CheckTests, node: SchemaNode, names: ValidatorNames, assertFormats: boolean) {
    this.#checks = checks;
    this.#node = node;
    this.#names = names;
    this.#assertFormats = assertFormats;
  }

  text(name: string): string {
    const node = this.#node;
    if (node.always === false) this.#must(failText('must not be present', this.#target));
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
    this.#applicators({ ...this.#target, fresh: single === undefined });
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

  #eachInParts<T>(all: readonly T[], write: (one: T) => void): void {
    const before = this.#lines.length;
    const groups = all.map((one) => {
      const start = this.#lines.length;
      write(one);
      return this.#lines.slice(start);
    });
    this.#lines.splice(before);
    this.#lines.push(...inParts(groups));
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
    const first = new Set(told);
    this.#eachInParts([...told, ...names.filter((each) => !first.has(each))], (name) => {
      this.#member(name, properties.get(name), required.has(name));
    });
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
      schema === undefined
        ? undefined
        : this.#checks.test(schema, { value: local, sink: `$v.at(c, ${quoted(name)})`, fresh: true });
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
    const member: TestTarget = { value: 'm', sink, fresh: true };
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
    this.#eachInParts([...prefix.entries()], ([index, slot]) => {
      const local = this.#local();
      const test = this.#checks.test(slot, { value: local, sink: `$v.at(c, ${index})`, fresh: true });
      if (test === undefined) return;
      this.#lines.push(`const ${local}: unknown = v[${index}];`);
      this.#must(`v.length <= ${index} || ${test}`);
    });
    const item: TestTarget = { value: 'm', sink: '$v.at(c, i)' };
    const rest = node.items && this.#checks.test(node.items, { ...item, fresh: true });
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
    const test = this.#checks.holds(contains, 'm', true);
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
      const told = { ...target, fresh: false };
      const held = node.then && this.#checks.test(node.then, told);
      const failed = node.else && this.#checks.test(node.else, told);
      const condition = this.#checks.test(node.if, { ...target, sink: 'null' }) ?? 'true';
      if (condition === 'true') this.#must(held);
      else if (condition === 'false') this.#must(failed);
      else if (held !== undefined || failed !== undefined) {
        this.#must(`(${condition} ? ${held ?? 'true'} : ${failed ?? 'true'})`);
      }
    }
  }

  #anyOf(branches: readonly SchemaNode[], target: TestTarget): void {
    const tests = inTurn(branches, { ...target, sink: 'null' }, (branch, each) => this.#checks.test(branch, each));
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
    const tries = branches.filter((branch) => this.#checks.isHeavy(branch));
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
