import type { SchemaNode } from '../../../schema/ast.ts';
import { byCodeUnit } from '../../../schema/json.ts';
import { throughReferences } from '../../../schema/standing.ts';
import { quoted } from '../js-text.ts';
import { CheckBody, type CheckTests } from './check-body.ts';
import { namesText, patternText } from './source-text.ts';
import type { Declaration, ValidatorNames } from './validator-names.ts';
import { all, anyOf, exactlyOne, failText, inTurn, orFail, type TestTarget, valueTests } from './value-tests.ts';
import { Weights } from './weight.ts';

/**
 * The functions that test a value against a schema, `(value, sink) => boolean`: one for each subschema that looks
 * inside a value or is met more than once; the others are written where they are needed.
 */
export class CheckFunctions implements CheckTests {
  readonly #names: ValidatorNames;
  readonly #assertFormats: boolean;
  readonly #functions = new Map<SchemaNode, string>();
  readonly #waiting: SchemaNode[] = [];
  readonly #weights = new Weights();

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
    if (this.isHeavy(node)) return `${this.functionFor(node)}(${target.value}, ${target.sink})`;
    const terms = [...valueTests(node, target, this.#names, this.#assertFormats)];
    const next = (): TestTarget => (terms.length === 0 ? target : { ...target, fresh: false });
    for (const part of [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])]) {
      const test = this.test(part, next());
      if (test !== undefined) terms.push(test);
    }
    if (node.anyOf !== undefined) {
      const tests = inTurn(node.anyOf, { ...next(), sink: 'null' }, (branch, each) => this.test(branch, each));
      const told = tests.filter((test) => test !== undefined);
      if (told.length === tests.length) {
        terms.push(orFail(anyOf(told), `must match one of ${tests.length} alternatives`, target));
      }
    }
    if (node.oneOf !== undefined) {
      const quiet = { ...next(), sink: 'null' };
      const tests = node.oneOf.map((branch) => this.test(branch, quiet));
      terms.push(orFail(exactlyOne(tests), `must match exactly one of ${tests.length} alternatives`, target));
    }
    const not = node.not && this.notTest(node.not, next());
    if (not !== undefined) terms.push(not);
    const open = terms.filter((term) => term !== 'true');
    return open.length === 0 ? undefined : all(open);
  }

  /** Undefined when nothing is excluded. */
  notTest(not: SchemaNode, target: TestTarget): string | undefined {
    const test = this.test(not, { ...target, sink: 'null' }) ?? 'true';
    if (test === 'false') return undefined;
    return orFail(test === 'true' ? 'false' : `!(${test})`, 'must not match what is excluded', target);
  }

  isHeavy(node: SchemaNode): boolean {
    return this.#weights.isHeavy(node);
  }

  /** The bare answer. */
  holds(node: SchemaNode, value: string, fresh = false): string {
    return this.test(node, { value, sink: 'null', fresh }) ?? 'true';
  }

  matchesName(pattern: string, key: string): string {
    return `${this.#names.constant('pattern', patternText(pattern))}.test(${key})`;
  }

  /** Whether the key is one of the names. */
  isNamed(names: readonly string[], key: string): string {
    if (names.length <= 3) return anyOf(names.map((name) => `${key} === ${quoted(name)}`));
    return `${this.#names.constant('names', namesText([...names].sort(byCodeUnit)))}.has(${key})`;
  }
}
