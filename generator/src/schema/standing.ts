import type { SchemaNode } from './ast.ts';
import { spend } from './budget.ts';
import { inPlace } from './progress.ts';

/**
 * What stands at one place of an instance, before and after references, conjunctions and alternatives are followed.
 * A place holds objects or arrays differently (`anyOf: [null, object]` is one alternative for objects), so a standing
 * is unfolded once for each of the two kinds.
 */
export type Kind = 'object' | 'array';

/** Nodes that hold together. Empty: the alternative `true`. */
export type Alternative = readonly SchemaNode[];

export interface Standing {
  /** Hold here whatever else does; the defaults of a place come from these alone. */
  readonly must: readonly SchemaNode[];
  /** One alternative of each group holds. */
  readonly groups: readonly (readonly Alternative[])[];
  /** Under `not`, `if` or `contains`: they name members, and say nothing about what must hold. */
  readonly looked: readonly SchemaNode[];
}

/** An `anyOf` or `oneOf` beside, of which at least two branches admit the kind of value. */
export interface Choice {
  readonly owner: SchemaNode;
  readonly keyword: 'anyOf' | 'oneOf';
  readonly branches: readonly SchemaNode[];
}

export interface Unfolded {
  /** With the number of references and conjunctions between the place and the node: nearer defaults win. */
  readonly must: ReadonlyMap<SchemaNode, number>;
  readonly choices: readonly Choice[];
  readonly groups: readonly (readonly Alternative[])[];
  readonly looked: ReadonlySet<SchemaNode>;
  /** There were more combinations of alternatives than are worth telling apart. */
  readonly blurred: boolean;
}

const nothing: Unfolded = { must: new Map(), choices: [], groups: [], looked: new Set(), blurred: false };

/** Combinations inside one alternative beyond which they are no longer told apart. */
const mostAlternatives = 64;

export class Unfolder {
  readonly #numbers = new Map<SchemaNode, number>();
  readonly #admits = { object: new Map<SchemaNode, boolean>(), array: new Map<SchemaNode, boolean>() };
  readonly #closed = { object: new Map<SchemaNode, Closure>(), array: new Map<SchemaNode, Closure>() };

  /** Identity of a standing with everything said once, whatever the order in which it was gathered. */
  key(standing: Standing): string {
    const groups = standing.groups.map((group) =>
      group
        .map((nodes) => this.#setKey(nodes))
        .sort()
        .join('|'),
    );
    return [this.#setKey(standing.must), groups.sort().join('&'), this.#setKey(standing.looked)].join(';');
  }

  /** The same standing with everything said once. */
  distinct({ must, groups, looked }: Standing): Standing {
    const keyed = groups.map((group) => {
      const alternatives = new Map(group.map((nodes) => [this.#setKey(nodes), [...new Set(nodes)]]));
      return [[...alternatives.keys()].sort().join('|'), [...alternatives.values()]] as const;
    });
    return { must: [...new Set(must)], groups: [...new Map(keyed).values()], looked: [...new Set(looked)] };
  }

  #setKey(nodes: readonly SchemaNode[]): string {
    if (nodes.length < 2) return nodes.map((node) => this.#number(node)).join();
    return [...new Set(nodes.map((node) => this.#number(node)))].sort((a, b) => a - b).join();
  }

  #number(node: SchemaNode): number {
    const known = this.#numbers.get(node) ?? this.#numbers.size;
    this.#numbers.set(node, known);
    return known;
  }

  /** `chosen` holds the branches that a tag has selected; they stand beside. */
  unfold(standing: Standing, kind: Kind, chosen: ReadonlyMap<SchemaNode, ReadonlySet<SchemaNode>>): Unfolded {
    const [sole, second] = standing.must;
    const isSole = second === undefined && standing.groups.length === 0 && standing.looked.length === 0;
    if (isSole && sole !== undefined && inPlace(sole).length === 0) return { ...nothing, must: new Map([[sole, 0]]) };
    const must = new Map<SchemaNode, number>();
    const choices: Choice[] = [];
    const groups: Alternative[][] = [];
    const looked = new Set<SchemaNode>();
    let blurred = false;
    const addGroup = (seeds: readonly Alternative[]): void => {
      if (seeds.length === 0) return;
      const closures = seeds.map((nodes) => this.#closeAll(nodes, kind));
      blurred ||= closures.some((closure) => closure.blurred);
      groups.push(this.#distinct(closures.flatMap((closure) => closure.alternatives)));
    };
    const queue: (readonly [SchemaNode, number])[] = standing.must.map((node) => [node, 0]);
    // A loop over a growing queue: nearer nodes come first, so the first depth of a node is its smallest.
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      spend();
      const [node, depth] = next;
      if (must.has(node)) continue;
      must.set(node, depth);
      if (node.ref !== undefined) queue.push([node.ref, depth + 1]);
      for (const part of node.allOf ?? []) queue.push([part, depth + 1]);
      for (const keyword of ['anyOf', 'oneOf'] as const) {
        const all = node[keyword];
        if (all === undefined) continue;
        const branches = this.#possible(all, kind);
        const [sole, second] = branches;
        const selected = branches.find((branch) => chosen.get(node)?.has(branch) === true);
        if (selected !== undefined) queue.push([selected, depth + 1]);
        else if (sole !== undefined && second === undefined) queue.push([sole, depth + 1]);
        else if (second !== undefined) choices.push({ owner: node, keyword, branches });
      }
      for (const group of this.#conditions(node, kind)) {
        const [sole, second] = group;
        if (sole !== undefined && second === undefined) for (const part of sole) queue.push([part, depth + 1]);
        else addGroup(group);
      }
    }
    for (const group of standing.groups) {
      addGroup(group.filter((nodes) => nodes.every((node) => this.admits(node, kind))));
    }
    for (const choice of choices) addGroup(choice.branches.map((branch) => [branch]));
    for (const node of standing.looked) lookThrough(node, looked);
    for (const node of must.keys()) lookFrom(node, looked);
    for (const group of groups) for (const nodes of group) for (const node of nodes) lookFrom(node, looked);
    return { must, choices, groups, looked, blurred };
  }

  /** Nodes that hold wherever this one does. */
  beside(node: SchemaNode, kind: Kind): ReadonlyMap<SchemaNode, number> {
    return this.unfold({ must: [node], groups: [], looked: [] }, kind, new Map()).must;
  }

  /** Whether `type`, `const` and `enum` leave room for an object (an array). */
  admits(node: SchemaNode, kind: Kind): boolean {
    const known = this.#admits[kind].get(node);
    if (known !== undefined) return known;
    const every = [...(node.ref === undefined ? [] : [node.ref]), ...(node.allOf ?? [])];
    const some = [node.anyOf, node.oneOf].filter((branches) => branches !== undefined);
    const answer =
      node.always !== false &&
      (node.types === undefined || node.types.includes(kind)) &&
      (node.enum === undefined || node.enum.some((value) => kindOf(value) === kind)) &&
      every.every((part) => this.admits(part, kind)) &&
      some.every((branches) => branches.some((branch) => this.admits(branch, kind)));
    this.#admits[kind].set(node, answer);
    return answer;
  }

  /** The branches that admit the kind; an only one is no choice, whatever it admits. */
  #possible(branches: readonly SchemaNode[], kind: Kind): readonly SchemaNode[] {
    return branches.length === 1 ? branches : branches.filter((branch) => this.admits(branch, kind));
  }

  /** `then` or `else`, and each dependent schema or nothing; only what admits the kind. */
  #conditions(node: SchemaNode, kind: Kind): Alternative[][] {
    if (node.if === undefined && node.dependentSchemas === undefined) return [];
    const groups: Alternative[][] = [];
    const present = (branch: SchemaNode | undefined): Alternative => (branch === undefined ? [] : [branch]);
    if (node.if !== undefined && (node.then !== undefined || node.else !== undefined)) {
      groups.push([present(node.then), present(node.else)]);
    }
    for (const dependent of node.dependentSchemas?.values() ?? []) groups.push([[dependent], []]);
    return groups.map((group) => group.filter((nodes) => nodes.every((part) => this.admits(part, kind))));
  }

  #closeAll(nodes: readonly SchemaNode[], kind: Kind): Closure {
    return this.#product(nodes.map((node) => this.#close(node, kind)));
  }

  #close(node: SchemaNode, kind: Kind): Closure {
    const known = this.#closed[kind].get(node);
    if (known !== undefined) return known;
    const parts: Closure[] = [{ alternatives: [[node]], blurred: false }];
    if (node.ref !== undefined) parts.push(this.#close(node.ref, kind));
    for (const part of node.allOf ?? []) parts.push(this.#close(part, kind));
    const groups = this.#conditions(node, kind);
    for (const branches of [node.anyOf, node.oneOf]) {
      if (branches !== undefined) {
        groups.push(this.#possible(branches, kind).map((branch) => [branch]));
      }
    }
    for (const group of groups) {
      const closures = group.map((alternative) => this.#closeAll(alternative, kind));
      parts.push({
        alternatives: this.#distinct(closures.flatMap((closure) => closure.alternatives)),
        blurred: closures.some((closure) => closure.blurred),
      });
    }
    const closure = this.#product(parts);
    this.#closed[kind].set(node, closure);
    return closure;
  }

  #product(parts: readonly Closure[]): Closure {
    let alternatives: Alternative[] = [[]];
    let blurred = parts.some((part) => part.blurred);
    for (const part of parts) {
      spend();
      if (alternatives.length * part.alternatives.length > mostAlternatives) {
        blurred = true;
        alternatives = [...alternatives, ...part.alternatives];
      } else {
        alternatives = alternatives.flatMap((left) => part.alternatives.map((right) => [...left, ...right]));
      }
    }
    return { alternatives: this.#distinct(alternatives), blurred };
  }

  #distinct(alternatives: readonly Alternative[]): Alternative[] {
    return [...new Map(alternatives.map((nodes) => [this.#setKey(nodes), [...new Set(nodes)]])).values()];
  }
}

interface Closure {
  readonly alternatives: readonly Alternative[];
  readonly blurred: boolean;
}

function lookFrom(node: SchemaNode, into: Set<SchemaNode>): void {
  if (node.not !== undefined) lookThrough(node.not, into);
  if (node.if !== undefined) lookThrough(node.if, into);
}

function lookThrough(node: SchemaNode, into: Set<SchemaNode>): void {
  if (into.has(node)) return;
  into.add(node);
  for (const part of [node.ref, node.not, node.if, node.then, node.else]) {
    if (part !== undefined) lookThrough(part, into);
  }
  for (const parts of [node.allOf, node.anyOf, node.oneOf, node.dependentSchemas?.values()]) {
    for (const part of parts ?? []) lookThrough(part, into);
  }
}

/** Where a node leads that does nothing but refer; its default and its words belong to the member, not to the place. */
export function throughReferences(node: SchemaNode): SchemaNode {
  let found = node;
  while (found.ref !== undefined && Object.keys(found).every((key) => refers.has(key))) found = found.ref;
  return found;
}

const refers: ReadonlySet<string> = new Set(['at', 'ref', 'default', 'annotations']);

export function kindOf(value: unknown): Kind | 'scalar' {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'object' && value !== null ? 'object' : 'scalar';
}
