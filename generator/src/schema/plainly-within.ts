import type { JsonType, SchemaNode } from './ast.ts';
import { OutOfBudget, spend } from './budget.ts';
import { equalJson } from './json.ts';
import { matchesPattern } from './patterns.ts';
import { isValid, type ValidateOptions } from './validate.ts';

/**
 * Whether containment can be read off: every keyword of `b` is met by a keyword of `a` that says the same or more. Most
 * pairs of versions differ in little and are compatible, and this costs a tenth of the search for a witness. `false`
 * proves nothing.
 */
export function isPlainlyWithin(a: SchemaNode, b: SchemaNode, options: ValidateOptions): boolean {
  try {
    return new Reading(options).isWithin([a], b, 0);
  } catch (error) {
    // An expression that takes long here may be none of the search's business.
    if (error instanceof OutOfBudget) return false;
    throw error;
  }
}

/** Recursive schemas, and alternatives of alternatives, are left to the search. */
const deepest = 48;
const mostSteps = 20_000;

class Reading {
  readonly #options: ValidateOptions;
  #steps = 0;

  constructor(options: ValidateOptions) {
    this.#options = options;
  }

  /** What all of `written` accept, `b` accepts. */
  isWithin(written: readonly SchemaNode[], b: SchemaNode, depth: number): boolean {
    spend();
    if (++this.#steps > mostSteps || depth > deepest) return false;
    if (b.always !== undefined) return b.always || written.some(isNever);
    const a = withWhatHoldsBeside(written);
    if (a.some((node) => node === b || isNever(node))) return true;
    const listed = a.find((node) => node.enum !== undefined)?.enum;
    if (listed !== undefined) return listed.every((value) => isValid(b, value, this.#options));
    if (isIntricate(b)) return a.some((node) => this.#saysTheSame(node, b, depth));
    return (
      holdsType(a, b) &&
      (!mayBe(a, ['integer', 'number']) || holdsNumbers(a, b)) &&
      (!mayBe(a, ['string']) || this.#holdsTexts(a, b)) &&
      (!mayBe(a, ['array']) || this.#holdsItems(a, b, depth + 1)) &&
      (!mayBe(a, ['object']) || this.#holdsMembers(a, b, depth + 1)) &&
      this.#holdsParts(a, b, depth + 1)
    );
  }

  #holdsTexts(a: readonly SchemaNode[], b: SchemaNode): boolean {
    return (
      (b.pattern === undefined || a.some(({ pattern }) => pattern === b.pattern)) &&
      (b.format === undefined || !this.#options.assertFormats || a.some(({ format }) => format === b.format)) &&
      atLeast(a, b, 'minLength') &&
      atMost(a, b, 'maxLength')
    );
  }

  #holdsItems(a: readonly SchemaNode[], b: SchemaNode, depth: number): boolean {
    if (!atLeast(a, b, 'minItems') || !atMost(a, b, 'maxItems')) return false;
    if (b.uniqueItems === true && !a.some(({ uniqueItems }) => uniqueItems === true)) return false;
    const slots = Math.max(...[b, ...a].map(({ prefixItems = [] }) => prefixItems.length));
    for (let index = 0; index <= slots; index += 1) {
      const wanted = b.prefixItems?.[index] ?? b.items;
      const given = a.map((node) => node.prefixItems?.[index] ?? node.items).filter((node) => node !== undefined);
      if (wanted !== undefined && !this.isWithin(given, wanted, depth)) return false;
    }
    return true;
  }

  #holdsMembers(a: readonly SchemaNode[], b: SchemaNode, depth: number): boolean {
    if (!atLeast(a, b, 'minProperties') || !atMost(a, b, 'maxProperties')) return false;
    if (!(b.required ?? []).every((name) => a.some(({ required }) => required?.includes(name) === true))) return false;
    for (const [name, wanted] of b.properties ?? []) {
      if (!this.isWithin(membersOf(a, name), wanted, depth)) return false;
    }
    const names = new Set(a.flatMap(({ properties }) => [...(properties?.keys() ?? [])]));
    for (const [pattern, wanted] of b.patternProperties ?? []) {
      const same = a.map((node) => node.patternProperties?.get(pattern)).filter((node) => node !== undefined);
      if (this.isWithin(same, wanted, depth)) continue;
      const others = a.filter((node) => node.patternProperties === undefined).map((node) => node.additionalProperties);
      const unnamed = others.filter((node) => node !== undefined);
      const matching = [...names].filter((name) => matchesPattern(pattern, name));
      if (!matching.every((name) => this.isWithin(membersOf(a, name), wanted, depth))) return false;
      if (!this.isWithin(unnamed, wanted, depth)) return false;
    }
    if (b.additionalProperties !== undefined && !this.#holdsRest(a, b, b.additionalProperties, names, depth)) {
      return false;
    }
    const { propertyNames } = b;
    return (
      propertyNames === undefined ||
      a.some((node) => node.propertyNames !== undefined && this.isWithin([node.propertyNames], propertyNames, depth))
    );
  }

  /** Members that `b` leaves to its `additionalProperties`: by name, by pattern of `a`, or neither. */
  #holdsRest(
    a: readonly SchemaNode[],
    b: SchemaNode,
    wanted: SchemaNode,
    names: ReadonlySet<string>,
    depth: number,
  ): boolean {
    const patterns = [...(b.patternProperties?.keys() ?? [])];
    for (const name of names) {
      if (b.properties?.has(name) === true || patterns.some((pattern) => matchesPattern(pattern, name))) continue;
      if (!this.isWithin(membersOf(a, name), wanted, depth)) return false;
    }
    for (const node of a) {
      for (const [pattern, member] of node.patternProperties ?? []) {
        if (b.patternProperties?.has(pattern) !== true && !this.isWithin([member], wanted, depth)) return false;
      }
    }
    const rest = a.map((node) => node.additionalProperties).filter((node) => node !== undefined);
    return this.isWithin(rest, wanted, depth);
  }

  #holdsParts(a: readonly SchemaNode[], b: SchemaNode, depth: number): boolean {
    if (b.ref !== undefined && !this.isWithin(a, b.ref, depth)) return false;
    if (b.allOf?.every((part) => this.isWithin(a, part, depth)) === false) return false;
    const { anyOf } = b;
    if (anyOf === undefined) return true;
    const isWithinOne = (nodes: readonly SchemaNode[]): boolean =>
      anyOf.some((part) => this.isWithin(nodes, part, depth));
    return (
      isWithinOne(a) ||
      a.some((node) => [node.anyOf, node.oneOf].some((parts) => parts?.every((part) => isWithinOne([...a, part]))))
    );
  }

  /** Keyword by keyword, whatever it is. */
  #saysTheSame(a: unknown, b: unknown, depth: number): boolean {
    spend();
    if (a === b) return true;
    if (++this.#steps > mostSteps || depth > deepest) return false;
    if (a instanceof Map && b instanceof Map) {
      return a.size === b.size && [...a].every(([key, value]) => this.#saysTheSame(value, b.get(key), depth + 1));
    }
    if (Array.isArray(a) && Array.isArray(b)) {
      return a.length === b.length && a.every((value, index) => this.#saysTheSame(value, b[index], depth + 1));
    }
    if (!isNode(a) || !isNode(b)) return false;
    const keys = keywordsOf(a);
    return (
      keys.length === keywordsOf(b).length &&
      keys.every((key) =>
        key === 'enum' ? equalJson(a.enum ?? [], b.enum ?? []) : this.#saysTheSame(a[key], b[key], depth + 1),
      )
    );
  }
}

const silent: ReadonlySet<string> = new Set(['at', 'annotations', 'default']);

function keywordsOf(node: SchemaNode): (keyof SchemaNode)[] {
  return (Object.keys(node) as (keyof SchemaNode)[]).filter((key) => !silent.has(key) && node[key] !== undefined);
}

function isNode(value: unknown): value is SchemaNode {
  return typeof value === 'object' && value !== null && 'at' in value;
}

function isNever({ always }: SchemaNode): boolean {
  return always === false;
}

/** With keywords whose meaning lies in how they act together. */
function isIntricate(node: SchemaNode): boolean {
  return (
    node.enum !== undefined ||
    node.exact !== undefined ||
    node.oneOf !== undefined ||
    node.not !== undefined ||
    node.if !== undefined ||
    node.contains !== undefined ||
    node.dependentRequired !== undefined ||
    node.dependentSchemas !== undefined ||
    node.unevaluatedItems !== undefined ||
    node.unevaluatedProperties !== undefined
  );
}

/** A node, what it refers to, and its conjuncts. */
function withWhatHoldsBeside(nodes: readonly SchemaNode[]): readonly SchemaNode[] {
  if (nodes.every(({ ref, allOf }) => ref === undefined && allOf === undefined)) return nodes;
  const all = new Set(nodes);
  // A set that grows while it is walked: what is added is walked too.
  for (const { ref, allOf = [] } of all) for (const part of [ref, ...allOf]) if (part !== undefined) all.add(part);
  return [...all];
}

/** What the nodes say of a member of that name. */
function membersOf(nodes: readonly SchemaNode[], name: string): SchemaNode[] {
  return nodes.flatMap(({ properties, patternProperties, additionalProperties }) => {
    const own = properties?.get(name);
    const said = own === undefined ? [] : [own];
    for (const [pattern, part] of patternProperties ?? []) if (matchesPattern(pattern, name)) said.push(part);
    return said.length > 0 || additionalProperties === undefined ? said : [additionalProperties];
  });
}

function mayBe(a: readonly SchemaNode[], types: readonly JsonType[]): boolean {
  return a.every((node) => node.types === undefined || node.types.some((type) => types.includes(type)));
}

function holdsType(a: readonly SchemaNode[], { types }: SchemaNode): boolean {
  if (types === undefined) return true;
  const isTaken = (type: JsonType): boolean => types.includes(type) || (type === 'integer' && types.includes('number'));
  return a.some((node) => node.types?.every(isTaken) === true);
}

function holdsNumbers(a: readonly SchemaNode[], b: SchemaNode): boolean {
  // What no double holds is beside the keyword, and both have to be read.
  const plain = a.filter(({ exact }) => exact === undefined);
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = b;
  const some = (holds: (node: SchemaNode) => boolean): boolean => plain.some(holds);
  const above = (limit: number) => (node: SchemaNode) => (node.exclusiveMinimum ?? Number.NEGATIVE_INFINITY) >= limit;
  const below = (limit: number) => (node: SchemaNode) => (node.exclusiveMaximum ?? Number.POSITIVE_INFINITY) <= limit;
  return (
    (multipleOf === undefined || some((node) => node.multipleOf === multipleOf)) &&
    (exclusiveMinimum === undefined || some(above(exclusiveMinimum))) &&
    (exclusiveMaximum === undefined || some(below(exclusiveMaximum))) &&
    (minimum === undefined || some(above(minimum)) || some((node) => (node.minimum ?? -Infinity) >= minimum)) &&
    (maximum === undefined || some(below(maximum)) || some((node) => (node.maximum ?? Infinity) <= maximum))
  );
}

type Least = 'minLength' | 'minItems' | 'minProperties';
type Most = 'maxLength' | 'maxItems' | 'maxProperties';

function atLeast(a: readonly SchemaNode[], b: SchemaNode, keyword: Least): boolean {
  const least = b[keyword];
  return least === undefined || a.some((node) => (node[keyword] ?? 0) >= least);
}

function atMost(a: readonly SchemaNode[], b: SchemaNode, keyword: Most): boolean {
  const most = b[keyword];
  return most === undefined || a.some((node) => (node[keyword] ?? Number.POSITIVE_INFINITY) <= most);
}
