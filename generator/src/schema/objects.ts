import type { Json, SchemaNode } from './ast.ts';
import { join, meets, oneOfValues, type SearchContext } from './context.ts';
import { type Demand, type Found, none, unknown, value } from './found.ts';
import { makeObject } from './json.ts';
import { type MemberGroup, nowhere, type ObjectLiteral } from './literals.ts';
import { matchesPattern } from './patterns.ts';

/**
 * An object that meets a conjunction of literals. Member values do not depend on each other, so the work is to choose
 * names: those that are mentioned anywhere stand for themselves, and all others fall into *cells*, one for each way of
 * matching the patterns at hand, within which one name is as good as another.
 */
type Some = Extract<ObjectLiteral, { kind: 'some' }>;

interface Cell {
  readonly like: readonly string[];
  readonly unlike: readonly string[];
}

/** A member whose name is still open. */
interface Fresh {
  readonly cell: Cell;
  readonly name: Demand;
  readonly demand: Demand;
}

/** More padding than this for `minProperties` is not written out. */
const maxPadding = 2_000;
const patternNodes = new Map<string, SchemaNode>();
const notEmpty: SchemaNode = { at: nowhere, minLength: 1 };

function patternNode(pattern: string): SchemaNode {
  const known = patternNodes.get(pattern) ?? { at: nowhere, pattern };
  if (patternNodes.size > 1_000) patternNodes.clear();
  patternNodes.set(pattern, known);
  return known;
}

export function findObject(literals: readonly ObjectLiteral[], context: SearchContext): Found {
  return new ObjectSearch(literals, context).run();
}

class ObjectSearch {
  readonly #context: SearchContext;
  #min = 0;
  #max = Number.POSITIVE_INFINITY;
  readonly #present = new Map<string, Demand>();
  readonly #absent = new Set<string>();
  readonly #names: SchemaNode[] = [];
  readonly #groups: MemberGroup[] = [];
  readonly #some: Some[] = [];
  readonly #known = new Set<string>();
  #unknown: Found | undefined;

  constructor(literals: readonly ObjectLiteral[], context: SearchContext) {
    this.#context = context;
    for (const literal of literals) this.#take(literal);
  }

  #take(literal: ObjectLiteral): void {
    switch (literal.kind) {
      case 'size':
        this.#min = Math.max(this.#min, literal.min);
        this.#max = Math.min(this.#max, literal.max);
        break;
      case 'present':
        this.#present.set(literal.name, join(this.#present.get(literal.name), literal.demand));
        break;
      case 'absent':
        this.#absent.add(literal.name);
        break;
      case 'names':
        this.#names.push(literal.node);
        break;
      case 'members':
        this.#groups.push(literal.group);
        break;
      case 'some':
        this.#some.push(literal);
        break;
    }
  }

  run(): Found {
    if (this.#min > this.#max || this.#present.size > this.#max) return none;
    for (const name of this.#present.keys()) if (this.#absent.has(name)) return none;
    // Those with a demand of their own first: when something contradicts, it is most likely there.
    const present = [...this.#present].sort(([, a], [, b]) => Number(isFree(a)) - Number(isFree(b)));
    for (const [name, demand] of present) {
      if (!this.#isLegal(name)) return none;
      const found = this.#member(name, demand);
      if (found.kind === 'none') return none;
      if (found.kind === 'unknown') this.#unknown ??= found;
    }
    const members = new Map(this.#present);
    if (this.#some.length > 0 || this.#min > members.size) this.#collectKnown();
    const found = this.#assign(0, members, []);
    if (found.kind === 'none' && this.#unknown !== undefined) return this.#unknown;
    return found;
  }

  #collectKnown(): void {
    for (const name of this.#present.keys()) this.#known.add(name);
    for (const name of this.#absent) this.#known.add(name);
    for (const { names } of this.#groups) for (const name of names.keys()) this.#known.add(name);
    for (const { except } of this.#some) for (const name of except) this.#known.add(name);
  }

  #isLegal(name: string): boolean {
    return this.#names.every((node) => this.#context.isValid(node, name));
  }

  /**
   * What the groups demand of a member, by its name or by the patterns that an open name matches. `undefined` stands for
   * a pattern that is not decided yet, and demands nothing.
   */
  #demandOf(name: string | undefined, matches: (pattern: string) => boolean | undefined): Demand {
    const holds: SchemaNode[] = [];
    for (const { names, patterns, others } of this.#groups) {
      let covered = name !== undefined && names.has(name);
      const own = name === undefined ? undefined : names.get(name);
      if (own !== undefined && own.always !== true) holds.push(own);
      for (const [pattern, node] of patterns) {
        const matched = matches(pattern);
        if (matched === false) continue;
        covered = true;
        if (matched === true && node !== undefined && node.always !== true) holds.push(node);
      }
      if (!covered && others !== undefined && others.always !== true) holds.push(others);
    }
    return { holds, fails: [] };
  }

  #member(name: string, demand: Demand): Found {
    return this.#context.find(
      join(
        this.#demandOf(name, (pattern) => matchesPattern(pattern, name)),
        demand,
      ),
    );
  }

  #freshMember({ cell, demand }: Fresh): Found {
    const matches = (pattern: string): boolean | undefined =>
      cell.like.includes(pattern) || (cell.unlike.includes(pattern) ? false : undefined);
    return this.#context.find(join(this.#demandOf(undefined, matches), demand));
  }

  #isOpen(found: Found): boolean {
    if (found.kind === 'unknown') this.#unknown ??= found;
    return found.kind === 'value';
  }

  /** Gives each `some` a member of its own or a share in one, with all combinations tried until one stands. */
  #assign(index: number, members: ReadonlyMap<string, Demand>, fresh: readonly Fresh[]): Found {
    this.#context.tick();
    const some = this.#some[index];
    if (some === undefined) return this.#finish(members, fresh);
    const attempt = (nextMembers: ReadonlyMap<string, Demand>, nextFresh: readonly Fresh[]): Found | undefined => {
      if (nextMembers.size + nextFresh.length > this.#max) return undefined;
      const found = this.#assign(index + 1, nextMembers, nextFresh);
      if (found.kind === 'unknown') this.#unknown ??= found;
      return found.kind === 'value' ? found : undefined;
    };
    for (const name of new Set([...members.keys(), ...this.#known])) {
      if (this.#absent.has(name) || !this.#fits(some, name) || !this.#isLegal(name)) continue;
      const demand = join(members.get(name), some.demand);
      if (!this.#isOpen(this.#member(name, demand))) continue;
      const found = attempt(new Map(members).set(name, demand), fresh);
      if (found !== undefined) return found;
    }
    for (const [at, slot] of fresh.entries()) {
      if (!fitsCell(some, slot.cell)) continue;
      const shared = { cell: slot.cell, name: join(slot.name, some.name), demand: join(slot.demand, some.demand) };
      if (!this.#isOpen(this.#nameFor(shared, [])) || !this.#isOpen(this.#freshMember(shared))) continue;
      const found = attempt(members, fresh.with(at, shared));
      if (found !== undefined) return found;
    }
    for (const cell of this.#cellsFor(some)) {
      const found = attempt(members, [...fresh, { cell, name: some.name, demand: some.demand }]);
      if (found !== undefined) return found;
    }
    return none;
  }

  #fits(some: Some, name: string): boolean {
    return (
      !some.except.has(name) &&
      some.like.every((pattern) => matchesPattern(pattern, name)) &&
      !some.unlike.some((pattern) => matchesPattern(pattern, name)) &&
      meets(some.name, name, this.#context)
    );
  }

  #finish(members: ReadonlyMap<string, Demand>, fresh: readonly Fresh[]): Found {
    if (members.size + fresh.length > this.#max) return none;
    const made = new Map<string, Json>();
    for (const [name, demand] of members) {
      const found = this.#member(name, demand);
      if (found.kind !== 'value') return found;
      made.set(name, found.value);
    }
    // A slot that is particular about its name chooses before one that is not.
    const slots = [...fresh].sort((a, b) => Number(isFree(a.name)) - Number(isFree(b.name)));
    for (const slot of slots) {
      const name = this.#nameFor(slot, made.keys());
      const found = this.#freshMember(slot);
      if (found.kind !== 'value') return found;
      if (name.kind === 'value' && typeof name.value === 'string') made.set(name.value, found.value);
      else return fresh.length > 1 ? unknown('several members compete for few names') : name;
    }
    return this.#pad(made);
  }

  /** Fills up to `minProperties`. */
  #pad(made: Map<string, Json>): Found {
    if (this.#min - made.size > maxPadding) return unknown(`no object of ${this.#min} or more members is tried`);
    for (const name of this.#known) {
      if (made.size >= this.#min) break;
      if (made.has(name) || this.#absent.has(name) || !this.#isLegal(name)) continue;
      const found = this.#member(name, { holds: [], fails: [] });
      if (found.kind === 'value') made.set(name, found.value);
      else if (found.kind === 'unknown') this.#unknown ??= found;
    }
    const free: Demand = { holds: [], fails: [] };
    const anyName = { like: [], unlike: [], name: free, demand: free };
    for (const cell of made.size < this.#min ? this.#cellsFor(anyName) : []) {
      const slot: Fresh = { cell, name: free, demand: free };
      const found = this.#freshMember(slot);
      if (!this.#isOpen(found) || found.kind !== 'value') continue;
      while (made.size < this.#min) {
        const name = this.#nameFor(slot, made.keys());
        if (name.kind !== 'value' || typeof name.value !== 'string') {
          if (name.kind === 'unknown') this.#unknown ??= name;
          break;
        }
        made.set(name.value, found.value);
      }
    }
    return made.size < this.#min ? none : value(makeObject(made));
  }

  #nameFor({ cell, name }: Fresh, used: Iterable<string>): Found {
    const taken = new Set([...this.#known, ...used]);
    const demand: Demand = {
      holds: [...this.#names, ...cell.like.map(patternNode), ...name.holds],
      fails: [...cell.unlike.map(patternNode), ...name.fails, ...(taken.size === 0 ? [] : [oneOfValues(taken)])],
    };
    // The empty name is legal, and puzzling in a witness.
    const readable = this.#context.findName({ holds: [...demand.holds, notEmpty], fails: demand.fails });
    return readable.kind === 'value' ? readable : this.#context.findName(demand);
  }

  /**
   * The cells that have a name outside the known ones and a value for it. One pattern is decided after the other, and a
   * cell that is empty already is not cut further: deciding a pattern only adds demands.
   */
  *#cellsFor(some: Pick<Some, 'like' | 'unlike' | 'name' | 'demand'>): Generator<Cell> {
    const decided = new Set([...some.like, ...some.unlike]);
    const patterns = this.#patterns().filter((pattern) => !decided.has(pattern));
    const open: Cell[] = [{ like: some.like, unlike: some.unlike }];
    for (let cell = open.pop(); cell !== undefined; cell = open.pop()) {
      this.#context.tick();
      const slot = { cell, name: some.name, demand: some.demand };
      if (!this.#isOpen(this.#freshMember(slot)) || !this.#isOpen(this.#nameFor(slot, []))) continue;
      const { like, unlike } = cell;
      const next = patterns[like.length + unlike.length - some.like.length - some.unlike.length];
      if (next === undefined) yield cell;
      else open.push({ like: [...like, next], unlike }, { like, unlike: [...unlike, next] });
    }
  }

  #patterns(): readonly string[] {
    const patterns = new Set<string>();
    for (const group of this.#groups) for (const pattern of group.patterns.keys()) patterns.add(pattern);
    for (const { like, unlike } of this.#some) for (const pattern of [...like, ...unlike]) patterns.add(pattern);
    return [...patterns];
  }
}

function isFree(demand: Demand): boolean {
  return demand.holds.length === 0 && demand.fails.length === 0;
}

function fitsCell(some: Some, cell: Cell): boolean {
  return some.like.every((pattern) => cell.like.includes(pattern)) && !some.unlike.some((p) => cell.like.includes(p));
}
