/**
 * Reads TypeScript types off a schema. Sound where it speaks: what a type says holds for every valid event in the given
 * view (except kinds.ts's reading of schemas without `type`). What a type cannot say (patterns, bounds, `not`,
 * conditions) it leaves to the validators.
 */
import type { SchemaNode } from '../../../schema/ast.ts';
import { literalType } from '../js-text.ts';
import { choicesOf, hasDefault, type Place, placeOf, subschemasFor, unfold } from './conjuncts.ts';
import { defaultsBelow } from './defaults-below.ts';
import { type Doc, isAtom, type Member, never, type Type, type TypedPlace, union, unknown, type View } from './ir.ts';
import { type Kind, kindOf, kinds, kindsOf } from './kinds.ts';
import { isTagged } from './tagged.ts';

/** Beyond this many values a union of literals helps nobody, and slows every editor down. */
const mostLiterals = 2000;
/** The compiler multiplies choices that hold beside one another out, and gives up at 100,000. */
const mostCombinations = 1000;
/** Arrays in arrays and choices in choices beyond this depth are `unknown`; objects in objects have no bound. */
const mostNesting = 60;

export interface EventTypes {
  /** What handlers get: defaults filled in. */
  readonly seen: Type;
  /** What producers pass: a member with a default may be left out. */
  readonly sent: Type;
  /** The type at a pointer into the event, `unknown` where there is none to name. */
  at(pointer: string): Type;
}

export function buildTypes(root: SchemaNode): EventTypes {
  const builder = new TypeBuilder(root);
  const seen = builder.at([root], 'seen');
  const sent = builder.at([root], 'sent');
  builder.finish();
  return {
    seen,
    sent,
    at(pointer) {
      const type = builder.atPointer([root], pointer);
      builder.finish();
      return type;
    },
  };
}

class TypeBuilder {
  readonly #numbers = new Map<SchemaNode, number>();
  readonly #places = new Map<string, TypedPlace>();
  readonly #ids = new Map<string, number>();
  readonly #root: SchemaNode;
  readonly #reachesDefault: ReadonlySet<SchemaNode>;
  /** Objects wait here, so that the depth of a schema is not bounded by the stack. */
  readonly #waiting: (() => void)[] = [];
  #nesting = 0;

  constructor(root: SchemaNode) {
    this.#root = root;
    this.#reachesDefault = defaultsBelow(root);
  }

  finish(): void {
    for (let build = this.#waiting.pop(); build !== undefined; build = this.#waiting.pop()) build();
  }

  /** The type where all of `nodes` hold. `within`: the kinds that what stands beside them leaves open. */
  at(nodes: readonly SchemaNode[], view: View, within?: ReadonlySet<Kind>): Type {
    const all = unfold(nodes);
    const place = placeOf(nodes);
    const brand = all.find((node) => node.annotations?.brand !== undefined)?.annotations?.brand;
    const admitted = kindsOf(place, within);
    if (admitted === undefined) return unknown;
    if (admitted.size === 0) return never;
    const effective = place.some((node) => this.#reachesDefault.has(node)) ? view : 'seen';
    const identity = JSON.stringify([place.map((node) => this.#number(node)), within && [...within], brand]);
    const key = `${effective} ${identity}`;
    const known = this.#places.get(key);
    if (known !== undefined) return this.#refer(known);

    const target = targetOf(nodes);
    const typed: TypedPlace = {
      id: this.#ids.get(identity) ?? this.#ids.size,
      view: effective,
      doc: docOf([target ?? nodes[0] ?? this.#root]),
      ...givenName(brand, target, this.#root),
      shared: target !== undefined && target !== nodes[0],
    };
    this.#ids.set(identity, typed.id);
    this.#places.set(key, typed);
    const build = (): void => {
      typed.type = this.#build(place, effective, admitted);
      if (brand !== undefined && isScalar(typed.type)) typed.type = { kind: 'brand', of: typed.type, brand };
    };
    if (admitted.size === 1 && admitted.has('object')) {
      this.#waiting.push(build);
      return { kind: 'place', place: typed };
    }
    if (this.#nesting >= mostNesting) {
      typed.type = unknown;
      return unknown;
    }
    this.#nesting += 1;
    build();
    this.#nesting -= 1;
    return this.#refer(typed);
  }

  #refer(typed: TypedPlace): Type {
    return typed.type?.kind === 'atom' ? typed.type : { kind: 'place', place: typed };
  }

  #number(node: SchemaNode): number {
    const known = this.#numbers.get(node) ?? this.#numbers.size;
    this.#numbers.set(node, known);
    return known;
  }

  #build(place: Place, view: View, admitted: ReadonlySet<Kind>): Type {
    const listed = listedValues(place, admitted);
    if (listed !== undefined) return listed;
    return union(
      kinds
        .filter((kind) => admitted.has(kind))
        .map((kind) => {
          // Beside other kinds the object is a place of its own: `Address | null`, not a nullable interface.
          if (kind === 'object' && admitted.size > 1) return this.at(place, view, new Set(['object']));
          if (kind === 'object') return this.#object(place, view);
          if (kind === 'array') return this.#array(place, view);
          return scalar(place, kind);
        }),
    );
  }

  #object(place: Place, view: View): Type {
    const own = this.#ownMembers(place, view);
    const parts = own === undefined ? [] : [own];
    for (const choice of tellableChoices(place)) {
      const branches = choice.filter((branch) => kindsOf(placeOf([branch]), new Set(['object']))?.has('object'));
      if (branches.every((branch) => !speaksOfObjects(placeOf([branch])))) continue;
      const reached = branches.length === 1 || isTagged(branches);
      parts.push(union(branches.map((branch) => this.at([branch], reached ? view : 'plain', new Set(['object'])))));
    }
    return all(parts, { kind: 'object', members: [], index: unknown });
  }

  /** Undefined when nothing here speaks of members, choices aside. */
  #ownMembers(place: Place, view: View): Type | undefined {
    if (!place.some(speaksOfOwnMembers)) return undefined;
    const members: Member[] = [];
    for (const name of namesOf(place)) {
      const nodes = place.flatMap((node) => subschemasFor(node, name));
      const required = place.some((node) => node.required?.includes(name));
      const type = nodes.length === 0 ? unknown : this.at(nodes, view);
      const filled = nodes.length > 0 && hasDefault(nodes);
      const optional = view === 'seen' ? !required && !filled : view === 'sent' ? !required || filled : !required;
      // A name that another part forbids: nothing may ever stand there.
      if (optional && isAtom(type, 'never')) continue;
      members.push({ name, type, optional, doc: docOf(nodes) });
    }
    const index = this.#index(place, view);
    if (index === undefined) {
      const closed = place.some((node) => isFalse(node.additionalProperties) || isFalse(node.unevaluatedProperties));
      if (members.length > 0) return { kind: 'object', members };
      if (choicesOf(place).length > 0) return undefined;
      return { kind: 'object', members, index: closed ? never : unknown };
    }
    return { kind: 'object', members, index: covering(index, members) };
  }

  #index(place: Place, view: View): Type | undefined {
    const patterns = place.flatMap((node) => [...(node.patternProperties?.values() ?? [])]);
    const others = place
      .flatMap((node) => [node.additionalProperties, node.unevaluatedProperties])
      .filter((node) => node !== undefined);
    const types = patterns.map((node) => this.at([node], view));
    if (others.length > 0 && !others.some(isFalse)) types.push(this.at(others, view));
    return types.length === 0 ? undefined : union(types);
  }

  #array(place: Place, view: View): Type {
    const own = this.#ownItems(place, view);
    const parts = own === undefined ? [] : [own];
    for (const choice of tellableChoices(place)) {
      const branches = choice.filter((branch) => kindsOf(placeOf([branch]), new Set(['array']))?.has('array'));
      if (
        branches.some((branch) => !placeOf([branch]).some((n) => n.items !== undefined || n.prefixItems !== undefined))
      )
        continue;
      const reached = branches.length === 1;
      parts.push(union(branches.map((branch) => this.at([branch], reached ? view : 'plain', new Set(['array'])))));
    }
    return all(parts, { kind: 'array', item: unknown });
  }

  #ownItems(place: Place, view: View): Type | undefined {
    const nodes = place.filter((node) => node.items !== undefined || node.prefixItems !== undefined);
    if (nodes.length === 0) return undefined;
    const item = (position: number): Type => {
      const held = nodes.map((node) => node.prefixItems?.[position] ?? node.items).filter((node) => node !== undefined);
      return held.length === 0 ? unknown : this.at(held, view);
    };
    const positions = Math.max(...nodes.map((node) => node.prefixItems?.length ?? 0));
    const most = Math.min(
      ...place.map((node) => node.maxItems ?? Infinity),
      ...nodes.filter((node) => isFalse(node.items)).map((node) => node.prefixItems?.length ?? 0),
    );
    if (positions === 0 && most > 0) return { kind: 'array', item: item(0) };
    const length = Math.min(positions, most);
    const rest = most > positions ? item(positions) : undefined;
    return {
      kind: 'tuple',
      items: Array.from({ length }, (_, position) => item(position)),
      needed: Math.max(0, ...place.map((node) => node.minItems ?? 0)),
      ...(rest !== undefined && { rest }),
    };
  }

  atPointer(nodes: readonly SchemaNode[], pointer: string): Type {
    let held = nodes;
    for (const segment of pointer.split('/').slice(1)) {
      const name = segment.replaceAll('~1', '/').replaceAll('~0', '~');
      held = placeOf(held).flatMap((node) => subschemasFor(node, name));
    }
    return held.length === 0 ? unknown : this.at(held, 'seen');
  }
}

/** The first choices of a place that do not combine into more than the compiler can take. */
function tellableChoices(place: Place): readonly (readonly SchemaNode[])[] {
  let combinations = 1;
  return choicesOf(place).filter((choice) => {
    const size = combinationsOf(choice, 0);
    if (combinations * size > mostCombinations) return false;
    combinations *= size;
    return true;
  });
}

function combinationsOf(choice: readonly SchemaNode[], depth: number): number {
  if (depth > 8) return choice.length;
  let sum = 0;
  for (const branch of choice) {
    let product = 1;
    for (const inner of choicesOf(placeOf([branch]))) product *= combinationsOf(inner, depth + 1);
    sum += product;
    if (sum > mostCombinations) break;
  }
  return sum;
}

/** The subschema that a plain reference (nothing beside it) leads to; the node itself when it is none. */
function targetOf(nodes: readonly SchemaNode[]): SchemaNode | undefined {
  let [node] = nodes;
  if (nodes.length !== 1) return undefined;
  while (node?.ref !== undefined && node.allOf === undefined && placeOf([node]).length === placeOf([node.ref]).length) {
    node = node.ref;
  }
  return node;
}

function givenName(brand: string | undefined, target: SchemaNode | undefined, root: SchemaNode): { given?: string } {
  if (brand !== undefined) return { given: brand };
  if (target === undefined) return {};
  const [holder, name] = target.at.pointer.split('/').slice(-2);
  if (name !== undefined && (holder === 'definitions' || holder === '$defs')) {
    return { given: name.replaceAll('~1', '/').replaceAll('~0', '~') };
  }
  const title = target.annotations?.title;
  // A title that is a sentence is a description, and no name.
  if (title !== undefined && title.length <= 40 && title.split(/\s+/).length <= 5) return { given: title };
  if (target.at.pointer === '' && target.at.document !== root.at.document) {
    const file = target.at.document
      .split('/')
      .at(-1)
      ?.replace(/(\.schema)?\.(json|ya?ml)$/, '');
    if (file !== undefined && file !== '') return { given: file };
  }
  return {};
}

/** What is said here or behind a reference; a part of an `allOf` speaks of itself only. */
function docOf(nodes: readonly SchemaNode[]): Doc {
  const said = nodes
    .flatMap((node) => {
      const chain: SchemaNode[] = [];
      for (let at: SchemaNode | undefined = node; at !== undefined; at = at.ref) chain.push(at);
      return chain;
    })
    .map((node) => node.annotations)
    .filter((annotations) => annotations !== undefined);
  const title = said.find((a) => a.title !== undefined)?.title;
  const description = said.find((a) => a.description !== undefined)?.description;
  return {
    ...(title !== undefined && { title }),
    ...(description !== undefined && { description }),
    ...(said.some((a) => a.deprecated === true) && { deprecated: true }),
  };
}

function all(parts: readonly Type[], otherwise: Type): Type {
  const distinct = parts.filter((part) => !isAtom(part, 'unknown'));
  const [first, ...rest] = distinct;
  if (first === undefined) return otherwise;
  return rest.length === 0 ? first : { kind: 'intersection', of: distinct };
}

/** An index signature has to admit every declared member too; one that would become unreadable says `unknown`. */
function covering(index: Type, members: readonly Member[]): Type {
  const absent: Type[] = members.some((member) => member.optional) ? [{ kind: 'atom', text: 'undefined' }] : [];
  const whole = union([index, ...members.map((member) => member.type), ...absent]);
  return whole.kind === 'union' && whole.of.length > 6 ? unknown : whole;
}

function isFalse(node: SchemaNode | undefined): boolean {
  return node?.always === false;
}

function isScalar(type: Type): boolean {
  if (type.kind === 'union') return type.of.every(isScalar);
  return (
    type.kind === 'literals' || (type.kind === 'atom' && ['string', 'number', 'boolean', 'null'].includes(type.text))
  );
}

function speaksOfOwnMembers(node: SchemaNode): boolean {
  return (
    node.properties !== undefined ||
    node.patternProperties !== undefined ||
    node.additionalProperties !== undefined ||
    node.unevaluatedProperties !== undefined ||
    node.required !== undefined ||
    node.dependentRequired !== undefined ||
    node.dependentSchemas !== undefined ||
    (node.if !== undefined && placeOf([node.if]).some(speaksOfOwnMembers))
  );
}

function speaksOfObjects(place: Place, depth = 0): boolean {
  if (place.some(speaksOfOwnMembers) || depth > 8) return true;
  return choicesOf(place).some((choice) => choice.some((branch) => speaksOfObjects(placeOf([branch]), depth + 1)));
}

/** Declared names in the order they are written, then those that are only looked at. */
function namesOf(place: Place): ReadonlySet<string> {
  const names = new Set<string>();
  for (const node of place) for (const name of node.properties?.keys() ?? []) names.add(name);
  for (const node of place) for (const name of node.required ?? []) names.add(name);
  for (const node of place) {
    for (const [name, others] of node.dependentRequired ?? []) for (const n of [name, ...others]) names.add(n);
    const looked = [node.if, node.then, node.else, ...(node.dependentSchemas?.values() ?? [])];
    for (const inner of placeOf(looked.filter((part) => part !== undefined))) {
      for (const name of inner.properties?.keys() ?? []) names.add(name);
    }
  }
  return names;
}

/** The union of an `enum`, where it is worth one. */
function listedValues(place: Place, admitted: ReadonlySet<Kind>): Type | undefined {
  const [first, ...others] = place.flatMap((node) => (node.enum === undefined ? [] : [node.enum]));
  if (first === undefined || first.length > mostLiterals) return undefined;
  const inAll = others.map((values) => new Set(values.map((value) => JSON.stringify(value))));
  const values = first.filter(
    (value) => admitted.has(kindOf(value)) && inAll.every((texts) => texts.has(JSON.stringify(value))),
  );
  return union([{ kind: 'literals', texts: [...new Set(values.map(literalType))] }]);
}

function scalar(place: Place, kind: Kind): Type {
  const texts = scalarTexts(place, kind, 0);
  return texts === undefined ? { kind: 'atom', text: kind } : union([{ kind: 'literals', texts: [...texts] }]);
}

/** Literal types that a place leaves of one scalar kind; `undefined`: all of it. */
function scalarTexts(place: Place, kind: Kind, depth: number): ReadonlySet<string> | undefined {
  let left: ReadonlySet<string> | undefined;
  const narrow = (texts: ReadonlySet<string>): void => {
    const before = left;
    left = before === undefined ? texts : new Set([...texts].filter((text) => before.has(text)));
  };
  for (const node of place) {
    if (isFalse(node)) return new Set();
    if (node.types !== undefined && !node.types.some((t) => t === kind || (t === 'integer' && kind === 'number'))) {
      return new Set();
    }
    if (node.enum === undefined || node.enum.length > mostLiterals) continue;
    narrow(new Set(node.enum.filter((value) => kindOf(value) === kind).map(literalType)));
  }
  if (depth > 8) return left;
  for (const choice of choicesOf(place)) {
    const branches = choice.map((branch) => scalarTexts(placeOf([branch]), kind, depth + 1));
    if (branches.some((texts) => texts === undefined)) continue;
    narrow(new Set(branches.flatMap((texts) => [...(texts ?? [])])));
  }
  return left;
}
